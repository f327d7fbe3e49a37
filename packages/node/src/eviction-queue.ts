/**
 * A bounded queue of connections that have not authenticated yet. When it is full, the oldest one is dropped: an honest
 * peer is done within milliseconds, so the connection that has been here longest is the least likely to be one.
 * Rejecting the newest instead would let a few silent connections a second lock everyone out.
 */

/** An entry of an `EvictionQueue`. */
export interface Evictable {
  /** Closes the connection. */
  drop(): void;
}

/** Connections in the order of their arrival, at most `max` of them. */
export class EvictionQueue {
  readonly #max: number;
  /** In the order of arrival, which a Set preserves. */
  readonly #present = new Set<Evictable>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#present.size;
  }

  /** Adds an entry; when the queue is full, drops the oldest one first. */
  add(entry: Evictable): void {
    if (this.#present.size >= this.#max) this.dropOldest();
    this.#present.add(entry);
  }

  /** Returns `false` when the queue is empty. */
  dropOldest(): boolean {
    const [oldest] = this.#present;
    if (oldest === undefined) return false;
    this.#present.delete(oldest);
    oldest.drop();
    return true;
  }

  delete(entry: Evictable): void {
    this.#present.delete(entry);
  }
}
