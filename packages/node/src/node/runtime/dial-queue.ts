/**
 * The messages for a peer that is being dialled, in order, and the callers that wait for the connection itself. Bounded:
 * a peer that cannot be reached must not make the node keep everything ever sent to it. When a bound is reached, everything is lost:
 * what came later must not arrive without what came before.
 */

import type { Clock } from '../../clock.ts';
import type { Control } from '../../distribution/control-messages.ts';
import { ConnectionError } from '../../errors.ts';
import { encodedLength, type Term } from '../../etf/index.ts';
import type { ConnectOptions } from './connect-options.ts';

export interface QueuedMessage {
  readonly control: Control;
  readonly payload: Term;
}

export interface DialQueueBounds {
  readonly maxMessages: number;
  readonly maxBytes: number;
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
  /** Whether a message did not fit: nothing of what is queued may be sent. */
  isOverfull = false;
  /** Bytes of the messages. */
  bytes = 0;
  readonly #messages: QueuedMessage[] = [];
  readonly #waiters: Set<PromiseWithResolvers<void>> = new Set();
  readonly #bounds: DialQueueBounds;
  #refused = 0;

  constructor(bounds: DialQueueBounds) {
    this.#bounds = bounds;
  }

  /** Whether there are neither messages nor callers for the peer. */
  get isIdle(): boolean {
    return this.#messages.length === 0 && this.#waiters.size === 0;
  }

  /** Queues a message of so many bytes. Returns `false` when the queue is full; everything in it is lost then. */
  push(message: QueuedMessage, bytes: number): boolean {
    const { maxMessages, maxBytes } = this.#bounds;
    if (this.#messages.length >= maxMessages || this.bytes + bytes > maxBytes) this.isOverfull = true;
    this.bytes += bytes;
    if (this.isOverfull) this.#refused += 1;
    else this.#messages.push(message);
    return !this.isOverfull;
  }

  /** The messages to send, now that the peer is up. */
  takeMessages(): QueuedMessage[] {
    this.bytes = 0;
    return this.#messages.splice(0);
  }

  /** What is lost because it cannot be sent. */
  takeLost(): { readonly count: number; readonly bytes: number } {
    const { bytes } = this;
    const count = this.takeMessages().length + this.#refused;
    this.#refused = 0;
    return { count, bytes };
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

/** Bytes of the payload; what cannot be encoded is reported when it is sent. */
export function lengthOf(payload: Term): number {
  try {
    return encodedLength(payload);
  } catch {
    return 0;
  }
}

function timeoutError(peer: string, timeoutMs: number | undefined): ConnectionError {
  const message = `could not connect to ${peer} within ${timeoutMs} ms: it may be overloaded, or a firewall may drop packets`;
  const remedy = 'Raise `timeoutMs`, open the port in the firewall, or use a tunnel.';
  return new ConnectionError('CONNECTION_TIMEOUT', message, { peer, remedy });
}
