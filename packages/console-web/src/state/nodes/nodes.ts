/** The nodes and the console, as last reported. Changed only by messages of the live socket. */

import type { Capability, ConsoleInfo, NodeKind, NodeView, Step } from '@convoy/console/protocol';
import { computed, type ReadonlySignal, signal, type Signal } from '@preact/signals';

export type ShownKind = NodeView['kind'];

export const consoleInfo: Signal<ConsoleInfo | undefined> = signal(undefined);
const byName: Signal<ReadonlyMap<string, NodeView>> = signal(new Map());

/** When each node was first launched or found while this page was open. A node that is launched again keeps its place. */
const firstStarts = new Map<string, number>();

function firstStartOf({ name, startedAt }: NodeView): number {
  return firstStarts.get(name) ?? startedAt;
}

/** Ordered by the time of the first start, so that rows do not move. */
export const nodes: ReadonlySignal<readonly NodeView[]> = computed(() =>
  [...byName.value.values()].sort(
    (a, b) => firstStartOf(a) - firstStartOf(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  ),
);

/** The nodes that are up. */
export const upNodes: ReadonlySignal<readonly NodeView[]> = computed(() =>
  nodes.value.filter((node) => node.status === 'up'),
);

/** Nodes that were added while this page was open, which are marked as new. */
export const newNodes: Signal<ReadonlySet<string>> = signal(new Set());

export function findNode(name: string): NodeView | undefined {
  return byName.value.get(name);
}

export function replaceNodes(views: readonly NodeView[]): void {
  const names = new Set(views.map(({ name }) => name));
  for (const name of firstStarts.keys()) if (!names.has(name)) firstStarts.delete(name);
  for (const view of views) firstStarts.set(view.name, firstStartOf(view));
  byName.value = new Map(views.map((view) => [view.name, view]));
}

export function putNode(view: NodeView): void {
  if (!byName.value.has(view.name)) newNodes.value = new Set([...newNodes.value, view.name]);
  firstStarts.set(view.name, firstStartOf(view));
  byName.value = new Map(byName.value).set(view.name, view);
}

export function dropNode(name: string): void {
  const rest = new Map(byName.value);
  rest.delete(name);
  firstStarts.delete(name);
  byName.value = rest;
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
  left: 'Apart',
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

/** Whether a node has ended, by itself or in its launch. */
export function isBroken(node: NodeView): boolean {
  return node.status === 'failed' || node.status === 'crashed' || node.status === 'stopped';
}
