/** Which cluster the pages show: one, or all of them. The choice is a preference of this browser. */

import type { ClusterView, NodeView } from '@convoy/console/protocol';
import { computed, type ReadonlySignal } from '@preact/signals';
import { canOpenShell, nodes } from '../nodes/nodes.ts';
import { prefer, preferences } from '../page/preferences.ts';
import { findCluster } from './clusters.ts';

/** The cluster that is shown; `undefined` for all of them, and while the console does not have the one that was chosen. */
export const shownCluster: ReadonlySignal<ClusterView | undefined> = computed(() =>
  findCluster(preferences.value.cluster),
);

/** Shows one cluster, or all of them. */
export function showCluster(id: string | undefined): void {
  prefer({ cluster: id ?? '' });
}

/** Whether the pages show the nodes of this cluster. */
export function isShown(cluster: string): boolean {
  return shownCluster.value === undefined || shownCluster.value.id === cluster;
}

/** The nodes of what is shown, in the order of all nodes. */
export const shownNodes: ReadonlySignal<readonly NodeView[]> = computed(() =>
  nodes.value.filter(({ cluster }) => isShown(cluster)),
);

/** Those of them on which a shell can be opened. */
export const shownUpNodes: ReadonlySignal<readonly NodeView[]> = computed(() =>
  shownNodes.value.filter(canOpenShell),
);
