/**
 * Names and locks that this node keeps for others: the calls to `global_name_server`, and their undoing. Pure part of
 * global-state.ts. Every process that owns a name or holds a lock is watched.
 */

import { atom, atomOf, type Pid, type Term } from '../../../etf/index.ts';
import {
  globalVersion,
  knownTerm,
  type GenFrom,
  type GlobalName,
  type GlobalRequest,
  type LockId,
} from './global-messages.ts';
import { knownNodes, type GlobalEffect, type GlobalState } from './global-model.ts';

/** Answers one call. */
export function answerCall(state: GlobalState, from: GenFrom, request: GlobalRequest): GlobalEffect[] {
  const reply = (value: Term): GlobalEffect => ({ kind: 'reply', to: from, value });
  switch (request.kind) {
    case 'setLock': {
      const { granted, added } = state.locks.set(request, from.pid);
      return [...(added ? [watch(from.pid)] : []), reply(granted)];
    }
    case 'delLock':
      return [...(state.locks.remove(request, from.pid) ? [unwatch(from.pid)] : []), reply(true)];
    case 'register': {
      const { name, pid, method } = request;
      return [...insertName(state, { name, pid, method }, { pid: from.pid }), reply(atom('yes'))];
    }
    case 'unregister':
      return [...removeName(state, request.name), reply(atom('ok'))];
    case 'getKnown':
      return [reply(knownTerm(knownNodes(state), 0))];
    case 'getSynced':
      return [reply([...state.synced].map(atomOf))];
    case 'getNamesExt':
      return [reply([])];
    case 'getProtocolVersion':
      return [reply(globalVersion)];
  }
}

/**
 * Registers a name, replacing its owner. If the lock that the decision was made under has been lost in the meantime, the
 * name has no owner afterwards: the same decision removed the previous one.
 */
export function insertName(
  state: GlobalState,
  entry: GlobalName,
  by: { pid: Pid } | { lock: LockId | undefined },
): GlobalEffect[] {
  const effects = removeName(state, entry.name);
  if (!state.locks.permits(by)) return effects;
  if (state.names.isFull) return [...effects, { kind: 'limit' }];
  state.names.insert(entry);
  return [...effects, watch(entry.pid)];
}

/** Removes a name. */
export function removeName(state: GlobalState, name: Term): GlobalEffect[] {
  const entry = state.names.remove(name);
  return entry === undefined ? [] : [unwatch(entry.pid)];
}

/** Removes the names and locks of a process that ended. */
export function dropPid(state: GlobalState, pid: Pid): GlobalEffect[] {
  const uses = state.names.removePid(pid).length + state.locks.removePid(pid);
  return Array.from({ length: uses }, () => unwatch(pid));
}

function watch(pid: Pid): GlobalEffect {
  return { kind: 'watch', pid };
}

function unwatch(pid: Pid): GlobalEffect {
  return { kind: 'unwatch', pid };
}
