/**
 * The steps of one deployment, each when it starts and when it is complete, once: those a subscription tells, and those
 * from before it, which are asked for each time it begins.
 */

import { passes } from './deployment-watch.ts';
import { RailwayError } from '../model/errors.ts';
import type { RailwayDeploymentEvent } from '../model/resources.ts';
import type { StreamQueue } from '../calls/stream-queue.ts';

const maxKnown = 1000;

export class EventMerge {
  readonly #queue: StreamQueue<RailwayDeploymentEvent>;
  readonly #look: () => Promise<readonly RailwayDeploymentEvent[]>;
  /** By id: whether its end is told already. */
  readonly #told = new Map<string, 'begin' | 'end'>();
  #asking: Promise<void> = Promise.resolve();

  constructor(
    queue: StreamQueue<RailwayDeploymentEvent>,
    look: () => Promise<readonly RailwayDeploymentEvent[]>,
  ) {
    this.#queue = queue;
    this.#look = look;
  }

  /** Until Railway says that there is no more to come. Never rejects. */
  async follow(events: AsyncIterable<{ readonly deploymentEvents: RailwayDeploymentEvent }>): Promise<void> {
    try {
      for await (const { deploymentEvents } of events) this.#offer(deploymentEvents);
      // It may have been over before anybody was asked.
      await this.#asking;
      await this.ask();
      this.#queue.end();
    } catch (error) {
      this.#queue.end(error as Error);
    }
  }

  /** Asks for those of before. Never rejects. */
  ask(): Promise<void> {
    this.#asking = this.#askOnce();
    return this.#asking;
  }

  async #askOnce(): Promise<void> {
    try {
      for (const event of await this.#look()) this.#offer(event);
    } catch (error) {
      if (!passes(error)) this.#queue.end(error as Error);
    }
  }

  #offer(event: RailwayDeploymentEvent): void {
    const phase = event.completedAt === undefined ? 'begin' : 'end';
    const told = this.#told.get(event.id);
    if (told === 'end' || told === phase) return;
    const [oldest] = this.#told.keys();
    if (this.#told.size >= maxKnown && oldest !== undefined) this.#told.delete(oldest);
    this.#told.set(event.id, phase);
    if (this.#queue.push(event)) return;
    this.#queue.end(new RailwayError('RAILWAY_STREAM_LOST', 'steps of a deployment wait unread'));
  }
}
