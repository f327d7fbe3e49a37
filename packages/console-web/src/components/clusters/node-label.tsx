/** The name of a node, and its cluster where nodes of two clusters have the same name. */

import type { JSX } from 'preact';
import { distinguishingCluster, nodeName } from '../../state/clusters/node-titles.ts';
import { WholeName } from '../cut-text.tsx';

export function NodeLabel({ id }: { readonly id: string }): JSX.Element {
  const cluster = distinguishingCluster(id);
  return (
    <>
      <WholeName name={nodeName(id)} />
      {cluster !== undefined && <span class="node-cluster"> ({cluster})</span>}
    </>
  );
}
