/**
 * Those who have connected and have not proven the cookie, oldest first. When there are too many, the oldest goes: an
 * honest peer is done within milliseconds, so who has been here longest is the least likely to be one. Turning away
 * the newest instead would let a few silent connections a second keep everybody out.
 */
export interface Stranger {
  /** Ends the connection to it. */
  drop(): void;
}

export class Strangers {
  readonly #max: number;
  /** In the order of arrival: Sets keep it. */
  readonly #present = new Set<Stranger>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#present.size;
  }

  /** Takes one in, and drops the oldest where there are as many as there may be. */
  add(stranger: Stranger): void {
    if (this.#present.size >= this.#max) this.dropOldest();
    this.#present.add(stranger);
  }

  /** `false` when there is none. */
  dropOldest(): boolean {
    const [oldest] = this.#present;
    if (oldest === undefined) return false;
    this.#present.delete(oldest);
    oldest.drop();
    return true;
  }

  delete(stranger: Stranger): void {
    this.#present.delete(stranger);
  }
}
