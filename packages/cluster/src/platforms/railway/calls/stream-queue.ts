/**
 * A bounded queue between a producer and one `for await` loop. A full queue fails, because the messages of a socket cannot be
 * held back for one of its subscriptions.
 */

/** A bounded queue that is read by one `for await` loop. */
export class StreamQueue<Item> {
  readonly #items: Item[] = [];
  readonly #limit: number;
  #end: { readonly error?: Error | undefined } | undefined;
  #wake: (() => void) | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds an item. Returns `false` when the queue is full or has ended. */
  push(item: Item): boolean {
    if (this.#end !== undefined || this.#items.length >= this.#limit) return false;
    this.#items.push(item);
    this.#wake?.();
    return true;
  }

  /** Ends the queue. The loop reads the remaining items, then ends or throws `error`. Later calls have no effect. */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  /** The items in the order in which they were pushed. To be called once. */
  async *read(): AsyncGenerator<Item, void, undefined> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else if (this.#end?.error !== undefined) throw this.#end.error;
      else if (this.#end !== undefined) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    }
  }
}
