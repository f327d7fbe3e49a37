/**
 * The socket between page and console: requests a ticket, sends `hello`, and reconnects after every drop with jittered
 * back-off. It does not interpret messages; it only checks that the console answers.
 */

import type { ClientMessage, ServerMessage } from '@convoy/console/protocol';
import { backoff } from '@convoy/node/async';
import { parseServerMessage } from './message-guard.ts';

export type SocketState =
  /** `attempt` is 0 the first time, and counts up until the console has answered. */
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'live'; readonly latencyMs?: number }
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly attempt: number }
  /** The session has ended, or the console refuses the origin of this page. Retrying does not help. */
  | { readonly kind: 'refused'; readonly reason: unknown }
  | { readonly kind: 'stopped' };

export interface LiveSocketOptions {
  readonly url: string;
  /** Resolves to a ticket; rejects with `{ status: 401 }` when there is no session, 403 for a page of another origin. */
  readonly fetchTicket: () => Promise<string>;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onState: (state: SocketState) => void;
  /** Returns a number between 0 and 1. Default `Math.random`; tests set another. */
  readonly random?: () => number;
  readonly createSocket?: (url: string) => WebSocket;
}

const delays = { firstMs: 400, lastMs: 20_000 } as const;
const pingIntervalMs = 10_000;
const answerDeadlineMs = 8000;

const refusals = new Set<unknown>([401, 403]);

function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'status' in error && refusals.has(error.status);
}

export class LiveSocket {
  readonly #options: LiveSocketOptions;
  #socket: WebSocket | undefined;
  #state: SocketState = { kind: 'stopped' };
  #attempt = 0;
  /** Incremented with every dial and every stop, so that events of older sockets are ignored. */
  #era = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #pingTimer: ReturnType<typeof setInterval> | undefined;
  #answerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
  }

  get state(): SocketState {
    return this.#state;
  }

  start(): void {
    if (this.#state.kind === 'connecting' || this.#state.kind === 'live') return;
    void this.#dial();
  }

  /** Skips the wait before the next attempt, if there is one. */
  retryNow(): void {
    if (this.#state.kind === 'waiting') void this.#dial();
  }

  stop(): void {
    this.#drop();
    this.#enter({ kind: 'stopped' });
  }

  /** Sends a message. Returns `false` if the socket is not live; the message is then not kept. */
  send(message: ClientMessage): boolean {
    if (this.#state.kind !== 'live' || this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  async #dial(): Promise<void> {
    this.#drop();
    const era = this.#era;
    this.#enter({ kind: 'connecting', attempt: this.#attempt });
    // One deadline for ticket, socket and welcome, because a frozen console neither refuses nor answers.
    this.#expectAnswer();
    try {
      const ticket = await this.#options.fetchTicket();
      if (era === this.#era) this.#openSocket(era, ticket);
    } catch (error) {
      if (era !== this.#era) return;
      clearTimeout(this.#answerTimer);
      if (isRefusal(error)) this.#enter({ kind: 'refused', reason: error });
      else this.#waitAndRetry();
    }
  }

  #openSocket(era: number, ticket: string): void {
    const create = this.#options.createSocket ?? ((url: string) => new WebSocket(url));
    const socket = create(this.#options.url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (era === this.#era) socket.send(JSON.stringify({ type: 'hello', ticket } satisfies ClientMessage));
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (era === this.#era) this.#receive(event.data);
    });
    socket.addEventListener('close', () => {
      if (era === this.#era) this.#waitAndRetry();
    });
  }

  #receive(frame: unknown): void {
    const message = parseServerMessage(frame);
    if (message === undefined) return;
    if (message.type === 'welcome') this.#becomeLive();
    if (message.type === 'pong') this.#measure(message.sentAt);
    this.#options.onMessage(message);
  }

  #becomeLive(): void {
    this.#attempt = 0;
    clearTimeout(this.#answerTimer);
    clearInterval(this.#pingTimer);
    this.#enter({ kind: 'live' });
    this.#ping();
    this.#pingTimer = setInterval(() => this.#ping(), pingIntervalMs);
  }

  #ping(): void {
    if (this.send({ type: 'ping', sentAt: Date.now() })) this.#expectAnswer();
  }

  #measure(sentAt: number): void {
    clearTimeout(this.#answerTimer);
    this.#enter({ kind: 'live', latencyMs: Math.max(0, Date.now() - sentAt) });
  }

  #expectAnswer(): void {
    const era = this.#era;
    clearTimeout(this.#answerTimer);
    this.#answerTimer = setTimeout(() => {
      if (era === this.#era) this.#waitAndRetry();
    }, answerDeadlineMs);
  }

  #waitAndRetry(): void {
    this.#drop();
    const attempt = this.#attempt++;
    const delayMs = Math.round(backoff(attempt, { ...delays, random: this.#options.random }));
    this.#enter({ kind: 'waiting', retryAt: Date.now() + delayMs, attempt });
    this.#retryTimer = setTimeout(() => void this.#dial(), delayMs);
  }

  #drop(): void {
    this.#era += 1;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#answerTimer);
    clearInterval(this.#pingTimer);
    this.#socket?.close();
    this.#socket = undefined;
  }

  #enter(state: SocketState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
