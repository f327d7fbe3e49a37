/** Runs one strategy until closed, restarts it when it gives up, and keeps its status. */

import type { Clock } from '@convoy/node';
import { backoff } from '@convoy/node/async';
import { DiscoveryError } from '../strategies/discovery-error.ts';
import type { Strategy, StrategyAnswer } from '../strategies/strategy.ts';

export interface TopologyRunnerOptions {
  readonly self: string;
  readonly strategy: Strategy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onAnswer: (answer: StrategyAnswer) => void;
  /** `retryInMs` is set when the strategy ended and has to be restarted; otherwise it continues by itself. */
  readonly onFailure: (error: Error, attempts: number, retryInMs: number | undefined) => void;
}

const firstRestartMs = 1000;
const lastRestartMs = 60_000;

export class TopologyRunner {
  readonly strategy: Strategy;
  /** Failed lookups since the last complete answer. */
  failures: number = 0;
  lastError: Error | undefined;
  lastAnswer: { readonly at: number; readonly peers: number } | undefined;
  readonly #options: TopologyRunnerOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #refresh: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(options: TopologyRunnerOptions) {
    this.strategy = options.strategy;
    this.#options = options;
    this.#running = this.#run();
  }

  refresh(): void {
    this.#refresh.resolve();
    this.#refresh = Promise.withResolvers();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    // Not in the turn of the constructor: the caller may not be set up yet.
    await Promise.resolve();
    for (let restarts = 0; !signal.aborted; restarts += 1) {
      const before = this.lastAnswer;
      try {
        await this.#runOnce(signal);
        if (signal.aborted) return;
        throw new DiscoveryError(
          'DISCOVERY_LOOKUP_FAILED',
          `the strategy ${this.strategy.kind} stopped by itself`,
          { remedy: 'Its `run` must not resolve before its signal is aborted.' },
        );
      } catch (error) {
        if (signal.aborted) return;
        if (this.lastAnswer !== before) restarts = 0;
        const { random } = this.#options;
        const waitMs = backoff(restarts, { firstMs: firstRestartMs, lastMs: lastRestartMs, random });
        this.#failed(error, waitMs);
        await this.#delay(waitMs, signal);
      }
    }
  }

  async #runOnce(signal: AbortSignal): Promise<void> {
    const { self, strategy, clock } = this.#options;
    await strategy.run({
      self,
      signal,
      clock,
      answer: (answer) => this.#answered(answer),
      fail: (error) => this.#failed(error, undefined),
      refreshed: () => this.#refresh.promise,
    });
  }

  #answered(answer: StrategyAnswer): void {
    if (this.#stop.signal.aborted) return;
    const { onAnswer, clock } = this.#options;
    this.lastAnswer = { at: clock.now(), peers: answer.peers.length };
    if (answer.isComplete) {
      this.failures = 0;
      this.lastError = undefined;
    }
    onAnswer(answer);
  }

  #failed(cause: unknown, retryInMs: number | undefined): void {
    if (this.#stop.signal.aborted) return;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.failures += 1;
    this.lastError = error;
    this.#options.onFailure(error, this.failures, retryInMs);
  }

  async #delay(waitMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(waitMs, resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await Promise.race([promise, this.#refresh.promise]);
    timer.cancel();
  }
}
