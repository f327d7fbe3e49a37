/** Things of one kind, the last of them kept, told to everybody who follows. Who reads too slowly is dropped. */

import { StreamQueue } from '@convoy/cluster/railway';

const maxWaiting = 5000;

export class Feed<Item> {
  readonly items: Item[] = [];
  readonly #limit: number;
  readonly #followers: Set<StreamQueue<Item>> = new Set();
  #isOver = false;

  /** Keeps the last `limit`. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(item: Item): void {
    this.items.push(item);
    if (this.items.length > this.#limit) this.items.splice(0, this.items.length - this.#limit);
    this.tell(item);
  }

  /** Without keeping it. */
  tell(item: Item): void {
    for (const follower of this.#followers) {
      if (follower.push(item)) continue;
      this.#followers.delete(follower);
      follower.end(new Error('too slow a reader'));
    }
  }

  /**
   * `first`, then what comes from this moment on, mapped; ends when no more will come. Not a generator: `return` must
   * end it also while somebody waits for the next one.
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
