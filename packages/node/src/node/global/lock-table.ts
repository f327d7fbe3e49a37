/**
 * Global locks held on this node: one requester per resource, as many holding processes as ask in its name. Pure data,
 * bounded. The lock of the resource `global` also guards name registration; whether it ended by a crash is remembered,
 * because registrations that arrive after such an end must not count.
 */
import { type Pid, type Term, atomName, equals, termKey } from '../../etf/index.ts';
import type { LockId } from './global-messages.ts';

interface Lock extends LockId {
  readonly holders: Map<string, Pid>;
}

export class LockTable {
  readonly #maxLocks: number;
  readonly #locks = new Map<string, Lock>();
  #globalEndedByCrash = false;

  constructor(maxLocks: number) {
    this.#maxLocks = maxLocks;
  }

  /** Whether anybody holds the lock that guards names and joining. */
  get isGlobalHeld(): boolean {
    return this.#locks.has(globalKey);
  }

  /** Whether `set` would succeed. */
  canSet(id: LockId): boolean {
    const lock = this.#locks.get(termKey(id.resource));
    if (lock === undefined) return this.#locks.size < this.#maxLocks;
    return equals(lock.requester, id.requester);
  }

  /** Takes the lock for `pid`. `added` says whether `pid` is a holder it was not before. */
  set(id: LockId, pid: Pid): { granted: boolean; added: boolean } {
    if (!this.canSet(id)) return { granted: false, added: false };
    const key = termKey(id.resource);
    const lock = this.#locks.get(key) ?? { ...id, holders: new Map<string, Pid>() };
    this.#locks.set(key, lock);
    const added = !lock.holders.has(termKey(pid));
    lock.holders.set(termKey(pid), pid);
    return { granted: true, added };
  }

  /** Gives the lock back; `false` when `pid` did not hold it. */
  remove(id: LockId, pid: Pid): boolean {
    const lock = this.#locks.get(termKey(id.resource));
    if (lock === undefined || !equals(lock.requester, id.requester)) return false;
    return this.#dropHolder(lock, pid, false);
  }

  /** Gives back every lock of a process that ended; how many those were. */
  removePid(pid: Pid): number {
    let dropped = 0;
    for (const lock of [...this.#locks.values()]) if (this.#dropHolder(lock, pid, true)) dropped += 1;
    return dropped;
  }

  /** The processes of a node that hold a lock. */
  holdersOf(node: string): Pid[] {
    const pids = new Map<string, Pid>();
    for (const lock of this.#locks.values()) {
      for (const [key, pid] of lock.holders) if (pid.node === node) pids.set(key, pid);
    }
    return [...pids.values()];
  }

  /**
   * Whether a registration that was made under the global lock may still be carried out: by the process that holds
   * it, or by nodes joining under that very lock id. Without the lock it may, unless the lock ended by a crash.
   */
  permits(by: { pid: Pid } | { lock: LockId | undefined }): boolean {
    const held = this.#locks.get(globalKey);
    if (held === undefined) return !this.#globalEndedByCrash;
    if ('pid' in by) return held.holders.has(termKey(by.pid));
    return by.lock !== undefined && equals(held.requester, by.lock.requester);
  }

  #dropHolder(lock: Lock, pid: Pid, byCrash: boolean): boolean {
    if (!lock.holders.delete(termKey(pid))) return false;
    if (lock.holders.size > 0) return true;
    this.#locks.delete(termKey(lock.resource));
    if (isGlobal(lock.resource)) this.#globalEndedByCrash = byCrash;
    return true;
  }
}

function isGlobal(resource: Term): boolean {
  return atomName(resource) === 'global';
}

/** `termKey` of the atom `global`. */
const globalKey = 'a6:global';
