/**
 * What the global name server of this node knows, what can happen to it and what it may ask for: the types shared by
 * the parts that decide (global-state.ts and its neighbours), take locks (global-locker.ts) and act (global-server.ts).
 */
import type { Pid, Term } from '../../../etf/index.ts';
import type { GlobalMessage, GlobalName, GlobalOp, KnownNode, LockId } from './global-messages.ts';
import { LockTable } from './lock-table.ts';
import { NameTable } from './name-table.ts';

/** One attempt of ours and a peer's to join. Ends when both are known to each other, or either gives up. */
export interface Exchange {
  readonly ourTag: number;
  theirTag?: Term;
  version: number;
  /** The lock both lockers hold, once they do. */
  lock?: LockId;
  /** Their names, when they came before the lock was ours. */
  theirNames?: readonly GlobalName[];
  isResolving: boolean;
  /** What comparing the names told us to do here, once it is known. */
  ourOps?: readonly GlobalOp[];
  /** Their last message, when it came before our own comparison was done. */
  theirs?: { readonly ops: readonly GlobalOp[]; readonly known: readonly KnownNode[] };
}

export interface GlobalState {
  readonly self: string;
  /** The process that takes locks in our name. */
  readonly lockerPid: Pid;
  /** Names this incarnation of the name server in `lost_connection`. */
  readonly incarnation: bigint;
  nextTag: number;
  nextOperation: number;
  /** Members of our mesh, by version; 0 while unknown. */
  readonly known: Map<string, number>;
  /** Nodes that have answered our wish to join, by version. */
  readonly pending: Map<string, number>;
  /** Nodes whose connection we gave up to prevent overlapping partitions. */
  readonly removing: Set<string>;
  readonly synced: Set<string>;
  readonly exchanges: Map<string, Exchange>;
  /** What came from a node before we knew that it is up; only from connected nodes. */
  readonly early: Map<string, InitConnect>;
  readonly names: NameTable;
  readonly locks: LockTable;
  /** The newest loss reported by each node about each other, so that a report is relayed once. */
  readonly lost: Map<string, { readonly incarnation: Term; readonly operation: number | bigint }>;
  /** Members more than this are not taken note of. */
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
  /** The node closes: connections that end from now on are no news for others. */
  | { readonly kind: 'closing' };

/** For the locker. `announce` is to be carried out before it gives its locks back. */
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
  /** Be connected to the node, then cast `in_sync` to it. */
  | { readonly kind: 'join'; readonly node: string }
  | { readonly kind: 'disconnect'; readonly node: string; readonly why: string }
  | { readonly kind: 'watch'; readonly pid: Pid }
  | { readonly kind: 'unwatch'; readonly pid: Pid }
  /** `limits.maxGlobalNames` was reached; a name is left out. */
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
    names: new NameTable(options.maxNames),
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
