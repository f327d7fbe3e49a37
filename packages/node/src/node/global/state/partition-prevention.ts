/**
 * OTP's prevent_overlapping_partitions: when one connection of a mesh breaks, the two ends must not both stay in the mesh,
 * or nodes that do not see each other would decide about names. The node that lost a connection reports it; every member
 * then asks the other end to leave. Pure part of global-state.ts; docs/adr/0010 explains why we take part.
 */

import { atom, atomOf, equals, tuple, type Term } from '../../../etf/index.ts';
import { abandonExchange } from './global-exchange.ts';
import type { GlobalMessage } from './global-messages.ts';
import type { GlobalEffect, GlobalState } from './global-model.ts';

/** Reports remembered; the oldest is dropped first. More than a cluster of this size has at once. */
const maxLostConnections = 4096;

/** Peers below this version neither report nor obey. */
const preventingVersion = 7;

/** Reports to the rest of the mesh that this node lost the connection to `node`. */
export function loseConnection(state: GlobalState, node: string): GlobalEffect[] {
  if (state.removing.delete(node) || state.isClosing || !isMember(state, node)) return [];
  const operation = state.nextOperation;
  state.nextOperation += 1;
  const report = [atom('lost_connection'), atomOf(state.self), state.incarnation, operation, atomOf(node)];
  return multicast(state, { message: tuple(...report), except: node });
}

/** Another node lost a connection: relays the first report of it, and asks the lost node to leave. */
export function noteLostConnection(
  state: GlobalState,
  report: Extract<GlobalMessage, { kind: 'lostConnection' }>,
): GlobalEffect[] {
  const { node, incarnation, operation, lostNode } = report;
  const key = `${node}|${lostNode}`;
  const newest = state.lost.get(key);
  const isOld =
    newest !== undefined && equals(newest.incarnation, incarnation) && operation <= newest.operation;
  if (isOld) return [];
  remember(state, key, { incarnation, operation });
  const message = tuple(atom('lost_connection'), atomOf(node), incarnation, operation, atomOf(lostNode));
  const relay = multicast(state, { message, except: node });
  const leaver = lostNode === state.self ? node : lostNode;
  return isMember(state, leaver) ? [...relay, ...expel(state, leaver)] : relay;
}

/** A member asked this node to disconnect from it. */
export function obeyRemoval(state: GlobalState, node: string): GlobalEffect[] {
  if (!isMember(state, node)) return [];
  const why = 'it asked for that, to prevent overlapping partitions';
  return [...forget(state, node), { kind: 'disconnect', node, why }];
}

function expel(state: GlobalState, node: string): GlobalEffect[] {
  const version = state.known.get(node) ?? state.pending.get(node) ?? 0;
  const effects = forget(state, node);
  // Older versions do not know the request, so we close the connection ourselves.
  if (version < preventingVersion) {
    effects.push({ kind: 'disconnect', node, why: 'to prevent overlapping partitions' });
  } else {
    const message = tuple(atom('remove_connection'), atomOf(state.self));
    effects.push({ kind: 'tell', node, message });
  }
  return effects;
}

/** Removes a node from the mesh while its connection is still up: the end of that connection is then not reported. */
function forget(state: GlobalState, node: string): GlobalEffect[] {
  const effects = abandonExchange(state, node);
  state.removing.add(node);
  state.known.delete(node);
  state.synced.delete(node);
  return effects;
}

function isMember(state: GlobalState, node: string): boolean {
  return state.known.has(node) || state.pending.has(node);
}

function multicast(state: GlobalState, what: { message: Term; except: string }): GlobalEffect[] {
  const members = new Map([...state.pending, ...state.known]);
  const effects: GlobalEffect[] = [];
  for (const [node, version] of members) {
    if (node === what.except || version < preventingVersion) continue;
    effects.push({ kind: 'tell', node, message: what.message });
  }
  return effects;
}

function remember(
  state: GlobalState,
  key: string,
  report: { incarnation: Term; operation: number | bigint },
): void {
  state.lost.delete(key);
  state.lost.set(key, report);
  if (state.lost.size <= maxLostConnections) return;
  for (const oldest of state.lost.keys()) {
    state.lost.delete(oldest);
    return;
  }
}
