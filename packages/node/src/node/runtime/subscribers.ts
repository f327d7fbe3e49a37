/** Callbacks for something that happens to a node. One that throws does not keep the others from being called. */

export class Subscribers<Args extends readonly unknown[]> {
  readonly #subscribers: Set<(...args: Args) => void> = new Set();

  /** Returns what removes it. */
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
        // It is a bug of whoever added the listener: nobody here can handle it, and it must not be lost.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
