/**
 * The decisions of `global_name_server`: a reducer from an event to the next state and the effects to carry out. Protocol
 * of kernel's global.erl, versions 5 to 8. Pure: no node, no timers. Unlike other reducers it changes its state in place,
 * because a copy of every registered name per event would make a thousand registrations quadratic. Locks on other nodes
 * are taken by global-locker.ts; global-server.ts does the networking.
 */

import {
  abandonExchange,
  compared,
  exchangeNames,
  initConnect,
  initConnectAck,
  inSync,
  isCurrent,
  lockIsSet,
  lockSet,
  newNodes,
  resolved,
  restartExchange,
  startExchange,
} from './global-exchange.ts';
import type { GlobalMessage } from './global-messages.ts';
import type { GlobalEffect, GlobalEvent, GlobalState } from './global-model.ts';
import { answerCall, dropPid } from './global-registry.ts';
import { loseConnection, noteLostConnection, obeyRemoval } from './partition-prevention.ts';

/** Applies one event to the state and returns the effects to carry out. */
export function stepGlobal(state: GlobalState, event: GlobalEvent): GlobalEffect[] {
  switch (event.kind) {
    case 'nodeUp':
      return startExchange(state, event.node);
    case 'nodeDown':
    case 'joinFailed':
      return [...dropNodeResources(state, event.node), ...loseNode(state, event.node)];
    case 'message':
      return stepMessage(state, event.message);
    case 'pidDown':
      return dropPid(state, event.pid);
    case 'lockIsSet':
      return lockIsSet(state, event);
    case 'compared':
      return compared(state, event);
    case 'closing':
      state.isClosing = true;
      return [];
  }
}

function stepMessage(state: GlobalState, message: GlobalMessage): GlobalEffect[] {
  switch (message.kind) {
    case 'initConnect':
      return initConnect(state, message);
    case 'initConnectAck':
      return initConnectAck(state, message);
    case 'cancelConnect':
      return isCurrent(state, message) ? restartExchange(state, message.node) : [];
    case 'lockSet':
      return lockSet(state, message);
    case 'exchange':
      return exchangeNames(state, message);
    case 'resolved':
      return resolved(state, message);
    case 'newNodes':
      return newNodes(state, message);
    case 'inSync':
      return inSync(state, message.node);
    case 'lostConnection':
      return noteLostConnection(state, message);
    case 'removeConnection':
      return obeyRemoval(state, message.node);
    case 'call':
      return answerCall(state, message.from, message.request);
  }
}

/** Drops what processes of a lost node held: their monitors may fire later than the event about the node. */
function dropNodeResources(state: GlobalState, node: string): GlobalEffect[] {
  const owners = state.names.entries().flatMap((entry) => (entry.pid.node === node ? [entry.pid] : []));
  return [...owners, ...state.locks.holdersOf(node)].flatMap((pid) => dropPid(state, pid));
}

function loseNode(state: GlobalState, node: string): GlobalEffect[] {
  // Reported first: afterwards nothing shows that the node was a member.
  const effects = [...loseConnection(state, node), ...abandonExchange(state, node)];
  state.known.delete(node);
  state.synced.delete(node);
  return effects;
}
