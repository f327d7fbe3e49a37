/** What has to be said of a node beside its name: its cluster where there are several, and that it is hidden. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { ClusterOfNode } from './cluster-name.tsx';

export function HiddenMark(): JSX.Element {
  return (
    <span class="hidden-mark" title="A hidden node: others do not list it in nodes()">
      hidden
    </span>
  );
}

export function NodeBadges({ node }: { readonly node: NodeView }): JSX.Element {
  return (
    <span class="node-badges">
      <ClusterOfNode id={node.cluster} />
      {node.isHidden === true && <HiddenMark />}
    </span>
  );
}
