/**
 * Railway's API with one token: operations over HTTP and subscriptions over a socket. Detects the kind of the token once and
 * sends it in the right header. The rest of the client uses this class.
 */

import { abortable, anySignal } from '@convoy/node/async';
import { detectAccess, headerOf } from './detect-access.ts';
import { type RailwayEndpoint, parseEndpoint } from './endpoint.ts';
import { RailwayError } from '../model/railway-error.ts';
import { HttpCaller } from './http-caller.ts';
import type { RailwayAccess } from '../model/resources.ts';
import type { RailwayOperation } from '../operations/operation.ts';
import type { BudgetReading } from './request-budget.ts';
import { closedError, type SubscribeOptions, SubscriptionSocket } from './subscription-socket.ts';
import { RailwayToken } from './token.ts';

/** Options of `createRailwayClient`. */
export interface RailwayClientOptions {
  /** Token of an account, a workspace or a project. */
  readonly token: string;
  /** URL of the API. Default: Railway's own. Plain HTTP is allowed on this computer only. */
  readonly endpoint?: string | undefined;
  /** The probable kind of the token, which is tried first to save requests. Default `account`. */
  readonly expect?: 'account' | 'project';
  /** Timeout of one request in milliseconds. Default 30 s. */
  readonly requestTimeoutMs?: number;
  /** Longest wait for the request limit; a longer one fails with RAILWAY_RATE_LIMITED. Default 60 s. */
  readonly maxWaitMs?: number;
  /** Requests of each window that are reserved for cleaning up. Default 10. */
  readonly reservedRequests?: number;
  /** Maximum size of an answer, and of a message of a subscription. Default 8 MiB. */
  readonly maxAnswerBytes?: number;
  /** How subscriptions reconnect. Defaults: 12 attempts without a message in between, 1 s growing to 8 s. */
  readonly reconnect?: { readonly attempts?: number; readonly firstMs?: number; readonly lastMs?: number };
  /** Silence on the socket before it is pinged, in milliseconds. Default 15 s. */
  readonly keepAliveMs?: number;
}

/** Options of every call to Railway. */
export interface ApiCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before a wait for the request limit, with the time it ends, in milliseconds since 1970. */
  readonly onWait?: ((until: number) => void) | undefined;
}

const userAgent = 'convoy';

export class RailwayApi {
  readonly endpoint: RailwayEndpoint;
  readonly #options: RailwayClientOptions;
  readonly #token: RailwayToken;
  readonly #http: HttpCaller;
  readonly #closed = new AbortController();
  #socket: SubscriptionSocket | undefined;
  #access: Promise<RailwayAccess> | undefined;

  constructor(options: RailwayClientOptions) {
    const { token, ...rest } = options;
    this.#options = { ...rest, token: '' };
    this.#token = new RailwayToken(token);
    this.endpoint = parseEndpoint(options.endpoint);
    this.#http = new HttpCaller({
      url: this.endpoint.http,
      token: this.#token,
      userAgent,
      requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
      maxWaitMs: options.maxWaitMs ?? 60_000,
      maxAnswerBytes: options.maxAnswerBytes ?? 8 << 20,
      reservedRequests: options.reservedRequests ?? 10,
    });
  }

  get budget(): BudgetReading {
    return this.#http.budget.reading;
  }

  /** Cached, except for failures. */
  access(options: ApiCallOptions = {}): Promise<RailwayAccess> {
    this.#throwIfClosed('access');
    this.#access ??= this.#detect();
    return this.#orClosed('access', abortable(this.#access, options.signal));
  }

  async run<Variables extends object, Answer>(
    operation: RailwayOperation<Variables, Answer>,
    variables: Variables,
    options: ApiCallOptions = {},
  ): Promise<Answer> {
    const header = headerOf(await this.access(options));
    const { onWait } = options;
    const signal = this.#signalOf(options.signal);
    return this.#orClosed(operation.name, this.#http.call(operation, variables, { header, signal, onWait }));
  }

  async *subscribe<Variables extends object, Answer>(
    operation: RailwayOperation<Variables, Answer>,
    variables: Variables,
    options: SubscribeOptions = {},
  ): AsyncGenerator<Answer, void, undefined> {
    const access = await this.access(options);
    this.#throwIfClosed(operation.name);
    this.#socket ??= this.#openSocket(access);
    yield* this.#socket.subscribe(operation, variables, options);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#socket?.close();
  }

  /** Several callers may wait for the result, so none of their signals aborts it. */
  #detect(): Promise<RailwayAccess> {
    const signal = this.#closed.signal;
    const asked = detectAccess(
      (operation, variables, header) => this.#http.call(operation, variables, { header, signal }),
      this.#options.expect ?? 'account',
    );
    asked.catch(() => {
      this.#access = undefined;
    });
    return asked;
  }

  #openSocket(access: RailwayAccess): SubscriptionSocket {
    const { reconnect = {}, maxAnswerBytes, keepAliveMs } = this.#options;
    return new SubscriptionSocket({
      url: this.endpoint.socket,
      headers: () => ({ 'User-Agent': userAgent, ...this.#token.headers(headerOf(access)) }),
      redact: (text) => this.#token.redact(text),
      maxMessageBytes: maxAnswerBytes ?? 8 << 20,
      handshakeTimeoutMs: 10_000,
      keepAliveMs: keepAliveMs ?? 15_000,
      reconnectAttempts: reconnect.attempts ?? 12,
      firstReconnectMs: reconnect.firstMs ?? 1000,
      lastReconnectMs: reconnect.lastMs ?? 8000,
      onRateLimited: (retryAfter) => {
        const headers = { get: (name: string) => (name === 'retry-after' ? (retryAfter ?? null) : null) };
        return this.#http.budget.block(headers, Date.now());
      },
    });
  }

  #signalOf(signal: AbortSignal | undefined): AbortSignal {
    return anySignal(signal, this.#closed.signal);
  }

  #throwIfClosed(operation: string): void {
    if (this.#closed.signal.aborted) throw closedError(operation);
  }

  async #orClosed<Answer>(operation: string, answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      if (this.#closed.signal.aborted && !(error instanceof RailwayError)) throw closedError(operation);
      throw error;
    }
  }
}
