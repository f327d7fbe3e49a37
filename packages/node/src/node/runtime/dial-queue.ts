/**
 * What is to be sent to a peer while it is being dialled, in order, and who waits for the connection itself. Bounded:
 * a peer that cannot be reached must not make the node keep everything ever sent to it.
 */
import type { Clock } from '../../clock.ts';
import type { Control } from '../../distribution/control-messages.ts';
import { ConnectionError } from '../../errors.ts';
import type { Term } from '../../etf/index.ts';
import type { ConnectOptions } from './node-core.ts';

export interface QueuedMessage {
  readonly control: Control;
  readonly payload: Term;
}

export interface WaitOptions extends ConnectOptions {
  readonly peer: string;
  readonly clock: Clock;
}

/** The dial itself gives up first: it knows better how far it came. */
const graceMs = 50;

export class DialQueue {
  /** Why the last attempt failed. */
  error: unknown;
  readonly #messages: QueuedMessage[] = [];
  readonly #waiters: Set<PromiseWithResolvers<void>> = new Set();
  readonly #maxMessages: number;

  constructor(maxMessages: number) {
    this.#maxMessages = maxMessages;
  }

  /** Nobody wants the peer. */
  get isIdle(): boolean {
    return this.#messages.length === 0 && this.#waiters.size === 0;
  }

  /** `false` when it is full; the message is not taken then. */
  push(control: Control, payload: Term): boolean {
    if (this.#messages.length >= this.#maxMessages) return false;
    this.#messages.push({ control, payload });
    return true;
  }

  takeMessages(): QueuedMessage[] {
    return this.#messages.splice(0);
  }

  /** Waits for `resolve` or `reject`, for `timeoutMs` or for the signal, whatever is first. */
  async wait({ peer, clock, timeoutMs, signal }: WaitOptions): Promise<void> {
    const waiter = Promise.withResolvers<void>();
    this.#waiters.add(waiter);
    const onTimeout = (): void => waiter.reject(timeoutError(peer, timeoutMs));
    const timer = timeoutMs === undefined ? undefined : clock.after(timeoutMs + graceMs, onTimeout);
    const onAbort = (): void => waiter.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await waiter.promise;
    } finally {
      timer?.cancel();
      signal?.removeEventListener('abort', onAbort);
      this.#waiters.delete(waiter);
    }
  }

  /** The peer is up: the waits are over. */
  resolve(): void {
    for (const waiter of this.#waiters) waiter.resolve();
    this.#waiters.clear();
  }

  /** The peer cannot be reached: the waits fail with `error`. */
  reject(): void {
    for (const waiter of this.#waiters) waiter.reject(this.error);
    this.#waiters.clear();
  }
}

function timeoutError(peer: string, timeoutMs: number | undefined): ConnectionError {
  const message = `${peer} was not connected within ${timeoutMs} ms; it may be overloaded, or a firewall drops packets`;
  return new ConnectionError('CONNECTION_TIMEOUT', message, { peer });
}
