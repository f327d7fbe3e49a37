/** Token buckets: so much at once, so much per second after that. Takes the time as argument. */

export interface ThrottleLimits {
  /** What may be taken at once from a full bucket. */
  readonly burst: number;
  readonly perSecond: number;
}

/** One bucket, full at the start. */
export class Bucket {
  readonly #limits: ThrottleLimits;
  #level: number;
  #at: number;

  constructor(limits: ThrottleLimits, now: number) {
    this.#limits = limits;
    this.#level = limits.burst;
    this.#at = now;
  }

  /** Takes `amount` and says whether it was there; else takes nothing. */
  take(amount: number, now: number): boolean {
    this.#refill(now);
    if (this.#level < amount) return false;
    this.#level -= amount;
    return true;
  }

  /** Seconds until `amount` is there. */
  secondsUntil(amount: number, now: number): number {
    this.#refill(now);
    return Math.max(0, (amount - this.#level) / this.#limits.perSecond);
  }

  isFull(now: number): boolean {
    this.#refill(now);
    return this.#level >= this.#limits.burst;
  }

  #refill(now: number): void {
    const gained = (Math.max(0, now - this.#at) / 1000) * this.#limits.perSecond;
    this.#level = Math.min(this.#limits.burst, this.#level + gained);
    this.#at = now;
  }
}

const maxKeys = 10_000;

/** A bucket per key, e.g. per address, forgotten when it is full again. */
export class Throttle {
  readonly #limits: ThrottleLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: ThrottleLimits) {
    this.#limits = limits;
  }

  /** Seconds to wait before `key` may go on; 0 when it may now. Takes nothing. */
  waitOf(key: string, now: number): number {
    return this.#buckets.get(key)?.secondsUntil(1, now) ?? 0;
  }

  /** Counts one against `key`. */
  count(key: string, now: number): void {
    this.#forgetFull(now);
    const bucket = this.#buckets.get(key) ?? new Bucket(this.#limits, now);
    this.#buckets.set(key, bucket);
    bucket.take(1, now);
  }

  #forgetFull(now: number): void {
    if (this.#buckets.size < maxKeys) return;
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
    // Ten thousand addresses that all guess: let the oldest guess again rather than grow.
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined && this.#buckets.size >= maxKeys) this.#buckets.delete(oldest);
  }
}
