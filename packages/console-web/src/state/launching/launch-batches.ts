/**
 * Launches of several nodes: each is a request of its own, a few at a time. What has not started or is starting can be
 * cancelled, and what has failed tried again. The requests, which may hold secrets, are in memory only.
 */

import type { LaunchRequest, NodeView, Problem } from '@convoy/console/protocol';
import { effect, signal, type Signal, untracked } from '@preact/signals';
import { ask, problemFrom } from '../../console-link/api-client.ts';
import { findNode, isBroken, nodes } from '../nodes/nodes.ts';
import { showMessage } from '../page/toasts.ts';
import {
  hasFailed,
  isOver,
  type ItemState,
  itemsFor,
  type LaunchItem,
  nextItems,
  withNodes,
} from './batch-items.ts';
import { namesFor } from './name-pattern.ts';

export interface LaunchBatch {
  readonly id: number;
  /** The place, as people call it. */
  readonly placeLabel: string;
  readonly placeKey: string;
  /** The pattern of the names, as typed. */
  readonly pattern: string;
  /** The request for each node, without its name. */
  readonly request: LaunchRequest;
  readonly items: readonly LaunchItem[];
}

type BatchPlan = Omit<LaunchBatch, 'id' | 'items'> & { readonly count: number };

/** The launches of several nodes that are shown, the oldest first. */
export const batches: Signal<readonly LaunchBatch[]> = signal([]);

let nextId = 1;
let isFollowing = false;

function find(id: number): LaunchBatch | undefined {
  return batches.value.find((batch) => batch.id === id);
}

function changeItems(id: number, change: (items: readonly LaunchItem[]) => readonly LaunchItem[]): void {
  batches.value = batches.value.map((batch) =>
    batch.id === id ? { ...batch, items: change(batch.items) } : batch,
  );
}

function changeItem(id: number, number: number, change: Partial<LaunchItem>): void {
  changeItems(id, (items) => items.map((item) => (item.number === number ? { ...item, ...change } : item)));
}

/** Parts of the names before the `@` that nodes in a place have already. */
function takenNames(placeKey: string, all: readonly NodeView[]): ReadonlySet<string> {
  const here = all.filter((node) => node.place.key === placeKey);
  return new Set(here.map(({ name }) => name.slice(0, Math.max(0, name.lastIndexOf('@')))));
}

/** Launches nodes. Resolves with the problem if the console refuses the first; then nothing is launched. */
export async function launchMany(plan: BatchPlan): Promise<Problem | undefined> {
  const { count, ...about } = plan;
  const items = itemsFor(namesFor(plan.pattern, count, takenNames(plan.placeKey, nodes.value)));
  const [first] = items;
  if (first === undefined) return undefined;
  const outcome = await request(about.request, first);
  if (outcome.problem !== undefined) return outcome.problem;
  if (items.length === 1) return undefined;
  const id = nextId++;
  const started = items.map((item) => (item === first ? { ...item, ...outcome } : item));
  batches.value = [...batches.value, { ...about, id, items: started }];
  follow();
  advance(id);
  return undefined;
}

/** Asks for a node, again by the console if a launch of it has failed before. */
async function request(
  template: LaunchRequest,
  { name, node }: LaunchItem,
): Promise<Pick<LaunchItem, 'state' | 'node' | 'problem'>> {
  const isAgain = node !== undefined && isEnded(node);
  try {
    const launch = isAgain
      ? await ask('POST /api/nodes/:name/relaunch', { params: { name: node } })
      : await ask('POST /api/nodes', { body: name === undefined ? template : { ...template, name } });
    return { state: 'starting', node: launch.node, problem: undefined };
  } catch (error) {
    return { state: 'refused', problem: problemFrom(error) };
  }
}

function isEnded(id: string): boolean {
  const node = findNode(id);
  return node !== undefined && isBroken(node);
}

/** Follows the nodes for as long as the page is open. */
function follow(): void {
  if (isFollowing) return;
  isFollowing = true;
  effect(() => {
    void nodes.value;
    untracked(() => {
      for (const { id } of batches.value) advance(id);
    });
  });
}

function advance(id: number): void {
  const batch = find(id);
  if (batch === undefined) return;
  const items = withNodes(batch.items, findNode);
  if (items !== batch.items) changeItems(id, () => items);
  for (const item of nextItems(items)) void start(id, item);
  if (items.every(({ state }) => state === 'up')) finish(id, items.length);
}

function finish(id: number, count: number): void {
  dismissBatch(id);
  showMessage(`All ${count} nodes are up`);
}

async function start(id: number, item: LaunchItem): Promise<void> {
  const batch = find(id);
  if (batch === undefined) return;
  const replacedStart = item.node === undefined ? undefined : findNode(item.node)?.startedAt;
  changeItem(id, item.number, { state: 'asking', wasSeen: false, replacedStart, problem: undefined });
  const outcome = await request(batch.request, item);
  const isCancelled = stateOf(id, item.number) !== 'asking';
  if (!isCancelled) changeItem(id, item.number, outcome);
  else if (outcome.node !== undefined) await cancelNode(id, { ...item, ...outcome });
  advance(id);
}

function stateOf(id: number, number: number): ItemState | undefined {
  return find(id)?.items.find((item) => item.number === number)?.state;
}

async function cancelNode(id: number, { number, node }: LaunchItem): Promise<void> {
  if (node === undefined) return;
  try {
    await ask('DELETE /api/nodes/:name', { params: { name: node } });
  } catch (error) {
    changeItem(id, number, { state: 'failed', node, problem: problemFrom(error) });
  }
}

/** Cancels what has not started, and stops what is starting. Nodes that are up stay. */
export async function cancelBatch(id: number): Promise<void> {
  const items = find(id)?.items ?? [];
  const starting = items.filter(({ state }) => state === 'starting');
  changeItems(id, (all) =>
    all.map((item) =>
      ['waiting', 'asking', 'starting'].includes(item.state)
        ? { ...item, state: 'cancelled' as const }
        : item,
    ),
  );
  await Promise.all(starting.map((item) => cancelNode(id, item)));
}

/** Launches what has failed again, and what was refused, with another name if that was taken. */
export function retryBatch(id: number): void {
  const batch = find(id);
  if (batch === undefined) return;
  const taken = new Set([
    ...takenNames(batch.placeKey, nodes.value),
    ...batch.items.flatMap(({ name }) => name ?? []),
  ]);
  const renamed = batch.items.filter(
    ({ problem, state }) => state === 'refused' && problem?.code === 'PROVIDER_NAME_TAKEN',
  );
  const fresh = [...namesFor(batch.pattern, renamed.length, taken)];
  changeItems(id, (items) =>
    items.map((item) => {
      if (!hasFailed(item)) return item;
      const name = renamed.includes(item) ? fresh.shift() : item.name;
      return { ...item, name, state: 'waiting' as const, problem: undefined };
    }),
  );
  advance(id);
}

/** No longer shows a launch. */
export function dismissBatch(id: number): void {
  batches.value = batches.value.filter((batch) => batch.id !== id);
}

export function canCancel({ items }: LaunchBatch): boolean {
  return !isOver(items);
}
