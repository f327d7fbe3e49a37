/**
 * Streams of one deployment: its status, its steps, its logs. When a lost subscription comes back, what Railway repeats is
 * removed, and what it may have left out is queried once.
 */

import { anySignal } from '@convoy/node/async';
import { allPages } from '../operations/all-pages.ts';
import { DeploymentWatch } from './deployment-watch.ts';
import { EventMerge } from './event-merge.ts';
import { LogDeduplicator } from './log-deduplicator.ts';
import type {
  DeploymentStatus,
  RailwayDeployment,
  RailwayDeploymentEvent,
  RailwayLogLine,
} from '../model/resources.ts';
import type { ApiCallOptions, RailwayApi } from '../calls/railway-api.ts';
import { buildLogsQuery, deploymentEventsQuery, deploymentLogsQuery } from '../operations/queries.ts';
import { StreamQueue } from '../calls/stream-queue.ts';
import {
  buildLogsSubscription,
  deploymentEventsSubscription,
  deploymentLogsSubscription,
  deploymentSubscription,
} from '../operations/subscriptions.ts';

/** Options of calls that read logs. */
export interface LogOptions extends ApiCallOptions {
  /** Maximum number of earlier lines, which come first. Default 500. */
  readonly limit?: number | undefined;
}

/** What can be read of a deployment. Leaving a loop ends its subscription. Throws `RailwayError`, or the reason of the signal. */
export interface DeploymentStreams {
  /** The deployment as it is, then after every change. Ends after FAILED, SKIPPED and REMOVED; after CRASHED it may restart. */
  watchDeployment(deploymentId: string, options?: ApiCallOptions): AsyncGenerator<RailwayDeployment>;
  /** Each step when it starts and when it is complete, including earlier ones. */
  deploymentEvents(deploymentId: string, options?: ApiCallOptions): AsyncGenerator<RailwayDeploymentEvent>;
  /** The lines of the build. Ends with the build. */
  buildLogs(deploymentId: string, options?: LogOptions): AsyncGenerator<RailwayLogLine>;
  /** The lines that its containers print. */
  deploymentLogs(deploymentId: string, options?: LogOptions): AsyncGenerator<RailwayLogLine>;
  /** The last `limit` lines of the build, without waiting for more. */
  recentBuildLogs(deploymentId: string, options?: LogOptions): Promise<RailwayLogLine[]>;
  /** The last `limit` lines its containers have printed, without waiting for more. */
  recentLogs(deploymentId: string, options?: LogOptions): Promise<RailwayLogLine[]>;
}

export interface DeploymentStreamerOptions {
  readonly api: Pick<RailwayApi, 'run' | 'subscribe'>;
  /** Queries the deployment. */
  readonly deployment: (id: string, options: ApiCallOptions) => Promise<RailwayDeployment>;
  /** Throws when the deployment belongs to another environment. */
  readonly check: (id: string, options: ApiCallOptions) => Promise<void>;
}

const defaultLogLimit = 500;
const maxLogLimit = 5000;
const maxWaiting = 1000;
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
    const signal = anySignal(options.signal, stop.signal);
    const queue = new StreamQueue<RailwayDeployment>(maxWaiting);
    const watch = new DeploymentWatch(queue, () => this.#options.deployment(deploymentId, { signal }));
    const changes = this.#options.api.subscribe(
      deploymentSubscription,
      { id: deploymentId },
      { signal, onSubscribed: () => void watch.refresh() },
    );
    const following = watch.follow(changes);
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
    const stop = new AbortController();
    const signal = anySignal(options.signal, stop.signal);
    const queue = new StreamQueue<RailwayDeploymentEvent>(maxWaiting);
    const merge = new EventMerge(queue, () => this.#pastEvents(deploymentId, signal));
    const events = this.#options.api.subscribe(
      deploymentEventsSubscription,
      { id: deploymentId },
      { signal, onSubscribed: () => void merge.refresh() },
    );
    const following = merge.follow(events);
    try {
      yield* queue.read();
      options.signal?.throwIfAborted();
    } finally {
      stop.abort();
      await following;
    }
  }

  async *buildLogs(deploymentId: string, options: LogOptions = {}): AsyncGenerator<RailwayLogLine> {
    await this.#options.check(deploymentId, options);
    const { deduplicator, limit } = deduplicatorFor(options);
    const messages = this.#options.api.subscribe(
      buildLogsSubscription,
      { deploymentId, limit },
      { signal: options.signal, onAttempt: () => deduplicator.restart() },
    );
    for await (const { buildLogs } of messages) yield* deduplicator.filter(buildLogs);
  }

  async *deploymentLogs(deploymentId: string, options: LogOptions = {}): AsyncGenerator<RailwayLogLine> {
    await this.#options.check(deploymentId, options);
    const { deduplicator, limit } = deduplicatorFor(options);
    const messages = this.#options.api.subscribe(
      deploymentLogsSubscription,
      { deploymentId, limit },
      { signal: options.signal, onAttempt: () => deduplicator.restart() },
    );
    for await (const { deploymentLogs } of messages) yield* deduplicator.filter(deploymentLogs);
  }

  async recentBuildLogs(deploymentId: string, options: LogOptions = {}): Promise<RailwayLogLine[]> {
    await this.#options.check(deploymentId, options);
    const limit = limitOf(options);
    const { buildLogs } = await this.#options.api.run(buildLogsQuery, { deploymentId, limit }, options);
    return buildLogs.slice(-limit);
  }

  async recentLogs(deploymentId: string, options: LogOptions = {}): Promise<RailwayLogLine[]> {
    await this.#options.check(deploymentId, options);
    const limit = limitOf(options);
    const { deploymentLogs } = await this.#options.api.run(
      deploymentLogsQuery,
      { deploymentId, limit },
      options,
    );
    return deploymentLogs.slice(-limit);
  }

  #pastEvents(id: string, signal: AbortSignal): Promise<RailwayDeploymentEvent[]> {
    return allPages(async (page) => {
      const { deploymentEvents } = await this.#options.api.run(
        deploymentEventsQuery,
        { ...page, id },
        { signal },
      );
      return deploymentEvents;
    });
  }
}

/** Railway returns one line more than requested, so callers cut the result. */
function limitOf({ limit = defaultLogLimit }: LogOptions): number {
  return Math.max(1, Math.min(Math.trunc(limit), maxLogLimit));
}

function deduplicatorFor(options: LogOptions): { deduplicator: LogDeduplicator; limit: number } {
  const limit = limitOf(options);
  return { deduplicator: new LogDeduplicator(4 * limit + 100), limit };
}
