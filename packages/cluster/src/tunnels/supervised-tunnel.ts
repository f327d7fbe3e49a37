/**
 * Keeps a tunnel up: dials its carrier (the underlying connection), notices when that breaks, and redials with jittered
 * back-off until the tunnel is closed. Callers that need the carrier meanwhile wait. It does not depend on SSH: any carrier
 * that can open streams works.
 */

import type { Duplex } from 'node:stream';
import { type Clock, systemClock, type Timer } from '@convoy/node';
import { backoff } from '@convoy/node/async';
import { TunnelError } from '../errors.ts';
import type { Tunnel, TunnelAddress, TunnelState } from './tunnel.ts';

/** One underlying connection of a tunnel. Once closed it stays closed. */
export interface TunnelCarrier {
  open(address: TunnelAddress, options: { readonly signal?: AbortSignal | undefined }): Promise<Duplex>;
  /** Calls `listener` once at the end, without an error if `close` caused it. Returns a function that unsubscribes. */
  onClose(listener: (error: Error | undefined) => void): () => void;
  close(): Promise<void>;
}

/** How a lost tunnel is re-established. */
export interface SupervisionOptions {
  /** Longest wait before the first new attempt, in milliseconds; it doubles with each failure. Default 250. */
  readonly retryFirstMs?: number;
  /** Longest wait between attempts, in milliseconds. Default 10000. */
  readonly retryMaxMs?: number;
  readonly clock?: Clock;
  /** Source of randomness for the jitter, from 0 to 1. Default `Math.random`. */
  readonly random?: () => number;
}

export interface SupervisedTunnelOptions<Carrier extends TunnelCarrier> extends SupervisionOptions {
  readonly name: string;
  /** Dials a carrier. The signal cancels the attempt. */
  readonly dial: (signal: AbortSignal) => Promise<Carrier>;
}

interface Waiter<Carrier> {
  resolve(carrier: Carrier): void;
  reject(error: Error): void;
}

/** A stream whose carrier was lost while it was being opened is retried on the next carrier. */
const openAttempts = 3;

export class SupervisedTunnel<Carrier extends TunnelCarrier> implements Tunnel, AsyncDisposable {
  readonly name: string;
  readonly #options: Required<SupervisedTunnelOptions<Carrier>>;
  readonly #listeners = new Set<(state: TunnelState) => void>();
  readonly #waiters = new Set<Waiter<Carrier>>();
  readonly #closing = new AbortController();
  #state: TunnelState = { kind: 'up' };
  #carrier: Carrier | undefined;
  #retry: Timer | undefined;
  #redial: Promise<void> | undefined;

  private constructor(options: SupervisedTunnelOptions<Carrier>) {
    this.name = options.name;
    this.#options = {
      retryFirstMs: 250,
      retryMaxMs: 10_000,
      clock: systemClock,
      random: Math.random,
      ...options,
    };
  }

  /** Dials for the first time. On failure it throws the error of the dial and leaves nothing open. */
  static async start<Carrier extends TunnelCarrier>(
    options: SupervisedTunnelOptions<Carrier>,
    signal?: AbortSignal,
  ): Promise<SupervisedTunnel<Carrier>> {
    const tunnel = new SupervisedTunnel(options);
    const carrier = await options.dial(signal ?? tunnel.#closing.signal);
    if (signal?.aborted === true) {
      await carrier.close();
      signal.throwIfAborted();
    }
    tunnel.#adopt(carrier);
    return tunnel;
  }

  get state(): TunnelState {
    return this.#state;
  }

  async open(
    address: TunnelAddress,
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<Duplex> {
    for (let attempt = 1; ; attempt += 1) {
      const carrier = await this.carrier(options);
      try {
        return await carrier.open(address, options);
      } catch (error) {
        const isLost = carrier !== this.#carrier;
        if (!isLost || attempt >= openAttempts || options.signal?.aborted === true) throw error;
      }
    }
  }

  /** The current carrier; waits while the tunnel is down. Throws TUNNEL_CLOSED, or the signal's reason. */
  carrier({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Carrier> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#state.kind === 'closed') return Promise.reject(this.#closedError());
    if (this.#carrier !== undefined) return Promise.resolve(this.#carrier);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => waiter.reject(signal?.reason as Error);
      const forget = (): void => {
        this.#waiters.delete(waiter);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter<Carrier> = {
        resolve: (carrier) => (forget(), resolve(carrier)),
        reject: (error) => (forget(), reject(error)),
      };
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  onState(listener: (state: TunnelState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#state.kind !== 'closed') {
      this.#retry?.cancel();
      this.#closing.abort(this.#closedError());
      this.#change({ kind: 'closed' });
      for (const waiter of [...this.#waiters]) waiter.reject(this.#closedError());
    }
    await this.#redial;
    await this.#carrier?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #adopt(carrier: Carrier): void {
    this.#carrier = carrier;
    carrier.onClose((error) => {
      if (this.#state.kind === 'closed') return;
      this.#carrier = undefined;
      this.#goDown(error ?? new Error(`${this.name} was closed by the other side`), 1);
    });
  }

  #goDown(error: Error, attempt: number): void {
    const { retryFirstMs, retryMaxMs, clock, random } = this.#options;
    const waits = { firstMs: retryFirstMs, lastMs: retryMaxMs, random };
    const retryInMs = Math.round(backoff(attempt - 1, waits));
    this.#retry = clock.after(retryInMs, () => this.#startDial(attempt));
    this.#change({ kind: 'down', error, attempt, retryInMs });
  }

  #startDial(attempt: number): void {
    this.#redial = this.#dialAgain(attempt);
  }

  async #dialAgain(attempt: number): Promise<void> {
    let carrier: Carrier;
    try {
      carrier = await this.#options.dial(this.#closing.signal);
    } catch (error) {
      if (this.#state.kind !== 'closed') this.#goDown(error as Error, attempt + 1);
      return;
    }
    if (this.#closing.signal.aborted) return carrier.close();
    this.#adopt(carrier);
    this.#change({ kind: 'up' });
    for (const waiter of [...this.#waiters]) waiter.resolve(carrier);
  }

  #change(state: TunnelState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  #closedError(): TunnelError {
    return new TunnelError('TUNNEL_CLOSED', `the tunnel ${this.name} is closed`, {
      tunnel: this.name,
      remedy: 'Open a new one.',
    });
  }
}
