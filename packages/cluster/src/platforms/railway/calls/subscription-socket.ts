/**
 * Subscriptions over one graphql-ws socket (`graphql-transport-ws`), opened with the first and closed with the last. The token
 * is in the headers of the upgrade. A lost socket is reopened with back-off, and each subscription continues; callers remove
 * what Railway repeats afterwards. A refusal by Railway ends the subscription immediately.
 */

import { anySignal, backoff, pause } from '@convoy/node/async';
import { type Client, createClient } from 'graphql-ws/client';
import { WebSocket } from 'ws';
import { RailwayError } from '../model/railway-error.ts';
import { failureOf, parseEnvelope } from './graphql-errors.ts';
import { readAnswer } from './http-caller.ts';
import type { RailwayOperation } from '../operations/operation.ts';
import { StreamQueue } from './stream-queue.ts';

export interface SubscriptionSocketOptions {
  readonly url: string;
  readonly headers: () => Record<string, string>;
  readonly redact: (text: string) => string;
  readonly maxMessageBytes: number;
  readonly handshakeTimeoutMs: number;
  /** Interval between pings, and timeout of the pong. */
  readonly keepAliveMs: number;
  /** Consecutive attempts without a message before the subscription fails. */
  readonly reconnectAttempts: number;
  readonly firstReconnectMs: number;
  readonly lastReconnectMs: number;
  /** Called when an upgrade was refused with 429; returns when to try again. */
  readonly onRateLimited: (retryAfter: string | undefined) => number;
}

export interface SubscribeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before each attempt to subscribe, including the first. */
  readonly onAttempt?: () => void;
  /** Called each time the subscription has been sent to Railway. */
  readonly onSubscribed?: () => void;
}

const maxWaiting = 5000;
/** How long the socket is kept without subscriptions: the next often follows immediately, and each upgrade counts as a request. */
const idleMs = 500;
const unauthorizedCodes: readonly unknown[] = [4401, 4403];
const refusedCodes: readonly unknown[] = [4400, 4406, 4409, 4429];

/** A loss after which the next attempt may succeed. */
class LostError extends Error {}

interface Refusal {
  readonly status: number;
  readonly retryAt?: number;
}

export class SubscriptionSocket {
  readonly #options: SubscriptionSocketOptions;
  readonly #client: Client;
  readonly #closed = new AbortController();
  #refusal: Refusal | undefined;
  #pongTimer: NodeJS.Timeout | undefined;
  #isConnected = false;
  /** Sockets closed here because they were no longer needed. */
  readonly #closedHere = new WeakSet<object>();
  readonly #live = new Set<StreamQueue<unknown>>();

  constructor(options: SubscriptionSocketOptions) {
    this.#options = options;
    this.#client = createClient({
      url: options.url,
      webSocketImpl: this.#socketClass(),
      lazy: true,
      lazyCloseTimeout: idleMs,
      retryAttempts: 0,
      keepAlive: options.keepAliveMs,
      connectionAckWaitTimeout: options.handshakeTimeoutMs,
      on: {
        connected: () => {
          this.#isConnected = true;
        },
        ping: (isReceived) => {
          if (!isReceived) this.#expectPong();
        },
        pong: (isReceived) => {
          if (isReceived) clearTimeout(this.#pongTimer);
        },
        closed: (event) => this.#onClosed(event),
      },
    });
  }

  /** Ends when Railway completes the subscription. Throws `RailwayError`, or the reason of the signal. */
  async *subscribe<Variables extends object, Answer>(
    operation: RailwayOperation<Variables, Answer>,
    variables: Variables,
    options: SubscribeOptions = {},
  ): AsyncGenerator<Answer, void, undefined> {
    const { reconnectAttempts, firstReconnectMs, lastReconnectMs } = this.#options;
    const signal = this.#signalOf(options.signal);
    for (let attempt = 1; ; attempt += 1) {
      try {
        for await (const answer of this.#once(operation, variables, { ...options, signal })) {
          attempt = 0;
          yield answer;
        }
        return;
      } catch (error) {
        options.signal?.throwIfAborted();
        if (this.#closed.signal.aborted) throw closedError(operation.name);
        if (!(error instanceof LostError)) throw error;
        if (attempt >= reconnectAttempts) throw this.#lost(operation.name, error);
      }
      const backoffMs = backoff(attempt, { firstMs: firstReconnectMs, lastMs: lastReconnectMs });
      const askedMs = (this.#refusal?.retryAt ?? 0) - Date.now();
      await pause(Math.max(backoffMs, askedMs), signal).catch(() => undefined);
      options.signal?.throwIfAborted();
      if (this.#closed.signal.aborted) throw closedError(operation.name);
    }
  }

  /** Ends every subscription with RAILWAY_CLOSED. Idempotent. */
  async close(): Promise<void> {
    this.#closed.abort();
    clearTimeout(this.#pongTimer);
    await this.#client.dispose();
  }

  async *#once<Variables extends object, Answer>(
    operation: RailwayOperation<Variables, Answer>,
    variables: Variables,
    { signal, onAttempt, onSubscribed }: SubscribeOptions & { readonly signal: AbortSignal },
  ): AsyncGenerator<Answer, void, undefined> {
    signal.throwIfAborted();
    onAttempt?.();
    const queue = new StreamQueue<unknown>(maxWaiting);
    const unsubscribe = this.#client.subscribe(
      {
        query: operation.document,
        operationName: operation.name,
        variables: Object.fromEntries(Object.entries(variables)),
      },
      {
        next: (message) => {
          if (!queue.push(message)) queue.end(this.#overflow(operation.name));
        },
        error: (error) => queue.end(this.#meaningOf(error, operation.name)),
        complete: () => queue.end(),
      },
    );
    const abort = (): void => queue.end(new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    this.#live.add(queue);
    const unlisten = onSubscribed === undefined ? undefined : this.#whenConnected(onSubscribed);
    try {
      for await (const message of queue.read()) {
        const envelope = parseEnvelope(message);
        if (envelope?.errors !== undefined && envelope.errors.length > 0) {
          throw failureOf(envelope.errors, operation.name, this.#options.redact);
        }
        yield readAnswer(operation, envelope?.data);
      }
    } finally {
      signal.removeEventListener('abort', abort);
      this.#live.delete(queue);
      unlisten?.();
      unsubscribe();
    }
  }

  /** Errors of the operation arrive as messages; all others close the socket. */
  #meaningOf(error: unknown, operation: string): Error {
    if (Array.isArray(error)) {
      const errors = parseEnvelope({ errors: error })?.errors ?? [{ message: 'no reason given' }];
      return failureOf(errors, operation, this.#options.redact);
    }
    const refusal = this.#refusal;
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    const isUnauthorized =
      refusal?.status === 401 || refusal?.status === 403 || unauthorizedCodes.includes(code);
    if (isUnauthorized) return failureOf([{ message: 'Not Authorized' }], operation, this.#options.redact);
    if (refusedCodes.includes(code)) {
      return failureOf([{ message: `socket closed with ${String(code)}` }], operation, this.#options.redact);
    }
    return new LostError(this.#options.redact(whyLost(error, refusal)));
  }

  #lost(operation: string, cause: Error): RailwayError {
    const times = this.#options.reconnectAttempts;
    const message = `the socket to Railway for ${operation} was lost, and ${times} attempts to reconnect failed`;
    return new RailwayError('RAILWAY_STREAM_LOST', `${message}: ${cause.message}`, {
      operation,
      remedy: 'Check the network, and that no proxy blocks WebSockets; then subscribe again.',
      cause,
    });
  }

  #overflow(operation: string): RailwayError {
    const message = `more than ${maxWaiting} messages of ${operation} are waiting to be read`;
    return new RailwayError('RAILWAY_STREAM_LOST', message, {
      operation,
      remedy: 'Read them faster, or subscribe to less.',
    });
  }

  /** After a normal close graphql-ws would reconnect silently; here it counts as a loss like any other. */
  #onClosed(event: unknown): void {
    clearTimeout(this.#pongTimer);
    this.#isConnected = false;
    const { code, target } = event as { readonly code?: unknown; readonly target?: object };
    if (code !== 1000 || target === undefined || this.#closedHere.has(target)) return;
    for (const queue of this.#live) queue.end(new LostError('Railway closed the socket'));
  }

  /** The subscription is sent a few microtasks after the socket opens, so `listener` is called in the next turn. */
  #whenConnected(listener: () => void): () => void {
    const later = (): void => void setImmediate(listener);
    if (!this.#isConnected) return this.#client.on('connected', later);
    later();
    return () => undefined;
  }

  #expectPong(): void {
    clearTimeout(this.#pongTimer);
    this.#pongTimer = setTimeout(() => this.#client.terminate(), this.#options.keepAliveMs);
    this.#pongTimer.unref();
  }

  #signalOf(signal: AbortSignal | undefined): AbortSignal {
    return anySignal(signal, this.#closed.signal);
  }

  /** graphql-ws creates the socket itself, without headers or limits; this subclass adds them. */
  #socketClass(): typeof WebSocket {
    const { headers, handshakeTimeoutMs, maxMessageBytes } = this.#options;
    const onOpening = (socket: WebSocket): void => this.#watchUpgrade(socket);
    const onClosing = (socket: WebSocket): void => void this.#closedHere.add(socket);
    return class RailwaySocket extends WebSocket {
      constructor(url: string, protocols: string | string[]) {
        super(url, protocols, {
          headers: headers(),
          handshakeTimeout: handshakeTimeoutMs,
          maxPayload: maxMessageBytes,
          perMessageDeflate: false,
        });
        onOpening(this);
      }

      override close(code?: number, reason?: string): void {
        onClosing(this);
        super.close(code, reason);
      }
    } as typeof WebSocket;
  }

  #watchUpgrade(socket: WebSocket): void {
    this.#refusal = undefined;
    socket.once('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      const retryAfter = response.headers['retry-after'];
      this.#refusal =
        status === 429 ? { status, retryAt: this.#options.onRateLimited(retryAfter) } : { status };
      response.destroy();
      socket.terminate();
    });
  }
}

function whyLost(error: unknown, refusal: Refusal | undefined): string {
  if (refusal !== undefined) return `HTTP ${refusal.status}`;
  if (typeof error !== 'object' || error === null) return 'no reason given';
  if ('message' in error && typeof error.message === 'string' && error.message !== '') return error.message;
  return 'code' in error ? `closed with ${String(error.code)}` : 'no reason given';
}

export function closedError(operation: string): RailwayError {
  return new RailwayError('RAILWAY_CLOSED', `the Railway client was closed before ${operation} finished`, {
    operation,
    remedy: 'Close the client once its operations have finished.',
  });
}
