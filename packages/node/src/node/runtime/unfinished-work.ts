/**
 * What a node finishes before it closes: calls of other nodes whose callers still wait, and what the program asked it to wait for. Once the
 * node is closing, nothing new of other nodes is begun.
 */
export class UnfinishedWork {
  readonly #pieces = new Set<object>();
  #isClosing = false;
  #done: PromiseWithResolvers<void> | undefined;

  /** Whether the node is closing. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Counts a piece of work. Returns the function that ends it; further calls of that have no effect. */
  begin(): () => void {
    const piece = {};
    this.#pieces.add(piece);
    return () => {
      this.#pieces.delete(piece);
      if (this.#pieces.size === 0) this.#done?.resolve();
    };
  }

  /** Lets nothing new begin. Resolves when everything has ended; returns `undefined` when it has already. */
  drain(): Promise<void> | undefined {
    this.#isClosing = true;
    if (this.#pieces.size === 0) return undefined;
    this.#done ??= Promise.withResolvers();
    return this.#done.promise;
  }
}
