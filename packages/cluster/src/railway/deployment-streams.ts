/**
 * What happens to one deployment, as it happens: its status, its steps, its logs. Subscriptions are lost and come back;
 * what Railway repeats then is taken out, and what it may have left out is asked for once.
 */

import { RailwayError } from './errors.ts';
import { LogSieve } from './log-sieve.ts';
import type { DeploymentStatus, RailwayDeployment, RailwayDeploymentEvent, RailwayLogLine } from './model.ts';
import type { ApiCallOptions, RailwayApi } from './railway-api.ts';
import { StreamQueue } from './stream-queue.ts';
import {
  buildLogsSubscription,
  deploymentEventsSubscription,
  deploymentLogsSubscription,
  deploymentSubscription,
} from './subscriptions.ts';

export interface LogOptions extends ApiCallOptions {
  /** Lines from before that come first. Default 500. */
  readonly limit?: number;
}

/** Leaving the loop ends the subscription. All throw `RailwayError`, or the reason of the signal. */
export interface DeploymentStreams {
  /**
   * The deployment now, and again at every change. Ends after FAILED, SKIPPED and REMOVED; a crashed one may come back.
   */
  watchDeployment(deploymentId: string, options?: ApiCallOptions): AsyncGenerator<RailwayDeployment>;
  /** Each step when it starts and when it is complete. */
  deploymentEvents(deploymentId: string, options?: ApiCallOptions): AsyncGenerator<RailwayDeploymentEvent>;
  /** Ends with the build. */
  buildLogs(deploymentId: string, options?: LogOptions): AsyncGenerator<RailwayLogLine>;
  /** What its containers print. */
  deploymentLogs(deploymentId: string, options?: LogOptions): AsyncGenerator<RailwayLogLine>;
}

export interface DeploymentStreamerOptions {
  readonly api: Pick<RailwayApi, 'subscribe'>;
  /** The deployment now. */
  readonly deployment: (id: string, options: ApiCallOptions) => Promise<RailwayDeployment>;
  /** Throws when it is of another environment. */
  readonly check: (id: string, options: ApiCallOptions) => Promise<void>;
}

const defaultLogLimit = 500;
const maxLogLimit = 5000;
const maxKnownEvents = 1000;
const maxWaiting = 1000;
/** Silence of a subscription after which the status is asked for, should a change have been lost. */
const recheckMs = 30_000;
const lastStatuses: ReadonlySet<DeploymentStatus> = new Set(['FAILED', 'REMOVED', 'SKIPPED']);

export class DeploymentStreamer implements DeploymentStreams {
  readonly #options: DeploymentStreamerOptions;

  constructor(options: DeploymentStreamerOptions) {
    this.#options = options;
  }

  async *watchDeployment(
    deploymentId: string,
    options: ApiCallOptions = {},
  ): AsyncGenerator<RailwayDeployment> {
    await this.#options.check(deploymentId, options);
    const stop = new AbortController();
    const signal =
      options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    const queue = new StreamQueue<RailwayDeployment>(maxWaiting);
    const watch = new DeploymentWatch(queue, () => this.#options.deployment(deploymentId, { signal }));
    const changes = this.#options.api.subscribe(
      deploymentSubscription,
      { id: deploymentId },
      { signal, onSubscribed: () => void watch.ask() },
    );
    const following = follow(changes, watch, queue);
    try {
      for await (const deployment of queue.read()) {
        yield deployment;
        if (lastStatuses.has(deployment.status)) return;
      }
      options.signal?.throwIfAborted();
    } finally {
      watch.close();
      stop.abort();
      await following;
    }
  }

  async *deploymentEvents(
    deploymentId: string,
    options: ApiCallOptions = {},
  ): AsyncGenerator<RailwayDeploymentEvent> {
    await this.#options.check(deploymentId, options);
    const known = new Set<string>();
    const events = this.#options.api.subscribe(
      deploymentEventsSubscription,
      { id: deploymentId },
      { signal: options.signal },
    );
    for await (const { deploymentEvents: event } of events) {
      const key = `${event.id} ${event.completedAt ?? 'started'}`;
      if (known.has(key)) continue;
      const [oldest] = known;
      if (known.size >= maxKnownEvents && oldest !== undefined) known.delete(oldest);
      known.add(key);
      yield event;
    }
  }

  async *buildLogs(deploymentId: string, options: LogOptions = {}): AsyncGenerator<RailwayLogLine> {
    await this.#options.check(deploymentId, options);
    const { sieve, limit } = sieveOf(options);
    const messages = this.#options.api.subscribe(
      buildLogsSubscription,
      { deploymentId, limit },
      { signal: options.signal, onAttempt: () => sieve.restart() },
    );
    for await (const { buildLogs } of messages) yield* sieve.sift(buildLogs);
  }

  async *deploymentLogs(deploymentId: string, options: LogOptions = {}): AsyncGenerator<RailwayLogLine> {
    await this.#options.check(deploymentId, options);
    const { sieve, limit } = sieveOf(options);
    const messages = this.#options.api.subscribe(
      deploymentLogsSubscription,
      { deploymentId, limit },
      { signal: options.signal, onAttempt: () => sieve.restart() },
    );
    for await (const { deploymentLogs } of messages) yield* sieve.sift(deploymentLogs);
  }
}

function sieveOf({ limit = defaultLogLimit }: LogOptions): { sieve: LogSieve; limit: number } {
  const bounded = Math.max(1, Math.min(Math.trunc(limit), maxLogLimit));
  return { sieve: new LogSieve(4 * bounded + 100), limit: bounded };
}

async function follow(
  changes: AsyncIterable<{ deployment: RailwayDeployment }>,
  watch: DeploymentWatch,
  queue: StreamQueue<RailwayDeployment>,
): Promise<void> {
  try {
    for await (const { deployment } of changes) watch.offer(deployment);
    // Railway has said that there is no more to come: one look at how it ended.
    await watch.ask();
    queue.end();
  } catch (error) {
    queue.end(error as Error);
  }
}

/** Puts what is told and what is asked for into one order, each state once. */
class DeploymentWatch {
  readonly #queue: StreamQueue<RailwayDeployment>;
  readonly #look: () => Promise<RailwayDeployment>;
  #last: { readonly at: number; readonly text: string } | undefined;
  #asking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(queue: StreamQueue<RailwayDeployment>, look: () => Promise<RailwayDeployment>) {
    this.#queue = queue;
    this.#look = look;
  }

  offer(deployment: RailwayDeployment): void {
    this.#schedule();
    if (deployment.updatedAt < (this.#last?.at ?? 0)) return;
    const text = JSON.stringify(deployment);
    if (text === this.#last?.text) return;
    this.#last = { at: deployment.updatedAt, text };
    if (this.#queue.push(deployment) || this.#isClosed) return;
    this.#queue.end(new RailwayError('RAILWAY_STREAM_LOST', 'changes of a deployment wait unread'));
  }

  /** Asks Railway how it is now. What passes is tried again later; the rest ends the watch. */
  ask(): Promise<void> {
    this.#asking ??= this.#askOnce().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #askOnce(): Promise<void> {
    this.#schedule();
    try {
      this.offer(await this.#look());
    } catch (error) {
      const passes = error instanceof RailwayError && passing.has(error.code);
      if (!passes) this.#queue.end(error as Error);
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.ask(), recheckMs);
    this.#timer.unref();
  }
}

const passing: ReadonlySet<string> = new Set([
  'RAILWAY_RATE_LIMITED',
  'RAILWAY_TIMEOUT',
  'RAILWAY_UNAVAILABLE',
]);
