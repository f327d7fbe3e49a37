/**
 * Merges the changes of one deployment in order, each state once: those from the subscription, and those from queries after
 * each reconnect and after a period of silence.
 */

import { backoff } from '@convoy/node/async';
import { RailwayError, type RailwayErrorCode } from '../model/railway-error.ts';
import type { RailwayDeployment } from '../model/resources.ts';
import type { StreamQueue } from '../calls/stream-queue.ts';

/**
 * How long the subscription may be silent before the status is queried, in case a change was lost. Doubles each time there
 * was none, because a node may run for weeks.
 */
const recheck = { firstMs: 30_000, lastMs: 15 * 60_000, jitter: 0 };

/** Whether repeating a query later may help. */
export function mayRepeatQuery(error: unknown): boolean {
  const codes: readonly RailwayErrorCode[] = [
    'RAILWAY_RATE_LIMITED',
    'RAILWAY_TIMEOUT',
    'RAILWAY_UNAVAILABLE',
  ];
  return error instanceof RailwayError && codes.includes(error.code);
}

/** The error of a stream whose caller reads too slowly. */
export function unreadError(what: 'changes' | 'steps'): RailwayError {
  return new RailwayError('RAILWAY_STREAM_LOST', `too many ${what} of a deployment are waiting to be read`, {
    remedy: 'Read them faster.',
  });
}

export class DeploymentWatch {
  readonly #queue: StreamQueue<RailwayDeployment>;
  readonly #query: () => Promise<RailwayDeployment>;
  #last: { readonly at: number; readonly text: string } | undefined;
  #refreshing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** How many rechecks in a row found no change. */
  #quietRechecks = 0;
  #isClosed = false;

  constructor(queue: StreamQueue<RailwayDeployment>, query: () => Promise<RailwayDeployment>) {
    this.#queue = queue;
    this.#query = query;
  }

  /** Reads the subscription until Railway completes it, then queries the final state. Never rejects. */
  async follow(changes: AsyncIterable<{ readonly deployment: RailwayDeployment }>): Promise<void> {
    try {
      for await (const { deployment } of changes) this.offer(deployment);
      await this.refresh();
      this.#queue.end();
    } catch (error) {
      this.#queue.end(error as Error);
    }
  }

  offer(deployment: RailwayDeployment): void {
    if (deployment.updatedAt < (this.#last?.at ?? 0)) return;
    const text = JSON.stringify(deployment);
    if (text === this.#last?.text) return;
    this.#last = { at: deployment.updatedAt, text };
    this.#quietRechecks = 0;
    this.#schedule();
    if (this.#queue.push(deployment) || this.#isClosed) return;
    this.#queue.end(unreadError('changes'));
  }

  /** Queries the current state. A transient failure is retried later; any other ends the watch. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #refreshOnce(): Promise<void> {
    this.#schedule();
    try {
      this.offer(await this.#query());
    } catch (error) {
      if (!mayRepeatQuery(error)) this.#queue.end(error as Error);
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(
      () => {
        this.#quietRechecks += 1;
        void this.refresh();
      },
      backoff(this.#quietRechecks, recheck),
    );
    this.#timer.unref();
  }
}
