/**
 * Registers and unregisters global names of this node: takes the global lock on the whole mesh, greatest name first, has
 * every node carry out the change, and releases the lock. One change at a time, all by one process, because nodes accept
 * a change only from the process that holds their lock.
 */

import { backoff } from '../../async.ts';
import { atom, tuple, type Pid, type Term } from '../../etf/index.ts';
import type { LockId } from './state/global-messages.ts';
import { bossOf, releaseLock, takeLock, type CallAll } from './mesh-lock.ts';

export interface RegistrarPort {
  readonly self: string;
  readonly pid: Pid;
  readonly callAll: CallAll;
  known(): string[];
  canSetLock(lock: LockId): boolean;
  /** Aborts when the node closes. */
  readonly closing: AbortSignal;
  /** Resolves after `delayMs`, as soon as `signal` aborts, or when the node closes. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  random(): number;
}

export class Registrar {
  readonly #port: RegistrarPort;
  #last: Promise<unknown> = Promise.resolve();

  constructor(port: RegistrarPort) {
    this.#port = port;
  }

  /** Has every node carry out `request`, if `isWanted` still returns true once the mesh is locked. */
  change(request: Term, isWanted: () => boolean): Promise<boolean> {
    const turn = this.#last.then(() => this.#change(request, isWanted));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #change(request: Term, isWanted: () => boolean): Promise<boolean> {
    const lock = { resource: atom('global'), requester: this.#port.pid };
    const nodes = await this.#lockMesh(lock);
    try {
      if (!isWanted()) return false;
      await this.#port.callAll(nodes, request);
      return true;
    } finally {
      await releaseLock(this.#port.callAll, lock, nodes);
    }
  }

  async #lockMesh(lock: LockId): Promise<string[]> {
    for (let attempt = 0; ; attempt += 1) {
      this.#port.closing.throwIfAborted();
      const nodes = await this.#tryLock(lock);
      if (nodes !== undefined) return nodes;
      // The whole delay is random, as in OTP, so that the losers of a race do not collide again.
      const random = (): number => this.#port.random();
      await this.#port.sleep(backoff(attempt, { firstMs: 125, lastMs: 8000, jitter: 1, random }));
    }
  }

  async #tryLock(lock: LockId): Promise<string[] | undefined> {
    const { self, callAll } = this.#port;
    const nodes = [self, ...this.#port.known()];
    const boss = await takeLock(callAll, lock, [bossOf(nodes)]);
    if (boss === undefined) return undefined;
    // Checked first: locking ourselves could stop a node that already holds the rest.
    const locked = this.#port.canSetLock(lock) ? await takeLock(callAll, lock, nodes) : undefined;
    const hasGrown = this.#port.known().some((node) => !nodes.includes(node));
    if (locked !== undefined && !hasGrown) return locked;
    await releaseLock(callAll, lock, [...boss, ...(locked ?? [])]);
    return undefined;
  }
}

/** The request `{register, Name, Pid, Method}`. */
export function registerRequest(name: Term, pid: Pid, method: Term): Term {
  return tuple(atom('register'), name, pid, method);
}

/** The request `{unregister, Name}`. */
export function unregisterRequest(name: Term): Term {
  return tuple(atom('unregister'), name);
}
