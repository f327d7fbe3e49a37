/**
 * The changes of one deployment in one order, each state once: what Railway tells, and what it says when it is asked,
 * after each reconnect and after a while of silence.
 */

import { RailwayError, type RailwayErrorCode } from '../model/errors.ts';
import type { RailwayDeployment } from '../model/resources.ts';
import type { StreamQueue } from '../calls/stream-queue.ts';

/**
 * Silence of a subscription after which the status is asked for, should a change have been lost: twice as long each time
 * that there was none, for a node may be up for weeks.
 */
const firstRecheckMs = 30_000;
const lastRecheckMs = 15 * 60_000;

/** Whether asking again later may help. */
export function passes(error: unknown): boolean {
  const codes: readonly RailwayErrorCode[] = [
    'RAILWAY_RATE_LIMITED',
    'RAILWAY_TIMEOUT',
    'RAILWAY_UNAVAILABLE',
  ];
  return error instanceof RailwayError && codes.includes(error.code);
}

export class DeploymentWatch {
  readonly #queue: StreamQueue<RailwayDeployment>;
  readonly #look: () => Promise<RailwayDeployment>;
  #last: { readonly at: number; readonly text: string } | undefined;
  #asking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #recheckMs = firstRecheckMs;
  #isClosed = false;

  constructor(queue: StreamQueue<RailwayDeployment>, look: () => Promise<RailwayDeployment>) {
    this.#queue = queue;
    this.#look = look;
  }

  /** Until Railway says that there is no more to come; then one look at how it ended. Never rejects. */
  async follow(changes: AsyncIterable<{ readonly deployment: RailwayDeployment }>): Promise<void> {
    try {
      for await (const { deployment } of changes) this.offer(deployment);
      await this.ask();
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
    this.#recheckMs = firstRecheckMs;
    this.#schedule();
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
      if (!passes(error)) this.#queue.end(error as Error);
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#recheckMs = Math.min(2 * this.#recheckMs, lastRecheckMs);
      void this.ask();
    }, this.#recheckMs);
    this.#timer.unref();
  }
}
