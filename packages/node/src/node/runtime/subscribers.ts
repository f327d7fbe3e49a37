/** Callbacks for one kind of event of a node. One that throws does not prevent the others from being called. */

export class Subscribers<Args extends readonly unknown[]> {
  readonly #subscribers: Set<(...args: Args) => void> = new Set();

  /** Adds a callback. Returns a function that removes it. */
  add(listener: (...args: Args) => void): () => void {
    // A wrapper, so that the same function added twice is called twice and removed once.
    const entry = (...args: Args): void => listener(...args);
    this.#subscribers.add(entry);
    return () => void this.#subscribers.delete(entry);
  }

  call(...args: Args): void {
    for (const listener of [...this.#subscribers]) {
      try {
        listener(...args);
      } catch (error) {
        // A bug in the listener: it cannot be handled here and must not be lost.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
