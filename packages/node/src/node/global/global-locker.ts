/**
 * Takes the global lock for two meshes that are joining. One candidate at a time: lock our mesh and the other locker's
 * node under an id made of both lockers, tell the other locker, wait until it has done the same, and keep the lock until
 * the name server reports that the join is finished or cancelled. Straight-line code over a port. The order in which
 * nodes are locked (greatest name first) is kernel's, and prevents two joins from deadlocking.
 */

import { atom, atomOf, tuple, type Pid, type Term } from '../../etf/index.ts';
import type { LockId } from './state/global-messages.ts';
import type { GlobalEffect, LockerMessage } from './state/global-model.ts';
import { bossOf, releaseLock, takeLock } from './mesh-lock.ts';
import type { RegistrarPort } from './registrar.ts';

/** What the locker needs from its node, besides what every process that takes locks needs. */
export interface LockerPort extends RegistrarPort {
  isGlobalLockHeld(): boolean;
  /** Sends the message to the peer's name server or, before version 6, to its locker. */
  sendLockSet(candidate: Candidate, message: Term): void;
  /** Tells our name server that both sides hold the lock. */
  lockIsSet(candidate: Candidate, lock: LockId): void;
  carryOut(effects: readonly GlobalEffect[]): void;
}

export type Candidate = Extract<LockerMessage, { kind: 'candidate' }>;

/** The lock id that two lockers share: the same for both of them. */
export function lockIdOf(a: Pid, b: Pid): LockId {
  return { resource: atom('global'), requester: comparePids(a, b) <= 0 ? [a, b] : [b, a] };
}

/** Erlang's order of pids. Each locker sorts on its own, and both must get the same id. */
function comparePids(a: Pid, b: Pid): number {
  if (a.serial !== b.serial) return a.serial - b.serial;
  if (a.id !== b.id) return a.id - b.id;
  if (a.node !== b.node) return a.node < b.node ? -1 : 1;
  return a.creation - b.creation;
}

/** Maximum number of waiting `lock_set` messages from one node. */
const maxAnswers = 64;

export class GlobalLocker {
  readonly #port: LockerPort;
  readonly #stop = new AbortController();
  #candidates: Candidate[] = [];
  #inbox: LockerMessage[] = [];
  #wake: (() => void) | undefined;
  #hasJustJoined = false;
  /** The candidate whose lock is being taken or kept. */
  #current: Candidate | undefined;

  constructor(port: LockerPort) {
    this.#port = port;
  }

  post(message: LockerMessage): void {
    if (message.kind === 'candidate') this.#candidates.push(message);
    else if (message.kind === 'cancel' && this.#isIdle(message)) return this.#drop(message.node, message.tag);
    else if (message.kind === 'lockSet' && this.#isFlood(message)) return;
    else this.#inbox.push(message);
    this.#wake?.();
  }

  /** Whether a cancel affects nothing in progress: a peer may start over as often as it likes. */
  #isIdle({ node, tag, announce }: Extract<LockerMessage, { kind: 'cancel' }>): boolean {
    return announce.length === 0 && (this.#current?.node !== node || this.#current.ourTag !== tag);
  }

  /** Whether more answers from one node are waiting than an honest node ever sends. */
  #isFlood({ locker: { node } }: Extract<LockerMessage, { kind: 'lockSet' }>): boolean {
    let waiting = 0;
    for (const each of this.#inbox) {
      if (each.kind === 'lockSet' && each.locker.node === node && ++waiting >= maxAnswers) return true;
    }
    return false;
  }

  stop(): void {
    this.#stop.abort();
    this.#wake?.();
  }

  /** Handles messages and candidates until `stop` is called. */
  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const message = this.#inbox.shift();
      if (message !== undefined) await this.#take(message);
      else if (this.#candidates.length === 0) await this.#waitForMessage();
      else if (await this.#isQuiet()) await this.#tryOne();
      this.#current = undefined;
    }
  }

  async #take(message: LockerMessage): Promise<void> {
    if (message.kind === 'cancel') {
      this.#port.carryOut(message.announce);
      this.#drop(message.node, message.tag);
    }
    if (message.kind !== 'lockSet' || !message.isSet) return;
    const candidate = this.#candidates.find((each) => this.#isFrom(message, each));
    if (candidate === undefined) this.#refuse(message.locker);
    else await this.#followLock(candidate);
  }

  /** Waits a moment before requesting a lock, so that a node that lost a race for it gets its turn. */
  async #isQuiet(): Promise<boolean> {
    const members = this.#port.known().length;
    const delayMs = members === 0 ? 200 : Math.min(1000 + 100 * members, 3000);
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    if (!this.#hasJustJoined) await this.#port.sleep(delayMs, woken.signal);
    this.#wake = undefined;
    this.#hasJustJoined = false;
    // Anything that woke us, including another candidate, restarts the wait.
    return !woken.signal.aborted && !this.#stop.signal.aborted && !this.#port.isGlobalLockHeld();
  }

  async #waitForMessage(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  /** We start: lock both sides, then wait for the other locker to agree. */
  async #tryOne(): Promise<void> {
    const known = this.#port.known();
    this.#candidates = this.#candidates.filter((each) => !known.includes(each.node));
    const candidate = this.#candidates[Math.floor(this.#port.random() * this.#candidates.length)];
    if (candidate === undefined) return;
    this.#current = candidate;
    const lock = lockIdOf(this.#port.pid, candidate.locker);
    // Locking the other locker's node too prevents its side from locking the same nodes for another join.
    const locked = await this.#lockMesh(lock, [candidate.node]);
    if (locked === undefined) return;
    const all = [...locked, this.#port.self, candidate.node];
    this.#sendLockSet(candidate, { isSet: true });
    const outcome = await this.#outcome(candidate);
    if (outcome === undefined) return;
    if (outcome.kind === 'cancel') {
      this.#port.carryOut(outcome.announce);
      this.#drop(candidate.node, candidate.ourTag);
    } else if (outcome.isSet) {
      this.#port.lockIsSet(candidate, lock);
      await this.#holdLock(candidate);
    }
    await releaseLock(this.#port.callAll, lock, all);
  }

  /** The other locker started. */
  async #followLock(candidate: Candidate): Promise<void> {
    this.#current = candidate;
    const lock = lockIdOf(this.#port.pid, candidate.locker);
    const locked = await this.#lockMesh(lock, []);
    this.#sendLockSet(candidate, { isSet: locked !== undefined });
    if (locked === undefined) return;
    this.#port.lockIsSet(candidate, lock);
    await this.#holdLock(candidate);
    await releaseLock(this.#port.callAll, lock, [...locked, this.#port.self]);
  }

  async #holdLock(candidate: Candidate): Promise<void> {
    const cancel = await this.#receive(
      (message) =>
        message.kind === 'cancel' && message.node === candidate.node && message.tag === candidate.ourTag,
    );
    if (cancel?.kind === 'cancel') this.#port.carryOut(cancel.announce);
    this.#hasJustJoined = true;
    this.#drop(candidate.node, candidate.ourTag);
  }

  async #outcome(candidate: Candidate): Promise<Exclude<LockerMessage, Candidate> | undefined> {
    const outcome = await this.#receive((message) =>
      message.kind === 'cancel'
        ? message.node === candidate.node && message.tag === candidate.ourTag
        : message.kind === 'lockSet' && this.#isFrom(message, candidate),
    );
    return outcome?.kind === 'candidate' ? undefined : outcome;
  }

  /** The first message that matches; the others stay queued. `undefined` after `stop`. */
  async #receive(fits: (message: LockerMessage) => boolean): Promise<LockerMessage | undefined> {
    while (!this.#stop.signal.aborted) {
      const index = this.#inbox.findIndex(fits);
      if (index >= 0) return this.#inbox.splice(index, 1)[0];
      await this.#waitForMessage();
    }
    return undefined;
  }

  #isFrom(message: Extract<LockerMessage, { kind: 'lockSet' }>, candidate: Candidate): boolean {
    if (message.locker.node !== candidate.node) return false;
    return !('tag' in message) || message.tag === candidate.ourTag;
  }

  /** Locks our mesh and `extra`. Returns the locked nodes, or `undefined` with nothing left locked. */
  async #lockMesh(lock: LockId, extra: readonly string[]): Promise<string[] | undefined> {
    const { self, callAll } = this.#port;
    const boss = bossOf([self, ...this.#port.known()]);
    // Locking ourselves first could stop a node that already holds the boss, so we only check.
    if (boss !== self && !this.#port.canSetLock(lock)) return undefined;
    const locked: string[] = [];
    const near = [self, ...extra];
    // The members are read last, and again: the mesh may have grown while the boss answered.
    for (const group of [() => [boss], () => near, () => this.#port.known()]) {
      const nodes = group().filter((node) => !locked.includes(node));
      const taken = await takeLock(callAll, lock, nodes);
      if (taken === undefined) {
        await releaseLock(callAll, lock, locked);
        return undefined;
      }
      locked.push(...taken);
    }
    return locked;
  }

  #sendLockSet(candidate: Candidate, { isSet }: { readonly isSet: boolean }): void {
    const known = this.#port.known().map(atomOf);
    const tag = candidate.version < 8 ? [] : [candidate.theirTag];
    this.#port.sendLockSet(candidate, tuple(atom('lock_set'), this.#port.pid, isSet, known, ...tag));
  }

  /** Answers an unknown locker; version 5 understands the answer, later versions ignore it. */
  #refuse(locker: Pid): void {
    const unknown = {
      kind: 'candidate',
      node: locker.node,
      version: 5,
      locker,
      theirTag: 0,
      ourTag: 0,
    } as const;
    this.#sendLockSet(unknown, { isSet: false });
  }

  #drop(node: string, tag: number): void {
    this.#candidates = this.#candidates.filter((each) => each.node !== node || each.ourTag !== tag);
  }
}
