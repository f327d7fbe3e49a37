/** The cluster of something on the page: its mark and its label, and whether it is production. */

import type { JSX } from 'preact';
import { clusterLabel, clusters, findCluster } from '../../state/clusters/clusters.ts';
import { CutText } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';
import { ClusterMark } from './cluster-mark.tsx';

export function ClusterName({ id }: { readonly id: string }): JSX.Element {
  const cluster = findCluster(id);
  return (
    <span class="cluster-name">
      {cluster !== undefined && <ClusterMark color={cluster.color} />}
      <CutText text={clusterLabel(id)} />
      {cluster?.production === true && <ProductionMark />}
    </span>
  );
}

/** The same where it tells nodes apart: nothing while the console has one cluster only. */
export function ClusterOfNode({ id }: { readonly id: string }): JSX.Element | null {
  return clusters.value.length > 1 ? <ClusterName id={id} /> : null;
}

export function ProductionMark(): JSX.Element {
  return (
    <span class="production-mark">
      <Glyph name="warning" />
      production
    </span>
  );
}
