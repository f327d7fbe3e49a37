/**
 * Merges the steps of one deployment, each once when it starts and once when it is complete: those from the subscription, and
 * earlier ones, which are queried each time the subscription begins.
 */

import { mayRepeatQuery, unreadError } from './deployment-watch.ts';
import type { RailwayDeploymentEvent } from '../model/resources.ts';
import type { StreamQueue } from '../calls/stream-queue.ts';

const maxKnown = 1000;

export class EventMerge {
  readonly #queue: StreamQueue<RailwayDeploymentEvent>;
  readonly #query: () => Promise<readonly RailwayDeploymentEvent[]>;
  /** The last reported phase of each step, by id. */
  readonly #reported = new Map<string, 'begin' | 'end'>();
  #refreshing: Promise<void> = Promise.resolve();

  constructor(
    queue: StreamQueue<RailwayDeploymentEvent>,
    query: () => Promise<readonly RailwayDeploymentEvent[]>,
  ) {
    this.#queue = queue;
    this.#query = query;
  }

  /** Reads the subscription until Railway completes it. Never rejects. */
  async follow(events: AsyncIterable<{ readonly deploymentEvents: RailwayDeploymentEvent }>): Promise<void> {
    try {
      for await (const { deploymentEvents } of events) this.#offer(deploymentEvents);
      // The deployment may have ended before the first query.
      await this.#refreshing;
      await this.refresh();
      this.#queue.end();
    } catch (error) {
      this.#queue.end(error as Error);
    }
  }

  /** Queries earlier steps. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshOnce();
    return this.#refreshing;
  }

  async #refreshOnce(): Promise<void> {
    try {
      for (const event of await this.#query()) this.#offer(event);
    } catch (error) {
      if (!mayRepeatQuery(error)) this.#queue.end(error as Error);
    }
  }

  #offer(event: RailwayDeploymentEvent): void {
    const phase = event.completedAt === undefined ? 'begin' : 'end';
    const reported = this.#reported.get(event.id);
    if (reported === 'end' || reported === phase) return;
    const [oldest] = this.#reported.keys();
    if (this.#reported.size >= maxKnown && oldest !== undefined) this.#reported.delete(oldest);
    this.#reported.set(event.id, phase);
    if (this.#queue.push(event)) return;
    this.#queue.end(unreadError('steps'));
  }
}
