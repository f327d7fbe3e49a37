/**
 * The messages between the global name servers of two nodes: Erlang terms to typed messages and back. Protocol versions 5
 * (OTP 23) to 8 (OTP 25 and later), kernel's global.erl. Pure; a term of any other shape becomes `undefined`, never an
 * exception, because these terms come from peers.
 */

import { Pid, Tuple, atom, atomName, atomOf, tuple, type Term } from '../../../etf/index.ts';

/** The protocol version of this node; newer peers fall back to it. */
export const globalVersion = 8;

/** A registered name as nodes exchange it. `method` is the resolver fun, opaque unless this node must run it. */
export interface GlobalName {
  readonly name: Term;
  readonly pid: Pid;
  readonly method: Term;
}

export type GlobalOp =
  | { readonly kind: 'insert'; readonly entry: GlobalName }
  | { readonly kind: 'delete'; readonly name: Term };

/** A node and its protocol version; 0 while unknown (peers below version 7 do not send it). */
export interface KnownNode {
  readonly node: string;
  readonly version: number;
}

/** `{ResourceId, LockRequesterId}`. */
export interface LockId {
  readonly resource: Term;
  readonly requester: Term;
}

/** The caller to answer: `{Tag, Value}` goes to `pid`, or to the alias inside the tag. */
export interface GenFrom {
  readonly pid: Pid;
  readonly tag: Term;
}

export type GlobalRequest =
  | ({ readonly kind: 'setLock' } & LockId)
  | ({ readonly kind: 'delLock' } & LockId)
  | ({ readonly kind: 'register' } & GlobalName)
  | { readonly kind: 'unregister'; readonly name: Term }
  | { readonly kind: 'getKnown' | 'getSynced' | 'getNamesExt' | 'getProtocolVersion' };

export type GlobalMessage =
  | {
      readonly kind: 'initConnect';
      readonly node: string;
      readonly version: number;
      readonly tag: Term;
      readonly locker: Pid;
    }
  | { readonly kind: 'initConnectAck'; readonly node: string; readonly ourTag: Term; readonly theirTag: Term }
  | { readonly kind: 'cancelConnect'; readonly node: string; readonly tag: Term }
  | { readonly kind: 'lockSet'; readonly locker: Pid; readonly isSet: boolean; readonly tag?: Term }
  | {
      readonly kind: 'exchange';
      readonly node: string;
      readonly names: readonly GlobalName[];
      readonly tag: Term;
    }
  | {
      readonly kind: 'resolved';
      readonly node: string;
      readonly ops: readonly GlobalOp[];
      readonly known: readonly KnownNode[];
      readonly tag: Term;
    }
  | {
      readonly kind: 'newNodes';
      readonly node: string;
      readonly ops: readonly GlobalOp[];
      readonly known: readonly KnownNode[];
      readonly lock: LockId | undefined;
    }
  | { readonly kind: 'inSync'; readonly node: string }
  | {
      readonly kind: 'lostConnection';
      readonly node: string;
      readonly incarnation: Term;
      readonly operation: number | bigint;
      readonly lostNode: string;
    }
  | { readonly kind: 'removeConnection'; readonly node: string }
  | { readonly kind: 'call'; readonly from: GenFrom; readonly request: GlobalRequest };

/** Parses a message sent to `global_name_server` (or to a locker pid, by version 5); `undefined` for any other term. */
export function parseGlobalMessage(term: Term): GlobalMessage | undefined {
  if (!(term instanceof Tuple)) return undefined;
  const label = atomName(term.at(0));
  if (label === '$gen_cast') return term.at(1) instanceof Tuple ? parseCast(term.at(1) as Tuple) : undefined;
  if (label === '$gen_call') return parseCall(term);
  return parsePlain(term);
}

function parseCast(term: Tuple): GlobalMessage | undefined {
  switch (atomName(term.at(0))) {
    case 'init_connect':
      return parseInitConnect(term);
    case 'exchange':
      return parseExchange(term);
    case 'resolved':
      return parseResolved(term);
    case 'new_nodes':
      return parseNewNodes(term);
    case 'in_sync': {
      const node = nodeName(term.at(1));
      return node === undefined ? undefined : { kind: 'inSync', node };
    }
    case 'lock_set':
      return parseLockSet(term);
    default:
      return undefined;
  }
}

function parsePlain(term: Tuple): GlobalMessage | undefined {
  const node = nodeName(term.at(1));
  switch (atomName(term.at(0))) {
    case 'init_connect_ack':
      if (node === undefined || term.length < 4) return undefined;
      return { kind: 'initConnectAck', node, ourTag: term.at(2), theirTag: term.at(3) };
    case 'cancel_connect':
      return node === undefined ? undefined : { kind: 'cancelConnect', node, tag: term.at(2) };
    case 'remove_connection':
      return node === undefined ? undefined : { kind: 'removeConnection', node };
    case 'lost_connection':
      return parseLostConnection(term);
    case 'lock_set':
      return parseLockSet(term);
    default:
      return undefined;
  }
}

function parseInitConnect(term: Tuple): GlobalMessage | undefined {
  const [, version, nodeTerm, locker] = term.elements;
  const node = nodeName(nodeTerm);
  if (node === undefined || !(version instanceof Tuple) || version.length < 2) return undefined;
  const theirs = version.at(0);
  if (typeof theirs !== 'number' || theirs < 5 || !(locker instanceof Tuple)) return undefined;
  const pid = locker.at(3);
  if (!(pid instanceof Pid)) return undefined;
  return {
    kind: 'initConnect',
    node,
    version: Math.min(theirs, globalVersion),
    tag: version.at(1),
    locker: pid,
  };
}

function parseExchange(term: Tuple): GlobalMessage | undefined {
  const node = nodeName(term.at(1));
  const names = readList(term.at(2), readName);
  if (node === undefined || names === undefined || term.length < 5) return undefined;
  return { kind: 'exchange', node, names, tag: term.at(4) };
}

function parseResolved(term: Tuple): GlobalMessage | undefined {
  const node = nodeName(term.at(1));
  const ops = readList(term.at(2), readOp);
  const known = readList(term.at(3), readKnown);
  if (node === undefined || ops === undefined || known === undefined || term.length < 7) return undefined;
  return { kind: 'resolved', node, ops, known, tag: term.at(6) };
}

function parseNewNodes(term: Tuple): GlobalMessage | undefined {
  const node = nodeName(term.at(1));
  const ops = readList(term.at(2), readOp);
  const known = readList(term.at(4), readKnown);
  if (node === undefined || ops === undefined || known === undefined) return undefined;
  return { kind: 'newNodes', node, ops, known, lock: readLockOfExtra(term.at(5)) };
}

function parseLockSet(term: Tuple): GlobalMessage | undefined {
  const [, locker, isSet] = term.elements;
  if (!(locker instanceof Pid) || typeof isSet !== 'boolean') return undefined;
  return term.length > 4
    ? { kind: 'lockSet', locker, isSet, tag: term.at(4) }
    : { kind: 'lockSet', locker, isSet };
}

function parseLostConnection(term: Tuple): GlobalMessage | undefined {
  const node = nodeName(term.at(1));
  const operation = term.at(3);
  const lostNode = nodeName(term.at(4));
  if (node === undefined || lostNode === undefined) return undefined;
  if (typeof operation !== 'number' && typeof operation !== 'bigint') return undefined;
  return { kind: 'lostConnection', node, incarnation: term.at(2), operation, lostNode };
}

function parseCall(term: Tuple): GlobalMessage | undefined {
  const from = term.at(1);
  if (!(from instanceof Tuple)) return undefined;
  const pid = from.at(0);
  const request = parseRequest(term.at(2));
  if (!(pid instanceof Pid) || request === undefined) return undefined;
  return { kind: 'call', from: { pid, tag: from.at(1) }, request };
}

const bareRequests: Readonly<
  Record<string, 'getKnown' | 'getSynced' | 'getNamesExt' | 'getProtocolVersion'>
> = {
  get_known: 'getKnown',
  get_synced: 'getSynced',
  get_names_ext: 'getNamesExt',
  get_protocol_version: 'getProtocolVersion',
};

function parseRequest(term: Term): GlobalRequest | undefined {
  if (!(term instanceof Tuple)) {
    const kind = bareRequests[atomName(term) ?? ''];
    return kind === undefined ? undefined : { kind };
  }
  const [label, first, pid, method] = term.elements;
  switch (atomName(label)) {
    case 'set_lock':
    case 'del_lock': {
      const lock = readLockId(first);
      if (lock === undefined) return undefined;
      return { kind: atomName(label) === 'set_lock' ? 'setLock' : 'delLock', ...lock };
    }
    case 'register':
    case 'register_ext':
      return pid instanceof Pid ? { kind: 'register', name: first, pid, method } : undefined;
    case 'unregister':
      return { kind: 'unregister', name: first };
    default:
      return undefined;
  }
}

function nodeName(term: Term): string | undefined {
  const name = atomName(term);
  return name !== undefined && name.includes('@') ? name : undefined;
}

/** All items of a proper list, or `undefined` as soon as one has the wrong shape. */
function readList<Item>(term: Term, read: (item: Term) => Item | undefined): Item[] | undefined {
  if (!Array.isArray(term)) return undefined;
  const items: Item[] = [];
  for (const each of term as readonly Term[]) {
    const item = read(each);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function readName(term: Term): GlobalName | undefined {
  if (!(term instanceof Tuple)) return undefined;
  const [name, pid, method] = term.elements;
  return pid instanceof Pid ? { name, pid, method } : undefined;
}

function readOp(term: Term): GlobalOp | undefined {
  if (!(term instanceof Tuple)) return undefined;
  if (atomName(term.at(0)) === 'delete') return { kind: 'delete', name: term.at(1) };
  const entry = atomName(term.at(0)) === 'insert' ? readName(term.at(1)) : undefined;
  return entry === undefined ? undefined : { kind: 'insert', entry };
}

function readKnown(term: Term): KnownNode | undefined {
  const bare = nodeName(term);
  if (bare !== undefined) return { node: bare, version: 0 };
  if (!(term instanceof Tuple)) return undefined;
  const node = nodeName(term.at(0));
  const version = term.at(1);
  return node === undefined || typeof version !== 'number' ? undefined : { node, version };
}

/** The lock id from the `[{vsn, V}, {lock, LockId}]` of a `new_nodes` message. */
function readLockOfExtra(term: Term): LockId | undefined {
  if (!Array.isArray(term)) return undefined;
  for (const item of term as readonly Term[]) {
    if (item instanceof Tuple && atomName(item.at(0)) === 'lock') return readLockId(item.at(1));
  }
  return undefined;
}

function readLockId(term: Term): LockId | undefined {
  if (!(term instanceof Tuple) || term.length !== 2) return undefined;
  return { resource: term.at(0), requester: term.at(1) };
}

/** The term of a lock id. */
export function lockIdTerm(lock: LockId): Term {
  return tuple(lock.resource, lock.requester);
}

/** The term of a name in an `exchange`. */
export function nameTerm(entry: GlobalName): Term {
  return tuple(entry.name, entry.pid, entry.method);
}

/** The term of an instruction in a `resolved` or `new_nodes`. */
export function opTerm(op: GlobalOp): Term {
  return op.kind === 'insert' ? tuple(atom('insert'), nameTerm(op.entry)) : tuple(atom('delete'), op.name);
}

/** Known nodes as a peer of `version` expects them: bare atoms below 7. */
export function knownTerm(known: Iterable<KnownNode>, version: number): Term {
  return Array.from(known, ({ node, version: theirs }) =>
    version < 7 ? atomOf(node) : tuple(atomOf(node), theirs),
  );
}
