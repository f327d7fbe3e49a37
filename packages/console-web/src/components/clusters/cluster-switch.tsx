/** The clusters in the rail: shows all of them or one, with its mark, its state, and a way to its settings. */

import type { ClusterView, NodeStatus } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { clusters, clusterStates } from '../../state/clusters/clusters.ts';
import { showCluster, shownCluster } from '../../state/clusters/shown-cluster.ts';
import { noteRoute, route } from '../../router.ts';
import { findNode, nodes } from '../../state/nodes/nodes.ts';
import { openDialog } from '../../state/page/dialogs.ts';
import { CutText } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';
import { ClusterMark } from './cluster-mark.tsx';

/** The status of a node that is drawn like the state of a cluster. */
const likeStatus: Readonly<Record<ClusterView['state'], NodeStatus>> = {
  connecting: 'launching',
  up: 'up',
  down: 'unreachable',
  failed: 'failed',
};

/** What has to be said of a cluster beside its name. */
function remarkOf({ production, state }: ClusterView): string {
  const remarks = [production ? 'production' : '', state === 'up' ? '' : clusterStates[state]];
  return remarks.filter((remark) => remark !== '').join(' · ');
}

/** A cluster that could not be attached has no nodes to show: its form says why. */
function choose({ id, state }: ClusterView): void {
  if (state === 'failed') {
    openDialog.value = { kind: 'connect', cluster: id };
    return;
  }
  leaveNodeOfOther(id);
  showCluster(id);
}

/** The address no longer names a node that is not shown. */
function leaveNodeOfOther(cluster: string): void {
  const to = route.value;
  if (to.page !== 'nodes' && to.page !== 'mesh' && to.page !== 'logs') return;
  const named = findNode(to.node ?? '');
  if (named !== undefined && named.cluster !== cluster) noteRoute({ page: to.page });
}

function Choice({ cluster }: { readonly cluster: ClusterView }): JSX.Element {
  const { id, label, color, state } = cluster;
  const remark = remarkOf(cluster);
  const count = nodes.value.filter((node) => node.cluster === id).length;
  return (
    <li class="cluster-row">
      <button
        type="button"
        class={`cluster-choice status-${likeStatus[state]}`}
        aria-pressed={shownCluster.value?.id === id}
        data-testid="cluster-choice"
        data-cluster={id}
        data-state={state}
        onClick={() => choose(cluster)}
      >
        <ClusterMark color={color} />
        <span class="cluster-names">
          <CutText text={label} />
          {remark !== '' && <small>{remark}</small>}
        </span>
        {count > 0 && <span class="rail-count">{count}</span>}
      </button>
      <button
        type="button"
        class="icon-button tiny"
        aria-label={`Settings of ${label}`}
        title="Label, colour, production mark, leaving"
        data-testid="cluster-settings"
        data-cluster={id}
        onClick={() => {
          openDialog.value = { kind: 'cluster', cluster: id };
        }}
      >
        <Glyph name="more" />
      </button>
    </li>
  );
}

function ConnectButton(): JSX.Element {
  return (
    <button
      type="button"
      class="button"
      data-testid="rail-connect"
      title="Attach a cluster that is running already"
      onClick={() => {
        openDialog.value = { kind: 'connect' };
      }}
    >
      <Glyph name="link" />
      Connect a node…
    </button>
  );
}

export function ClusterSwitch(): JSX.Element {
  const all = clusters.value;
  return (
    <section class={`cluster-switch ${all.length > 1 ? 'has-choice' : ''}`} aria-label="Clusters">
      {all.length > 1 && (
        <ul>
          <li class="cluster-row">
            <button
              type="button"
              class="cluster-choice"
              aria-pressed={shownCluster.value === undefined}
              data-testid="cluster-all"
              onClick={() => showCluster(undefined)}
            >
              <span class="cluster-names">All clusters</span>
              <span class="rail-count">{nodes.value.length}</span>
            </button>
          </li>
          {all.map((cluster) => (
            <Choice key={cluster.id} cluster={cluster} />
          ))}
        </ul>
      )}
      <ConnectButton />
    </section>
  );
}
