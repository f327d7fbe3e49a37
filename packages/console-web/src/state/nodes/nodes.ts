/** The nodes and the console, as last reported. Changed only by messages of the live socket. */

import type { Capability, ConsoleInfo, NodeKind, NodeView, Step } from '@convoy/console/protocol';
import { computed, type ReadonlySignal, signal, type Signal } from '@preact/signals';

export type ShownKind = NodeView['kind'];

export const consoleInfo: Signal<ConsoleInfo | undefined> = signal(undefined);
const byId: Signal<ReadonlyMap<string, NodeView>> = signal(new Map());

/** When each node was first launched or found while this page was open, by id. A node that is launched again keeps its place. */
const firstStarts = new Map<string, number>();

function firstStartOf({ id, startedAt }: NodeView): number {
  return firstStarts.get(id) ?? startedAt;
}

/** Ordered by the time of the first start, so that rows do not move. */
export const nodes: ReadonlySignal<readonly NodeView[]> = computed(() =>
  [...byId.value.values()].sort(
    (a, b) => firstStartOf(a) - firstStartOf(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  ),
);

/** Where the inside of a node is shown. */
export function insideRoute({ id }: Pick<NodeView, 'id'>): {
  readonly page: 'nodes';
  readonly node: string;
  readonly panel: string;
} {
  return { page: 'nodes', node: id, panel: 'overview' };
}

/** Whether this console looks into a node. Only its own console asks a node of another console. */
export function canLookInside({ origin }: Pick<NodeView, 'origin'>): boolean {
  return origin !== 'shared';
}

/** The nodes on which a shell can be opened. */
export const upNodes: ReadonlySignal<readonly NodeView[]> = computed(() => nodes.value.filter(canOpenShell));

/** Ids of the nodes that were added while this page was open, which are marked as new. */
export const newNodes: Signal<ReadonlySet<string>> = signal(new Set());

export function findNode(id: string): NodeView | undefined {
  return byId.value.get(id);
}

export function replaceNodes(views: readonly NodeView[]): void {
  const ids = new Set(views.map(({ id }) => id));
  for (const id of firstStarts.keys()) if (!ids.has(id)) firstStarts.delete(id);
  for (const view of views) firstStarts.set(view.id, firstStartOf(view));
  byId.value = new Map(views.map((view) => [view.id, view]));
}

export function putNode(view: NodeView): void {
  if (!byId.value.has(view.id)) newNodes.value = new Set([...newNodes.value, view.id]);
  firstStarts.set(view.id, firstStartOf(view));
  byId.value = new Map(byId.value).set(view.id, view);
}

export function dropNode(id: string): void {
  const rest = new Map(byId.value);
  rest.delete(id);
  firstStarts.delete(id);
  byId.value = rest;
}

export const kindNames: Readonly<Record<ShownKind, string>> = {
  typescript: 'TypeScript',
  elixir: 'Elixir',
  erlang: 'Erlang',
  gleam: 'Gleam',
  lfe: 'LFE',
  unknown: 'Unknown',
};

export const statusNames: Readonly<Record<NodeView['status'], string>> = {
  launching: 'Launching',
  up: 'Up',
  unreachable: 'Unreachable',
  stopping: 'Stopping',
  stopped: 'Stopped',
  left: 'Left',
  failed: 'Failed',
  crashed: 'Crashed',
};

export function capabilityOf(kind: NodeKind): Capability | undefined {
  return consoleInfo.value?.capabilities.find((capability) => capability.kind === kind);
}

/** The failed step, otherwise the running one, otherwise the last one. */
export function currentStep(node: NodeView): Step | undefined {
  const { steps } = node;
  return (
    steps.find((step) => step.state === 'failed') ??
    steps.findLast((step) => step.state === 'running') ??
    steps.at(-1)
  );
}

/** How long the whole launch took, once it has ended. */
export function launchDurationMs(node: NodeView): number | undefined {
  const first = node.steps.at(0);
  const last = node.steps.at(-1);
  if (first === undefined || last?.endedAt === undefined) return undefined;
  return last.endedAt - first.startedAt;
}

/** Whether a shell can be opened on a node. Only its own console opens shells on a node of another console. */
export function canOpenShell({ status, origin }: NodeView): boolean {
  return status === 'up' && origin !== 'shared';
}

/** Whether the console has a log of a node, or can follow its logger. A node of another console is followed there. */
export function hasLog({ origin }: NodeView): boolean {
  return origin !== 'shared';
}

/** Whether a node is not connected to all of its cluster. */
export function isApart({ status, missing = [] }: NodeView): boolean {
  return status === 'left' || missing.length > 0;
}

/** The release that the node was booted from, and the versions of what it runs on. */
export function versionText({ release, version }: NodeView): string | undefined {
  const released = release === undefined ? undefined : `${release.name} ${release.version}`;
  return [released, version].filter((part) => part !== undefined).join(' · ') || undefined;
}

/** Whether a node has ended, by itself or in its launch. */
export function isBroken(node: NodeView): boolean {
  return node.status === 'failed' || node.status === 'crashed' || node.status === 'stopped';
}
