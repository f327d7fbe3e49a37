/** The nodes of a launch of several: how far each has come, and which are asked for next. Pure. */

import type { NodeView, Problem } from '@convoy/console/protocol';

/**
 * `waiting` has not been asked for; `asking` waits for the answer of the console; `starting` was accepted; `refused` was not,
 * and `failed` was accepted but is not up, or not as it should be.
 */
export type ItemState = 'waiting' | 'asking' | 'starting' | 'up' | 'refused' | 'failed' | 'cancelled';

export interface LaunchItem {
  readonly number: number;
  /** The part of the name before the `@`; `undefined` if the console chooses it. */
  readonly name: string | undefined;
  readonly state: ItemState;
  /** Id of the node, once the console has accepted the launch. */
  readonly node?: string | undefined;
  /** Whether the node was among the nodes since it was asked for. */
  readonly wasSeen?: boolean;
  /** When the run that is being replaced was started: what is still known of that run says nothing about this one. */
  readonly replacedStart?: number | undefined;
  readonly problem?: Problem | undefined;
}

/** Launches at a time. The others wait, and can be cancelled without a trace. */
export const mostAtOnce = 4;

export function itemsFor(names: readonly (string | undefined)[]): readonly LaunchItem[] {
  return names.map((name, at) => ({ number: at + 1, name, state: 'waiting' }));
}

/** The items with what is known of their nodes. Returns the same list if nothing has changed. */
export function withNodes(
  items: readonly LaunchItem[],
  find: (id: string) => NodeView | undefined,
): readonly LaunchItem[] {
  const next = items.map((item) => withNode(item, item.node === undefined ? undefined : find(item.node)));
  return next.some((item, at) => item !== items[at]) ? next : items;
}

function withNode(item: LaunchItem, node: NodeView | undefined): LaunchItem {
  if (item.state !== 'starting') return item;
  if (node !== undefined && node.startedAt === item.replacedStart) return item;
  // Before it was seen, the message about it is still on its way.
  if (node === undefined) return item.wasSeen === true ? { ...item, state: 'cancelled' } : item;
  const state = stateOf(node);
  if (state === 'starting') return item.wasSeen === true ? item : { ...item, wasSeen: true };
  return { ...item, state, wasSeen: true, problem: problemOf(node) };
}

function stateOf({ status, steps }: NodeView): ItemState {
  if (status === 'launching') return 'starting';
  if (status === 'stopping') return 'cancelled';
  const isWhole = status === 'up' && steps.every(({ state }) => state !== 'failed');
  return isWhole ? 'up' : 'failed';
}

function problemOf({ problem, steps, status }: NodeView): Problem | undefined {
  if (problem !== undefined) return problem;
  const failed = steps.find(({ state }) => state === 'failed');
  if (failed === undefined) return undefined;
  const detail = failed.detail === undefined ? '' : `: ${failed.detail}`;
  return { code: status, message: `${failed.label} failed${detail}` };
}

/** The items to ask for now. */
export function nextItems(items: readonly LaunchItem[]): readonly LaunchItem[] {
  const busy = items.filter(({ state }) => state === 'asking' || state === 'starting').length;
  return items.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, mostAtOnce - busy));
}

export function isOver(items: readonly LaunchItem[]): boolean {
  return items.every(({ state }) => !['waiting', 'asking', 'starting'].includes(state));
}

export function hasFailed({ state }: LaunchItem): boolean {
  return state === 'failed' || state === 'refused';
}

export function countOf(items: readonly LaunchItem[], ...states: readonly ItemState[]): number {
  return items.filter(({ state }) => states.includes(state)).length;
}
