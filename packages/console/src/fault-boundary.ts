/**
 * Keeps a fault of ours to the thing it happened in: a shell, a socket, the watching of a node, a request. Work is run for
 * a thing, and so is all that it starts: timers, promises, sockets. What any of it throws ends the thing, is counted by
 * kind and logged with its cause. Only what belongs to no thing is a fault of the console itself.
 */

import { AsyncLocalStorage } from 'node:async_hooks';

export const faultKinds = [
  'request',
  'socket',
  'shell',
  'follower',
  'poller',
  'launch',
  'host',
  'railway',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Something that can end without the rest. */
export interface Thing {
  readonly kind: FaultKind;
  /** For the log: `shell on app@127.0.0.1`. */
  readonly name: string;
  /** Ends the thing and notifies its users. Called once, however many faults occur. Omitted if the fault itself ends it. */
  end?(error: unknown): void;
}

/** The part of a logger that is used. */
interface FaultLog {
  error(detail: object, message: string): void;
}

export class Faults {
  readonly #log: FaultLog;
  readonly #owner = new AsyncLocalStorage<Thing | undefined>();
  readonly #counts = new Map<FaultKind, number>(faultKinds.map((kind) => [kind, 0]));
  readonly #ended = new WeakSet<Thing>();

  constructor(log: FaultLog) {
    this.#log = log;
  }

  /** Faults so far, by kind. */
  get counts(): Readonly<Record<FaultKind, number>> {
    return Object.fromEntries(this.#counts) as Record<FaultKind, number>;
  }

  /** Does work of a thing. What it throws or rejects with is that thing's fault, and goes no further. */
  run(thing: Thing, work: () => unknown): void {
    this.#owner.run(thing, () => {
      try {
        const result = work();
        if (result instanceof Promise) result.catch((error: unknown) => this.report(thing, error));
      } catch (error) {
        this.report(thing, error);
      }
    });
  }

  /** Does work of a thing for a caller that handles what it throws. What the work leaves running is the thing's. */
  own<Result>(thing: Thing, work: () => Result): Result {
    return this.#owner.run(thing, work);
  }

  /** The same function, as work of the thing that is at work now. */
  bind<Args extends readonly unknown[]>(listener: (...args: Args) => void): (...args: Args) => void {
    const thing = this.#owner.getStore();
    return thing === undefined ? listener : (...args) => this.run(thing, () => listener(...args));
  }

  /** A fault of that thing: counts it, logs it and ends the thing. */
  report(thing: Thing, error: unknown): void {
    this.note(thing, error);
    if (this.#ended.has(thing)) return;
    this.#ended.add(thing);
    try {
      thing.end?.(error);
    } catch (second) {
      this.#log.error(
        { err: second, kind: thing.kind, thing: thing.name },
        'cleaning up after the fault failed too',
      );
    }
  }

  /** A fault that has been dealt with: counts and logs it. */
  note({ kind, name }: Pick<Thing, 'kind' | 'name'>, error: unknown): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    const err = error instanceof Error ? error : new Error(`threw ${String(error)}`);
    this.#log.error({ err, kind, thing: name }, 'an internal error, contained');
  }

  /**
   * For uncaught errors: ends the thing whose work the error came from. `false` if it came from no thing, which makes it a
   * fault of the console.
   */
  contain(error: unknown): boolean {
    const thing = this.#owner.getStore();
    // Node goes on in the context of what failed; what runs next has nothing to do with it.
    this.#owner.enterWith(undefined);
    if (thing === undefined) return false;
    this.report(thing, error);
    return true;
  }
}
