/** Says in a dialog or above a shell that a cluster is marked as production. */

import type { JSX } from 'preact';
import { clusterLabel, findCluster, isProduction } from '../../state/clusters/clusters.ts';
import { findNode } from '../../state/nodes/nodes.ts';
import { Glyph } from '../glyphs.tsx';
import { ClusterMark } from './cluster-mark.tsx';

export function ProductionNote({ labels }: { readonly labels: readonly string[] }): JSX.Element {
  return (
    <p class="production-note" data-testid="production-note">
      <Glyph name="warning" />
      <span>
        <strong>{labels.join(' and ')}</strong> {labels.length === 1 ? 'is' : 'are'} marked as production.
      </span>
    </p>
  );
}

/** The same for one cluster, if it is marked. */
export function ProductionNoteOf({ cluster }: { readonly cluster: string }): JSX.Element | null {
  return isProduction(cluster) ? <ProductionNote labels={[clusterLabel(cluster)]} /> : null;
}

/** A strip above the terminal of a shell, for as long as it is open. */
export function ProductionStrip({ node }: { readonly node: string }): JSX.Element | null {
  const cluster = findCluster(findNode(node)?.cluster ?? '');
  if (cluster?.production !== true) return null;
  return (
    <p class="production-strip" data-testid="production-strip">
      <ClusterMark color={cluster.color} />
      <span>
        <strong>{cluster.label}</strong> is marked as production: what you enter here runs there.
      </span>
    </p>
  );
}
