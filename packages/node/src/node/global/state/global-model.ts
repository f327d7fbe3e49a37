/**
 * The state, events and effects of the global name server: the types shared by the modules that decide (global-state.ts
 * and its neighbours), take locks (global-locker.ts) and act (global-server.ts).
 */

import type { Pid, Term } from '../../../etf/index.ts';
import type { GlobalMessage, GlobalName, GlobalOp, KnownNode, LockId } from './global-messages.ts';
import { LockTable } from './lock-table.ts';
import { GlobalNameTable } from './global-names.ts';

/** One attempt to join with a peer. Ends when both know each other, or when either side gives up. */
export interface Exchange {
  readonly ourTag: number;
  theirTag?: Term;
  version: number;
  /** The lock both lockers hold, once they do. */
  lock?: LockId;
  /** Their names, if they arrived before we held the lock. */
  theirNames?: readonly GlobalName[];
  isResolving: boolean;
  /** The changes to our names that the comparison resulted in, once it is done. */
  ourOps?: readonly GlobalOp[];
  /** Their last message, if it arrived before our own comparison was done. */
  theirs?: { readonly ops: readonly GlobalOp[]; readonly known: readonly KnownNode[] };
}

export interface GlobalState {
  readonly self: string;
  /** The process that takes locks for this node. */
  readonly lockerPid: Pid;
  /** Identifies this incarnation of the name server in `lost_connection`. */
  readonly incarnation: bigint;
  nextTag: number;
  nextOperation: number;
  /** Members of our mesh, by version; 0 while unknown. */
  readonly known: Map<string, number>;
  /** Nodes that have answered our request to join, by version. */
  readonly pending: Map<string, number>;
  /** Nodes whose connection we are closing to prevent overlapping partitions. */
  readonly removing: Set<string>;
  readonly synced: Set<string>;
  readonly exchanges: Map<string, Exchange>;
  /** Messages from a node that arrived before we knew that it is up; only from connected nodes. */
  readonly early: Map<string, InitConnect>;
  readonly names: GlobalNameTable;
  readonly locks: LockTable;
  /** The newest loss that each node reported about each other node, so that a report is relayed once. */
  readonly lost: Map<string, { readonly incarnation: Term; readonly operation: number | bigint }>;
  /** Maximum number of members; further ones are ignored. */
  readonly maxKnown: number;
  isClosing: boolean;
}

export type InitConnect = Extract<GlobalMessage, { kind: 'initConnect' }>;

export type GlobalEvent =
  | { readonly kind: 'nodeUp'; readonly node: string }
  | { readonly kind: 'nodeDown'; readonly node: string }
  | { readonly kind: 'joinFailed'; readonly node: string }
  | { readonly kind: 'message'; readonly message: GlobalMessage }
  | { readonly kind: 'pidDown'; readonly pid: Pid }
  /** Both lockers hold the lock. */
  | { readonly kind: 'lockIsSet'; readonly node: string; readonly tag: number; readonly lock: LockId }
  /** The names were compared: what to do here (`ops`) and there (`resolved`). */
  | {
      readonly kind: 'compared';
      readonly node: string;
      readonly tag: number;
      readonly ops: readonly GlobalOp[];
      readonly resolved: readonly GlobalOp[];
    }
  /** The node is closing: connections that end from now on are not reported to others. */
  | { readonly kind: 'closing' };

/** A message for the locker. It carries out `announce` before it releases its locks. */
export type LockerMessage =
  | {
      readonly kind: 'candidate';
      readonly node: string;
      readonly version: number;
      readonly locker: Pid;
      readonly theirTag: Term;
      readonly ourTag: number;
    }
  | {
      readonly kind: 'cancel';
      readonly node: string;
      readonly tag: number;
      readonly announce: readonly GlobalEffect[];
    }
  | { readonly kind: 'lockSet'; readonly locker: Pid; readonly isSet: boolean; readonly tag?: Term };

export type GlobalEffect =
  /** A gen cast to the name server of a connected node. */
  | { readonly kind: 'cast'; readonly node: string; readonly message: Term }
  /** A plain message to the name server of a connected node. */
  | { readonly kind: 'tell'; readonly node: string; readonly message: Term }
  | { readonly kind: 'reply'; readonly to: { readonly pid: Pid; readonly tag: Term }; readonly value: Term }
  | { readonly kind: 'locker'; readonly message: LockerMessage }
  /** Compare their names with ours. */
  | {
      readonly kind: 'compare';
      readonly node: string;
      readonly tag: number;
      readonly names: readonly GlobalName[];
    }
  /** Connect to the node if necessary, then cast `in_sync` to it. */
  | { readonly kind: 'join'; readonly node: string }
  | { readonly kind: 'disconnect'; readonly node: string; readonly why: string }
  | { readonly kind: 'watch'; readonly pid: Pid }
  | { readonly kind: 'unwatch'; readonly pid: Pid }
  /** `limits.maxGlobalNames` was reached; a name was dropped. */
  | { readonly kind: 'limit' };

export function createGlobalState(options: {
  self: string;
  lockerPid: Pid;
  incarnation: bigint;
  maxNames: number;
  maxLocksPerNode: number;
  maxKnown: number;
}): GlobalState {
  return {
    self: options.self,
    lockerPid: options.lockerPid,
    incarnation: options.incarnation,
    nextTag: 1,
    nextOperation: 1,
    known: new Map(),
    pending: new Map(),
    removing: new Set(),
    synced: new Set(),
    exchanges: new Map(),
    early: new Map(),
    names: new GlobalNameTable(options.maxNames),
    locks: new LockTable({ maxLocks: options.maxNames, maxLocksPerNode: options.maxLocksPerNode }),
    lost: new Map(),
    maxKnown: options.maxKnown,
    isClosing: false,
  };
}

/** The members of our mesh. */
export function knownNodes(state: GlobalState): KnownNode[] {
  return Array.from(state.known, ([node, version]) => ({ node, version }));
}
