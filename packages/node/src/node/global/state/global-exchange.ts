/**
 * How two meshes become one: both sides introduce themselves, their lockers lock both meshes, names are compared, and
 * each side tells its own members about the other's. Pure part of global-state.ts.
 *
 *     init_connect, init_connect_ack   both ways, at nodeup
 *     lock_set                         both ways, between the lockers
 *     exchange, resolved               both ways; then new_nodes to our mesh, in_sync to each member of theirs
 */

import { atom, atomOf, equals, tuple, TermMap, type Term } from '../../../etf/index.ts';
import {
  globalVersion,
  knownTerm,
  lockIdTerm,
  nameTerm,
  opTerm,
  type GlobalMessage,
  type GlobalOp,
  type KnownNode,
  type LockId,
} from './global-messages.ts';
import { insertName, removeName } from './global-registry.ts';
import {
  knownNodes,
  type Exchange,
  type GlobalEffect,
  type GlobalEvent,
  type GlobalState,
  type InitConnect,
} from './global-model.ts';

export function startExchange(state: GlobalState, node: string): GlobalEffect[] {
  if (state.known.has(node) || state.exchanges.has(node)) return [];
  const ourTag = state.nextTag;
  state.nextTag += 1;
  state.exchanges.set(node, { ourTag, version: 0, isResolving: false });
  const known = new TermMap([...state.known].map(([name, version]) => [atomOf(name), version] as const));
  const locker = tuple(atom('locker'), atom('no_longer_a_pid'), known, state.lockerPid);
  const message = tuple(atom('init_connect'), tuple(globalVersion, ourTag), atomOf(state.self), locker);
  const early = state.early.get(node);
  state.early.delete(node);
  const effects: GlobalEffect[] = [{ kind: 'cast', node, message }];
  return early === undefined ? effects : [...effects, ...initConnect(state, early)];
}

export function initConnect(state: GlobalState, message: InitConnect): GlobalEffect[] {
  const { node, version, tag: theirTag } = message;
  const effects: GlobalEffect[] = [];
  if (state.pending.has(node)) {
    if (version < 8) return [{ kind: 'disconnect', node, why: 'its global name server is out of step' }];
    effects.push(cancelConnect(state, node, theirTag), ...restartExchange(state, node));
  }
  const exchange = state.exchanges.get(node);
  if (exchange === undefined) {
    state.early.set(node, message);
    return effects;
  }
  const { ourTag } = exchange;
  exchange.version = version;
  exchange.theirTag = theirTag;
  state.pending.set(node, version);
  const { locker } = message;
  effects.push({
    kind: 'locker',
    message: { kind: 'candidate', node, version, locker, theirTag, ourTag },
  });
  const ack = tuple(atom('init_connect_ack'), atomOf(state.self), theirTag, ourTag);
  if (version >= 8) effects.push({ kind: 'tell', node, message: ack });
  return effects;
}

export function initConnectAck(
  state: GlobalState,
  message: Extract<GlobalMessage, { kind: 'initConnectAck' }>,
): GlobalEffect[] {
  const exchange = state.exchanges.get(message.node);
  const matches =
    exchange !== undefined &&
    equals(exchange.ourTag, message.ourTag) &&
    equals(exchange.theirTag, message.theirTag);
  if (matches) return [];
  return [cancelConnect(state, message.node, message.theirTag), ...restartExchange(state, message.node)];
}

export function lockSet(
  state: GlobalState,
  message: Extract<GlobalMessage, { kind: 'lockSet' }>,
): GlobalEffect[] {
  const isOurs = !('tag' in message) || isCurrent(state, { node: message.locker.node, tag: message.tag });
  return isOurs ? [{ kind: 'locker', message }] : [];
}

export function lockIsSet(
  state: GlobalState,
  event: { node: string; tag: number; lock: LockId },
): GlobalEffect[] {
  const { node, tag, lock } = event;
  const exchange = state.exchanges.get(node);
  if (exchange?.ourTag !== tag) return [cancelLocker(node, tag)];
  exchange.lock = lock;
  const names = state.names.entries().map(nameTerm);
  const message = tuple(atom('exchange'), atomOf(state.self), names, [], exchange.theirTag);
  return [{ kind: 'cast', node, message }, ...compareWhenReady(node, exchange)];
}

export function exchangeNames(
  state: GlobalState,
  message: Extract<GlobalMessage, { kind: 'exchange' }>,
): GlobalEffect[] {
  const exchange = state.exchanges.get(message.node);
  if (exchange === undefined || !isCurrent(state, message)) return [];
  exchange.theirNames = message.names;
  return compareWhenReady(message.node, exchange);
}

function compareWhenReady(node: string, exchange: Exchange): GlobalEffect[] {
  if (exchange.lock === undefined || exchange.theirNames === undefined || exchange.isResolving) return [];
  exchange.isResolving = true;
  return [{ kind: 'compare', node, tag: exchange.ourTag, names: exchange.theirNames }];
}

export function compared(
  state: GlobalState,
  event: Extract<GlobalEvent, { kind: 'compared' }>,
): GlobalEffect[] {
  const { node, tag } = event;
  const exchange = state.exchanges.get(node);
  if (exchange?.ourTag !== tag) return [cancelLocker(node, tag)];
  exchange.ourOps = event.ops;
  const known = knownTerm(knownNodes(state), exchange.version);
  const message = tuple(
    atom('resolved'),
    atomOf(state.self),
    event.resolved.map(opTerm),
    known,
    // Versions below 7 repeat the nodes here; no version reads them.
    exchange.version < 7 ? known : atom('unused'),
    [],
    exchange.theirTag,
  );
  return [{ kind: 'cast', node, message }, ...joinWhenReady(state, node, exchange)];
}

export function resolved(
  state: GlobalState,
  message: Extract<GlobalMessage, { kind: 'resolved' }>,
): GlobalEffect[] {
  const exchange = state.exchanges.get(message.node);
  if (exchange === undefined || !isCurrent(state, message)) return [];
  exchange.theirs = { ops: message.ops, known: message.known };
  return joinWhenReady(state, message.node, exchange);
}

/** Both sides have compared their names: the two meshes become one, and our members are notified. */
function joinWhenReady(state: GlobalState, node: string, exchange: Exchange): GlobalEffect[] {
  const { ourOps, theirs, lock } = exchange;
  if (ourOps === undefined || theirs === undefined) return [];
  const ops = [...ourOps, ...theirs.ops];
  const before = knownNodes(state);
  const news = [{ node, version: exchange.version }, ...theirs.known];
  const effects = applyOps(state, ops, lock);
  for (const { node: other } of theirs.known) {
    if (other === state.self) continue;
    effects.push({ kind: 'join', node: other }, ...endExchange(state, other, []));
  }
  effects.push(...endExchange(state, node, announceNodes(state, { ops, news, exchange, to: before })));
  addKnown(state, news);
  state.synced.add(node);
  return effects;
}

function announceNodes(
  state: GlobalState,
  change: {
    ops: readonly GlobalOp[];
    news: readonly KnownNode[];
    exchange: Exchange;
    to: readonly KnownNode[];
  },
): GlobalEffect[] {
  const { version, lock } = change.exchange;
  const lockItem = lock === undefined ? [] : [tuple(atom('lock'), lockIdTerm(lock))];
  const extra = [tuple(atom('vsn'), version), ...lockItem];
  return change.to.map(({ node, version: theirs }) => ({
    kind: 'cast',
    node,
    message: tuple(
      atom('new_nodes'),
      atomOf(state.self),
      change.ops.map(opTerm),
      [],
      knownTerm(change.news, theirs),
      extra,
    ),
  }));
}

export function newNodes(
  state: GlobalState,
  message: Extract<GlobalMessage, { kind: 'newNodes' }>,
): GlobalEffect[] {
  const added = addKnown(state, message.known);
  const joins = added.map((node): GlobalEffect => ({ kind: 'join', node }));
  return [...joins, ...applyOps(state, message.ops, message.lock)];
}

export function inSync(state: GlobalState, node: string): GlobalEffect[] {
  state.synced.add(node);
  return endExchange(state, node, []);
}

/** Applies decisions of another node (or of the comparison) about names, if the lock they were made under still holds. */
function applyOps(state: GlobalState, ops: readonly GlobalOp[], lock: LockId | undefined): GlobalEffect[] {
  const effects: GlobalEffect[] = [];
  for (const op of ops) if (op.kind === 'insert') effects.push(...insertName(state, op.entry, { lock }));
  for (const op of ops) if (op.kind === 'delete') effects.push(...removeName(state, op.name));
  return effects;
}

function addKnown(state: GlobalState, nodes: readonly KnownNode[]): string[] {
  const added: string[] = [];
  for (const { node, version } of nodes) {
    if (node === state.self) continue;
    const before = state.known.get(node);
    if (before === undefined && state.known.size >= state.maxKnown) continue;
    if (before === undefined) added.push(node);
    if (before === undefined || before === 0) state.known.set(node, version);
  }
  return added;
}

export function isCurrent(state: GlobalState, about: { node: string; tag: Term }): boolean {
  const ourTag = state.exchanges.get(about.node)?.ourTag;
  return ourTag !== undefined && equals(ourTag, about.tag);
}

/** Ends an exchange; the locker releases its locks after `announce`. */
function endExchange(state: GlobalState, node: string, announce: readonly GlobalEffect[]): GlobalEffect[] {
  const tag = state.exchanges.get(node)?.ourTag;
  state.pending.delete(node);
  state.exchanges.delete(node);
  state.early.delete(node);
  return tag === undefined ? [] : [{ kind: 'locker', message: { kind: 'cancel', node, tag, announce } }];
}

/** Abandons an exchange that the peer may still be in, and notifies it. */
export function abandonExchange(state: GlobalState, node: string): GlobalEffect[] {
  const exchange = state.exchanges.get(node);
  const mustTell = exchange !== undefined && (state.pending.get(node) ?? 0) >= 8;
  const notice = mustTell ? [cancelConnect(state, node, exchange.theirTag)] : [];
  return [...notice, ...endExchange(state, node, [])];
}

export function restartExchange(state: GlobalState, node: string): GlobalEffect[] {
  if (!state.exchanges.has(node)) return [];
  return [...abandonExchange(state, node), ...startExchange(state, node)];
}

function cancelConnect(state: GlobalState, node: string, theirTag: Term): GlobalEffect {
  return { kind: 'tell', node, message: tuple(atom('cancel_connect'), atomOf(state.self), theirTag) };
}

function cancelLocker(node: string, tag: number): GlobalEffect {
  return { kind: 'locker', message: { kind: 'cancel', node, tag, announce: [] } };
}
