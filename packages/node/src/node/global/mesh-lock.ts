/**
 * Takes and releases a global lock on several nodes on behalf of one process, as kernel does: on all of the nodes or none,
 * and the node with the greatest name is released last, because no other join starts as long as that one is locked.
 */

import { atom, tuple, type Term } from '../../etf/index.ts';
import { lockIdTerm, type LockId } from './state/global-messages.ts';

/** Calls the name servers of nodes; nodes that did not answer are missing from the result. */
export type CallAll = (nodes: readonly string[], request: Term) => Promise<ReadonlyMap<string, Term>>;

/** Returns the locked nodes, without those that do not answer; `undefined`, with nothing locked, when one refused. */
export async function takeLock(
  callAll: CallAll,
  lock: LockId,
  nodes: readonly string[],
): Promise<string[] | undefined> {
  if (nodes.length === 0) return [];
  const replies = await callAll(nodes, tuple(atom('set_lock'), lockIdTerm(lock)));
  const granted = nodes.filter((node) => replies.get(node) === true);
  if (granted.length === replies.size) return granted;
  await releaseLock(callAll, lock, granted);
  return undefined;
}

/** Releases a lock on several nodes. */
export async function releaseLock(callAll: CallAll, lock: LockId, nodes: readonly string[]): Promise<void> {
  const ordered = [...new Set(nodes)].sort();
  const boss = ordered.pop();
  const request = tuple(atom('del_lock'), lockIdTerm(lock));
  if (ordered.length > 0) await callAll(ordered, request);
  if (boss !== undefined) await callAll([boss], request);
}

/** The node that is locked first: the greatest name. */
export function bossOf(nodes: readonly string[]): string {
  return nodes.reduce((a, b) => (a > b ? a : b));
}
