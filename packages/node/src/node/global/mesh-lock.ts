/**
 * Taking and giving back a global lock on several nodes in the name of one process, as kernel does it: all of the nodes
 * or none, and the greatest name last when giving back, because as long as that one is locked nobody else begins.
 */
import { atom, tuple, type Term } from '../../etf/index.ts';
import { lockIdTerm, type LockId } from './state/global-messages.ts';

/** Calls the name servers of nodes; those that did not answer are absent from the result. */
export type CallAll = (nodes: readonly string[], request: Term) => Promise<ReadonlyMap<string, Term>>;

/** The nodes that were locked, without those that do not answer; `undefined`, with nothing locked, when one refused. */
export async function takeLock(
  callAll: CallAll,
  lock: LockId,
  nodes: readonly string[],
): Promise<string[] | undefined> {
  if (nodes.length === 0) return [];
  const replies = await callAll(nodes, tuple(atom('set_lock'), lockIdTerm(lock)));
  const granted = nodes.filter((node) => replies.get(node) === true);
  if (granted.length === replies.size) return granted;
  await giveLockBack(callAll, lock, granted);
  return undefined;
}

export async function giveLockBack(callAll: CallAll, lock: LockId, nodes: readonly string[]): Promise<void> {
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
