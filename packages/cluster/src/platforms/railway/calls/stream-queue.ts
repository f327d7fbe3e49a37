/**
 * A bounded queue between somebody who pushes and one `for await`. When more waits than it holds, it fails: what comes
 * over a socket cannot be held back for one subscription alone.
 */

export class StreamQueue<Item> {
  readonly #items: Item[] = [];
  readonly #limit: number;
  #end: { readonly error?: Error | undefined } | undefined;
  #wake: (() => void) | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when there is no more room, or it has ended. */
  push(item: Item): boolean {
    if (this.#end !== undefined || this.#items.length >= this.#limit) return false;
    this.#items.push(item);
    this.#wake?.();
    return true;
  }

  /** What has been pushed is still read; then the loop ends, or throws `error`. The first end counts. */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  /** The items in the order in which they were pushed. */
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
