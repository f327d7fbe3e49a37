/**
 * Global locks held on this node: one requester per resource, with any number of processes holding it on its behalf. Pure
 * data, bounded in total and per node, and indexed by resource, by process and by node. The lock of the resource `global`
 * also guards name registration; the table remembers whether it ended by a crash, because registrations that arrive after
 * a crash must not count.
 */

import { type Pid, type Term, atomName, equals, termKey } from '../../../etf/index.ts';
import type { LockId } from './global-messages.ts';

interface Lock extends LockId {
  readonly holders: Map<string, Pid>;
}

interface Holder {
  readonly pid: Pid;
  /** Keys of the resources that the process holds. */
  readonly resources: Set<string>;
}

interface HoldersOfNode {
  readonly holders: Map<string, Holder>;
  /** Locks held by the processes of the node, counted once for each process. */
  held: number;
}

export interface LockBounds {
  readonly maxLocks: number;
  /** Limit for all processes of one node together. */
  readonly maxLocksPerNode: number;
}

export class LockTable {
  readonly #bounds: LockBounds;
  readonly #locks = new Map<string, Lock>();
  readonly #nodes = new Map<string, HoldersOfNode>();
  #globalEndedByCrash = false;

  constructor(bounds: LockBounds) {
    this.#bounds = bounds;
  }

  /** Whether the lock that guards names and joining is held. */
  get isGlobalHeld(): boolean {
    return this.#locks.has(globalKey);
  }

  /** Whether `set` would succeed, ignoring the limit per node. */
  canSet(id: LockId): boolean {
    const lock = this.#locks.get(termKey(id.resource));
    if (lock === undefined) return this.#locks.size < this.#bounds.maxLocks;
    return equals(lock.requester, id.requester);
  }

  /** Takes the lock for `pid`. `added` tells whether `pid` was not a holder before. */
  set(id: LockId, pid: Pid): { granted: boolean; added: boolean } {
    if (!this.canSet(id)) return { granted: false, added: false };
    const key = termKey(id.resource);
    const pidKey = termKey(pid);
    if (this.#locks.get(key)?.holders.has(pidKey) === true) return { granted: true, added: false };
    const node = this.#nodes.get(pid.node) ?? { holders: new Map<string, Holder>(), held: 0 };
    // The `global` lock is exempt from the limit: a node that holds too many other locks must still leave in order.
    if (node.held >= this.#bounds.maxLocksPerNode && key !== globalKey)
      return { granted: false, added: false };
    const lock = this.#locks.get(key) ?? { ...id, holders: new Map<string, Pid>() };
    const holder = node.holders.get(pidKey) ?? { pid, resources: new Set<string>() };
    this.#locks.set(key, lock);
    this.#nodes.set(pid.node, node);
    node.holders.set(pidKey, holder);
    node.held += 1;
    holder.resources.add(key);
    lock.holders.set(pidKey, pid);
    return { granted: true, added: true };
  }

  /** Releases the lock. Returns `false` when `pid` did not hold it. */
  remove(id: LockId, pid: Pid): boolean {
    const lock = this.#locks.get(termKey(id.resource));
    if (lock === undefined || !equals(lock.requester, id.requester)) return false;
    return this.#dropHolder(lock, pid, 'given-back');
  }

  /** Releases every lock of a process that ended, and returns their number. */
  removePid(pid: Pid): number {
    const resources = this.#nodes.get(pid.node)?.holders.get(termKey(pid))?.resources ?? [];
    let dropped = 0;
    for (const key of [...resources]) {
      const lock = this.#locks.get(key);
      if (lock !== undefined && this.#dropHolder(lock, pid, 'crash')) dropped += 1;
    }
    return dropped;
  }

  /** The processes of a node that hold a lock. */
  holdersOf(node: string): Pid[] {
    return Array.from(this.#nodes.get(node)?.holders.values() ?? [], ({ pid }) => pid);
  }

  /**
   * Whether a registration made under the global lock may still be carried out: by the process that holds the lock, or by
   * nodes joining under the same lock id. If the lock is not held, it may, unless the lock ended by a crash.
   */
  permits(by: { pid: Pid } | { lock: LockId | undefined }): boolean {
    const held = this.#locks.get(globalKey);
    if (held === undefined) return !this.#globalEndedByCrash;
    if ('pid' in by) return held.holders.has(termKey(by.pid));
    return by.lock !== undefined && equals(held.requester, by.lock.requester);
  }

  #dropHolder(lock: Lock, pid: Pid, cause: 'given-back' | 'crash'): boolean {
    const pidKey = termKey(pid);
    if (!lock.holders.delete(pidKey)) return false;
    const key = termKey(lock.resource);
    this.#forgetHolder(pid, pidKey, key);
    if (lock.holders.size > 0) return true;
    this.#locks.delete(key);
    if (isGlobal(lock.resource)) this.#globalEndedByCrash = cause === 'crash';
    return true;
  }

  #forgetHolder(pid: Pid, pidKey: string, key: string): void {
    const node = this.#nodes.get(pid.node);
    const holder = node?.holders.get(pidKey);
    if (node === undefined || holder === undefined) return;
    holder.resources.delete(key);
    node.held -= 1;
    if (holder.resources.size === 0) node.holders.delete(pidKey);
    if (node.holders.size === 0) this.#nodes.delete(pid.node);
  }
}

function isGlobal(resource: Term): boolean {
  return atomName(resource) === 'global';
}

/** `termKey` of the atom `global`. */
const globalKey = 'a6:global';
