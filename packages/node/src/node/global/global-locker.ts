/**
 * Takes the global lock for two meshes that want to become one. One candidate at a time: lock our mesh and the other
 * locker's node under an id made of both lockers, tell the other locker, wait until it has done the same, keep the
 * lock until the name server says that the join is done or off. Straight-line over a port; the order in which nodes
 * are locked (greatest name first) is kernel's, and what keeps two joins from waiting for each other.
 */
import { atom, atomOf, tuple, type Pid, type Term } from '../../etf/index.ts';
import { lockIdTerm, type LockId } from './global-messages.ts';
import type { GlobalEffect, LockerMessage } from './global-model.ts';

/** What the locker needs of its node. */
export interface LockerPort {
  readonly self: string;
  readonly pid: Pid;
  /** Members of our mesh at this moment. */
  known(): string[];
  canSetLock(lock: LockId): boolean;
  isGlobalLockHeld(): boolean;
  /** Calls the name servers of these nodes from `pid`; nodes that did not answer are absent from the result. */
  callAll(nodes: readonly string[], request: Term): Promise<ReadonlyMap<string, Term>>;
  /** Tells the peer's name server or, before version 6, its locker. */
  sendLockSet(candidate: Candidate, message: Term): void;
  /** Tells our name server that both sides hold the lock. */
  lockIsSet(candidate: Candidate, lock: LockId): void;
  carryOut(effects: readonly GlobalEffect[]): void;
  /** Resolves after `delayMs`, or as soon as `signal` is aborted. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
  /** 0 up to 1, to choose among candidates and to spread retries. */
  random(): number;
}

export type Candidate = Extract<LockerMessage, { kind: 'candidate' }>;

/** Makes the lock id two lockers share: whichever of them asks, it is the same. */
export function lockIdOf(a: Pid, b: Pid): LockId {
  return { resource: atom('global'), requester: comparePids(a, b) <= 0 ? [a, b] : [b, a] };
}

/** Erlang's order of pids. Both lockers sort for themselves and must come to the same id. */
function comparePids(a: Pid, b: Pid): number {
  if (a.serial !== b.serial) return a.serial - b.serial;
  if (a.id !== b.id) return a.id - b.id;
  if (a.node !== b.node) return a.node < b.node ? -1 : 1;
  return a.creation - b.creation;
}

export class GlobalLocker {
  readonly #port: LockerPort;
  readonly #stop = new AbortController();
  #candidates: Candidate[] = [];
  #inbox: LockerMessage[] = [];
  #wake: (() => void) | undefined;
  #hasJustJoined = false;

  constructor(port: LockerPort) {
    this.#port = port;
  }

  post(message: LockerMessage): void {
    if (message.kind === 'candidate') this.#candidates.push(message);
    else this.#inbox.push(message);
    this.#wake?.();
  }

  stop(): void {
    this.#stop.abort();
    this.#wake?.();
  }

  /** Works until `stop`. */
  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const message = this.#inbox.shift();
      if (message !== undefined) await this.#take(message);
      else if (this.#candidates.length === 0) await this.#untilMessage();
      else if (await this.#isQuiet()) await this.#tryOne();
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

  /** Waits a moment before asking for a lock, so that a node that lost a race for it gets its turn. */
  async #isQuiet(): Promise<boolean> {
    const members = this.#port.known().length;
    const delayMs = members === 0 ? 200 : Math.min(1000 + 100 * members, 3000);
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    if (!this.#hasJustJoined) await this.#port.sleep(delayMs, woken.signal);
    this.#wake = undefined;
    this.#hasJustJoined = false;
    return this.#inbox.length === 0 && !this.#stop.signal.aborted && !this.#port.isGlobalLockHeld();
  }

  async #untilMessage(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  /** We begin: lock both sides, then wait for the other locker to agree. */
  async #tryOne(): Promise<void> {
    const known = this.#port.known();
    this.#candidates = this.#candidates.filter((each) => !known.includes(each.node));
    const candidate = this.#candidates[Math.floor(this.#port.random() * this.#candidates.length)];
    if (candidate === undefined) return;
    const lock = lockIdOf(this.#port.pid, candidate.locker);
    // Locking the other locker's node too keeps its side from locking the same nodes for somebody else.
    const locked = await this.#lockMesh(lock, [candidate.node]);
    if (locked === undefined) return;
    const all = [...new Set([...locked, this.#port.self, candidate.node])];
    this.#tell(candidate, true);
    const outcome = await this.#outcome(candidate);
    if (outcome === undefined) return;
    if (outcome.kind === 'cancel') {
      this.#port.carryOut(outcome.announce);
      this.#drop(candidate.node, candidate.ourTag);
    } else if (outcome.isSet) {
      this.#port.lockIsSet(candidate, lock);
      await this.#keepUntilCancelled(candidate);
    }
    await this.#unlock(lock, all);
  }

  /** The other locker began. */
  async #followLock(candidate: Candidate): Promise<void> {
    const lock = lockIdOf(this.#port.pid, candidate.locker);
    const locked = await this.#lockMesh(lock, []);
    this.#tell(candidate, locked !== undefined);
    if (locked === undefined) return;
    this.#port.lockIsSet(candidate, lock);
    await this.#keepUntilCancelled(candidate);
    await this.#unlock(lock, [...new Set([...locked, this.#port.self])]);
  }

  async #keepUntilCancelled(candidate: Candidate): Promise<void> {
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

  /** The first message that fits; the rest wait. `undefined` after `stop`. */
  async #receive(fits: (message: LockerMessage) => boolean): Promise<LockerMessage | undefined> {
    while (!this.#stop.signal.aborted) {
      const index = this.#inbox.findIndex(fits);
      if (index >= 0) return this.#inbox.splice(index, 1)[0];
      await this.#untilMessage();
    }
    return undefined;
  }

  #isFrom(message: Extract<LockerMessage, { kind: 'lockSet' }>, candidate: Candidate): boolean {
    if (message.locker.node !== candidate.node) return false;
    return !('tag' in message) || message.tag === candidate.ourTag;
  }

  /** Locks our mesh and `extra`; the nodes that are locked, or `undefined` with nothing left locked. */
  async #lockMesh(lock: LockId, extra: readonly string[]): Promise<string[] | undefined> {
    const { self } = this.#port;
    const boss = [self, ...this.#port.known()].reduce((a, b) => (a > b ? a : b));
    // Locking ourselves first could stop a node that already has the boss, so we only look.
    if (boss !== self && !this.#port.canSetLock(lock)) return undefined;
    const locked: string[] = [];
    if (!(await this.#lockNodes(lock, [boss], locked))) return undefined;
    // Asked again: the mesh may have grown while the boss answered.
    const known = this.#port.known();
    const groups = [[self, ...extra], known];
    for (const group of groups) {
      const nodes = group.filter((node) => !locked.includes(node));
      if (await this.#lockNodes(lock, nodes, locked)) continue;
      await this.#unlock(lock, locked);
      return undefined;
    }
    return locked;
  }

  /** Locks these nodes or none of them; nodes that do not answer are left out. */
  async #lockNodes(lock: LockId, nodes: readonly string[], locked: string[]): Promise<boolean> {
    if (nodes.length === 0) return true;
    const replies = await this.#port.callAll(nodes, tuple(atom('set_lock'), lockIdTerm(lock)));
    const granted = nodes.filter((node) => replies.get(node) === true);
    if ([...replies.values()].some((reply) => reply !== true)) {
      await this.#unlock(lock, granted);
      return false;
    }
    locked.push(...granted);
    return true;
  }

  /** Gives the lock back, the greatest name last: as long as it is locked nobody else begins. */
  async #unlock(lock: LockId, nodes: readonly string[]): Promise<void> {
    const ordered = [...nodes].sort();
    const boss = ordered.pop();
    const request = tuple(atom('del_lock'), lockIdTerm(lock));
    if (ordered.length > 0) await this.#port.callAll(ordered, request);
    if (boss !== undefined) await this.#port.callAll([boss], request);
  }

  #tell(candidate: Candidate, isSet: boolean): void {
    const known = this.#port.known().map(atomOf);
    const tag = candidate.version < 8 ? [] : [candidate.theirTag];
    this.#port.sendLockSet(candidate, tuple(atom('lock_set'), this.#port.pid, isSet, known, ...tag));
  }

  /** A locker we know nothing of asks; version 5 understands the answer, later ones ignore it. */
  #refuse(locker: Pid): void {
    const stranger = {
      kind: 'candidate',
      node: locker.node,
      version: 5,
      locker,
      theirTag: 0,
      ourTag: 0,
    } as const;
    this.#tell(stranger, false);
  }

  #drop(node: string, tag: number): void {
    this.#candidates = this.#candidates.filter((each) => each.node !== node || each.ourTag !== tag);
  }
}
