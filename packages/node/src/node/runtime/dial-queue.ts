/**
 * The messages for a peer that is being dialled, in order, and the callers that wait for the connection itself. Bounded:
 * a peer that cannot be reached must not make the node keep everything ever sent to it.
 */

import type { Clock } from '../../clock.ts';
import type { Control } from '../../distribution/control-messages.ts';
import { ConnectionError } from '../../errors.ts';
import type { Term } from '../../etf/index.ts';
import type { ConnectOptions } from './connect-options.ts';

export interface QueuedMessage {
  readonly control: Control;
  readonly payload: Term;
}

export interface WaitOptions extends ConnectOptions {
  readonly peer: string;
  readonly clock: Clock;
}

/** The dial itself times out first: its error says how far it got. */
const graceMs = 50;

export class DialQueue {
  /** The error of the last attempt. */
  error: unknown;
  readonly #messages: QueuedMessage[] = [];
  readonly #waiters: Set<PromiseWithResolvers<void>> = new Set();
  readonly #maxMessages: number;

  constructor(maxMessages: number) {
    this.#maxMessages = maxMessages;
  }

  /** Whether there are neither messages nor callers for the peer. */
  get isIdle(): boolean {
    return this.#messages.length === 0 && this.#waiters.size === 0;
  }

  /** Queues a message. Returns `false` when the queue is full; the message is dropped then. */
  push(control: Control, payload: Term): boolean {
    if (this.#messages.length >= this.#maxMessages) return false;
    this.#messages.push({ control, payload });
    return true;
  }

  takeMessages(): QueuedMessage[] {
    return this.#messages.splice(0);
  }

  /** Waits for `resolve` or `reject`, `timeoutMs` or the signal, whichever comes first. */
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

  /** Resolves all waiting calls: the peer is up. */
  resolve(): void {
    for (const waiter of this.#waiters) waiter.resolve();
    this.#waiters.clear();
  }

  /** Rejects all waiting calls with `error`: the peer cannot be reached. */
  reject(): void {
    for (const waiter of this.#waiters) waiter.reject(this.error);
    this.#waiters.clear();
  }
}

function timeoutError(peer: string, timeoutMs: number | undefined): ConnectionError {
  const message = `could not connect to ${peer} within ${timeoutMs} ms: it may be overloaded, or a firewall may drop packets`;
  const remedy = 'Raise `timeoutMs`, open the port in the firewall, or use a tunnel.';
  return new ConnectionError('CONNECTION_TIMEOUT', message, { peer, remedy });
}
