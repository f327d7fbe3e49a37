/** Whose lines the page of logs shows: those of the nodes in its address, otherwise of all nodes that the pages show. */

import type { ClusterColor, NodeView } from '@convoy/console/protocol';
import { computed, type ReadonlySignal } from '@preact/signals';
import { goTo, type LogsRoute, noteRoute, route } from '../../router.ts';
import { clusterColors, clusterLabel } from '../clusters/clusters.ts';
import { shownNodes } from '../clusters/shown-cluster.ts';
import { findNode, hasLog } from '../nodes/nodes.ts';
import { nodeName } from '../clusters/node-titles.ts';
import { labelsOf } from './node-labels.ts';

/** As many as a live socket may follow. */
export const mostFollowed = 200;

/** The nodes that can be chosen. */
export const loggedNodes: ReadonlySignal<readonly NodeView[]> = computed(() =>
  shownNodes.value.filter(hasLog),
);

function logsRoute(): LogsRoute {
  const current = route.value;
  return current.page === 'logs' ? current : { page: 'logs' };
}

/** The nodes that the address names; none if it names none. */
function namedNodes(): readonly string[] {
  const { node, others = [] } = logsRoute();
  return node === undefined ? [] : [...new Set([node, ...others])];
}

/** The nodes that were chosen, in the order of the address. */
export const chosenNodes: ReadonlySignal<readonly NodeView[]> = computed(() => {
  const named = namedNodes();
  if (named.length === 0) return loggedNodes.value;
  return named.flatMap((id) => findNode(id) ?? []).filter(hasLog);
});

/** Those of them that are followed. */
export const followedNodes: ReadonlySignal<readonly NodeView[]> = computed(() =>
  chosenNodes.value.slice(0, mostFollowed),
);

/** Whether all nodes are shown because the address names none. */
export const showsAll: ReadonlySignal<boolean> = computed(() => namedNodes().length === 0);

export const addressedLine: ReadonlySignal<number | undefined> = computed(() => logsRoute().line);

export function showAllLogs(): void {
  goTo({ page: 'logs' });
}

export function showOnly(id: string): void {
  goTo({ page: 'logs', node: id });
}

/** Shows the lines of a node as well, or no longer. The last node stays. */
export function toggleNode(id: string): void {
  const chosen = chosenNodes.value.map((node) => node.id);
  const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
  const [node, ...others] = next;
  if (node === undefined) return;
  const all = loggedNodes.value;
  if (next.length === all.length && all.every((one) => next.includes(one.id))) noteRoute({ page: 'logs' });
  else noteRoute({ page: 'logs', node, ...(others.length === 0 ? {} : { others }) });
}

/** The address no longer names a line. */
export function leaveLine(): void {
  const { line: _line, ...rest } = logsRoute();
  noteRoute(rest);
}

/** The address of a line, for other people. */
export function lineAddress(node: string, line: number): LogsRoute {
  return { page: 'logs', node, line };
}

const colors: ReadonlySignal<ReadonlyMap<string, ClusterColor>> = computed(
  () =>
    new Map(
      loggedNodes.value.map(
        ({ id }, at) => [id, clusterColors[at % clusterColors.length] ?? 'grey'] as const,
      ),
    ),
);

/** The colour in which the name of a node is written. Of more than eight nodes some have the same. */
export function nodeColor(id: string): ClusterColor {
  return colors.value.get(id) ?? 'grey';
}

const labels: ReadonlySignal<ReadonlyMap<string, string>> = computed(() =>
  labelsOf(loggedNodes.value, clusterLabel),
);

/** What a node is called before its lines. */
export function nodeLabel(id: string): string {
  return labels.value.get(id) ?? nodeName(id);
}
