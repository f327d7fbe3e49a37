/**
 * Remote calls that wait for their outcome, by reference: each settles once, by an answer, its timeout, its caller's
 * signal or the end of the node. rpc.ts has the messages of a call.
 */

import type { Clock, Timer } from '../../clock.ts';
import type { Pid, Reference, Term } from '../../etf/index.ts';
import { callTimeout, type CallSite } from './erpc.ts';

/** One call. */
export interface PendingCall {
  readonly ref: Reference;
  readonly site: CallSite;
  readonly kind: 'erpc' | 'rex' | 'local';
  /** The remote process that runs the call, once known. */
  runner?: Pid;
  /** Cancels a local call. */
  readonly cancel?: () => void;
}

export interface CallDeadline {
  /** The timeout that the caller set, for the error message. */
  readonly timeoutMs: number;
  /** The remaining part of the timeout. */
  readonly leftMs: number;
  readonly signal: AbortSignal | undefined;
}

interface Entry {
  readonly call: PendingCall;
  resolve(value: Term): void;
  reject(error: unknown): void;
  release(): void;
}

export class PendingCalls {
  readonly #clock: Clock;
  readonly #onAbandon: (call: PendingCall) => void;
  readonly #entries = new Map<string, Entry>();

  /** `onAbandon` is called for calls that timed out or were aborted, so that the peer can be notified. */
  constructor(clock: Clock, onAbandon: (call: PendingCall) => void) {
    this.#clock = clock;
    this.#onAbandon = onAbandon;
  }

  /** Starts to wait for a call. */
  open(call: PendingCall, deadline: CallDeadline): Promise<Term> {
    const { timeoutMs, leftMs, signal } = deadline;
    return new Promise<Term>((resolve, reject) => {
      const giveUp = (error: unknown): void => {
        if (this.fail(call.ref, error)) this.#onAbandon(call);
      };
      const timer: Timer | undefined =
        timeoutMs === Infinity
          ? undefined
          : this.#clock.after(Math.max(leftMs, 0), () => giveUp(callTimeout(call.site, timeoutMs)));
      const onAbort = (): void => giveUp(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      const release = (): void => {
        timer?.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      this.#entries.set(keyOf(call.ref), { call, resolve, reject, release });
    });
  }

  find(ref: Reference): PendingCall | undefined {
    return this.#entries.get(keyOf(ref))?.call;
  }

  /** Settles a call with what `value` returns or throws. Returns `false` when the call is not pending. */
  settle(ref: Reference, value: () => Term): boolean {
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
  failAll(errorOf: (call: PendingCall) => unknown): void {
    for (const { call } of [...this.#entries.values()]) this.fail(call.ref, errorOf(call));
  }

  #take(ref: Reference): Entry | undefined {
    const key = keyOf(ref);
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    entry?.release();
    return entry;
  }
}

/** All references here are local, so their words are unique. */
function keyOf(ref: Reference): string {
  return ref.words.join('.');
}
