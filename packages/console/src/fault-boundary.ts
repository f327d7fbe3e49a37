/**
 * Confines an internal error to the scope it happens in: a shell, a socket, the monitoring of a node, a request. Work runs
 * in a scope, together with all timers, promises and sockets that it starts. An error in any of them ends the scope, is
 * counted by kind and logged with its cause. Only an error outside of all scopes is a fault of the console itself.
 */

import { AsyncLocalStorage } from 'node:async_hooks';

/** Kinds of scopes. */
export const faultKinds = [
  'request',
  'socket',
  'shell',
  'follower',
  'poller',
  'launch',
  'host',
  'railway',
  'cluster',
] as const;
/** A kind of scope, by which faults are counted. */
export type FaultKind = (typeof faultKinds)[number];

/** A part of the console that can end while the rest goes on. */
export interface FaultScope {
  readonly kind: FaultKind;
  /** Name in the log: `shell on app@127.0.0.1`. */
  readonly name: string;
  /** Ends the scope and notifies its users. Called once, however many faults occur. Omitted if the fault itself ends it. */
  end?(error: unknown): void;
}

/** The part of a logger that is needed here. */
interface FaultLog {
  error(detail: object, message: string): void;
}

/** Runs work in scopes, and counts and reports the faults of each. */
export class Faults {
  readonly #log: FaultLog;
  readonly #owner = new AsyncLocalStorage<FaultScope | undefined>();
  readonly #counts = new Map<FaultKind, number>(faultKinds.map((kind) => [kind, 0]));
  readonly #ended = new WeakSet<FaultScope>();

  constructor(log: FaultLog) {
    this.#log = log;
  }

  /** Number of faults so far, by kind. */
  get counts(): Readonly<Record<FaultKind, number>> {
    return Object.fromEntries(this.#counts) as Record<FaultKind, number>;
  }

  /** Runs work in a scope. An error or rejection is a fault of that scope and is not passed on. */
  run(scope: FaultScope, work: () => unknown): void {
    this.#owner.run(scope, () => {
      try {
        const result = work();
        if (result instanceof Promise) result.catch((error: unknown) => this.report(scope, error));
      } catch (error) {
        this.report(scope, error);
      }
    });
  }

  /** Runs work in a scope for a caller that handles its errors. Whatever the work leaves running stays in the scope. */
  own<Result>(scope: FaultScope, work: () => Result): Result {
    return this.#owner.run(scope, work);
  }

  /** Returns the function bound to the current scope. */
  bind<Args extends readonly unknown[]>(listener: (...args: Args) => void): (...args: Args) => void {
    const scope = this.#owner.getStore();
    return scope === undefined ? listener : (...args) => this.run(scope, () => listener(...args));
  }

  /** Counts and logs a fault of a scope, and ends the scope. */
  report(scope: FaultScope, error: unknown): void {
    this.note(scope, error);
    if (this.#ended.has(scope)) return;
    this.#ended.add(scope);
    try {
      scope.end?.(error);
    } catch (second) {
      this.#log.error(
        { err: second, kind: scope.kind, thing: scope.name },
        'cleaning up after the fault failed too',
      );
    }
  }

  /** Counts and logs a fault that has been handled. */
  note({ kind, name }: Pick<FaultScope, 'kind' | 'name'>, error: unknown): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    const err = error instanceof Error ? error : new Error(`threw ${String(error)}`);
    this.#log.error({ err, kind, thing: name }, 'an internal error was contained');
  }

  /**
   * For uncaught errors: ends the scope that the error came from. Returns `false` if it came from none, which makes it a
   * fault of the console.
   */
  contain(error: unknown): boolean {
    const scope = this.#owner.getStore();
    // Node.js continues in the async context of the failed work; what runs next does not belong to it.
    this.#owner.enterWith(undefined);
    if (scope === undefined) return false;
    this.report(scope, error);
    return true;
  }
}
