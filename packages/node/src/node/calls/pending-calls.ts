/**
 * Calls that wait for their outcome, by reference: each settles once, by an answer, its timeout, its caller's signal or the
 * end of the node. Used for remote functions (rpc.ts), gen calls (gen-client.ts) and the calls of `global`.
 */

import type { Clock, Timer } from '../../clock.ts';
import type { Reference } from '../../etf/index.ts';

/** One call. */
export interface PendingCall {
  /** A reference of this node. */
  readonly ref: Reference;
}

/** When to stop waiting for the outcome of a call. */
export interface CallDeadline {
  readonly clock: Clock;
  /** The remaining time; `Infinity` waits forever. */
  readonly leftMs: number;
  readonly signal: AbortSignal | undefined;
  readonly timeoutError: () => Error;
  /** Called when the call has timed out or was aborted, so that the peer can be notified. */
  readonly onAbandon: () => void;
}

interface Entry<Call, Value> {
  readonly call: Call;
  resolve(value: Value): void;
  reject(error: unknown): void;
  release(): void;
}

export class PendingCalls<Call extends PendingCall, Value> {
  readonly #entries = new Map<string, Entry<Call, Value>>();

  /** Starts to wait for a call: without a deadline, until it is settled. */
  open(call: Call, deadline?: CallDeadline): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      const giveUp = (error: unknown): void => {
        if (this.fail(call.ref, error)) deadline?.onAbandon();
      };
      const release = deadline === undefined ? () => undefined : limit(deadline, giveUp);
      this.#entries.set(keyOf(call.ref), { call, resolve, reject, release });
    });
  }

  find(ref: Reference): Call | undefined {
    return this.#entries.get(keyOf(ref))?.call;
  }

  /** Settles a call with what `value` returns or throws. Returns `false` when the call is not pending. */
  settle(ref: Reference, value: () => Value): boolean {
    const entry = this.#take(ref);
    if (entry === undefined) return false;
    try {
      entry.resolve(value());
    } catch (error) {
      entry.reject(error);
    }
    return true;
  }

  /** Rejects a call. Returns `false` when the call is not pending. */
  fail(ref: Reference, error: unknown): boolean {
    const entry = this.#take(ref);
    entry?.reject(error);
    return entry !== undefined;
  }

  /** Rejects every call, each with its own error. */
  failAll(errorOf: (call: Call) => unknown): void {
    for (const { call } of [...this.#entries.values()]) this.fail(call.ref, errorOf(call));
  }

  #take(ref: Reference): Entry<Call, Value> | undefined {
    const key = keyOf(ref);
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    entry?.release();
    return entry;
  }
}

/** Calls `giveUp` at the deadline. Returns a function that stops this. */
function limit(deadline: CallDeadline, giveUp: (error: unknown) => void): () => void {
  const { clock, leftMs, signal, timeoutError } = deadline;
  const onTimeout = (): void => giveUp(timeoutError());
  const timer: Timer | undefined =
    leftMs === Infinity ? undefined : clock.after(Math.max(leftMs, 0), onTimeout);
  const onAbort = (): void => giveUp(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    timer?.cancel();
    signal?.removeEventListener('abort', onAbort);
  };
}

/** The references of pending calls are of this node, so their words are unique. */
function keyOf(ref: Reference): string {
  return ref.words.join('.');
}
