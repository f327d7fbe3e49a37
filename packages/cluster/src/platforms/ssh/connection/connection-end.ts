/** How a connection ended, and the listeners that are to be told. */

type CloseListener = (error: Error | undefined) => void;

export class ConnectionEnd {
  readonly #listeners = new Set<CloseListener>();
  #end: { readonly error: Error | undefined } | undefined;

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Why the connection was lost; `undefined` while it is open, or when we closed it. */
  get error(): Error | undefined {
    return this.#end?.error;
  }

  /** Calls `listener` when the connection ends, soon if it has ended already. Returns a function that stops this. */
  onClose(listener: CloseListener): () => void {
    this.#listeners.add(listener);
    const end = this.#end;
    if (end !== undefined) queueMicrotask(() => this.#listeners.delete(listener) && listener(end.error));
    return () => this.#listeners.delete(listener);
  }

  /** Records the end and tells the listeners. */
  finish(error: Error | undefined): void {
    this.#end = { error };
    for (const listener of [...this.#listeners]) listener(error);
    this.#listeners.clear();
  }
}
