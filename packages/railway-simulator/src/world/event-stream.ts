/** A stream of items for any number of followers, which stores the last ones. A follower that reads too slowly is dropped. */

import { StreamQueue } from '@convoy/cluster/railway';

const maxWaiting = 5000;

export class EventStream<Item> {
  readonly items: Item[] = [];
  readonly #limit: number;
  readonly #followers: Set<StreamQueue<Item>> = new Set();
  #isOver = false;

  /** Stores the last `limit` items. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(item: Item): void {
    this.items.push(item);
    if (this.items.length > this.#limit) this.items.splice(0, this.items.length - this.#limit);
    this.publish(item);
  }

  /** Sends the item to all followers without storing it. */
  publish(item: Item): void {
    for (const follower of this.#followers) {
      if (follower.push(item)) continue;
      this.#followers.delete(follower);
      follower.end(new Error('the follower reads too slowly'));
    }
  }

  /**
   * Iterates over `first`, then over all items from now on, mapped, until the stream ends. Not a generator, because `return`
   * must also end it while a call of `next` is pending.
   */
  follow<Mapped>(
    map: (item: Item) => Mapped,
    first: readonly Mapped[] = [],
  ): AsyncIterableIterator<Mapped, undefined> {
    const queue = new StreamQueue<Item>(maxWaiting);
    this.#followers.add(queue);
    if (this.#isOver) queue.end();
    const items = queue.read();
    const waiting = [...first];
    return {
      next: async () => {
        const early = waiting.shift();
        if (early !== undefined) return { done: false, value: early };
        const result = await items.next();
        return result.done === true
          ? { done: true, value: undefined }
          : { done: false, value: map(result.value) };
      },
      return: async () => {
        this.#followers.delete(queue);
        queue.end();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  end(): void {
    this.#isOver = true;
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
  }
}
