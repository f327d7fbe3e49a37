/** Token buckets: a burst, then a rate per second. The current time is passed in. */

/** Size and refill rate of a bucket. */
export interface ThrottleLimits {
  /** Amount that can be taken at once from a full bucket. */
  readonly burst: number;
  /** Amount that is refilled per second. */
  readonly perSecond: number;
}

/** A bucket, initially full. */
export class Bucket {
  readonly #limits: ThrottleLimits;
  #level: number;
  #at: number;

  constructor(limits: ThrottleLimits, now: number) {
    this.#limits = limits;
    this.#level = limits.burst;
    this.#at = now;
  }

  /** Takes `amount` if it is available. Returns whether it was taken. */
  take(amount: number, now: number): boolean {
    this.#refill(now);
    if (this.#level < amount) return false;
    this.#level -= amount;
    return true;
  }

  /** Seconds until `amount` is available. */
  secondsUntil(amount: number, now: number): number {
    this.#refill(now);
    return Math.max(0, (amount - this.#level) / this.#limits.perSecond);
  }

  /** Whether nothing is missing. */
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

/** A bucket per key, for example per address. A bucket is discarded when it is full again. */
export class Throttle {
  readonly #limits: ThrottleLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: ThrottleLimits) {
    this.#limits = limits;
  }

  /** Seconds until `key` is allowed again; 0 if it is now. Takes nothing. */
  waitOf(key: string, now: number): number {
    return this.#buckets.get(key)?.secondsUntil(1, now) ?? 0;
  }

  /** Takes one from the bucket of `key`. */
  count(key: string, now: number): void {
    this.#forgetFull(now);
    const bucket = this.#buckets.get(key) ?? new Bucket(this.#limits, now);
    this.#buckets.set(key, bucket);
    bucket.take(1, now);
  }

  #forgetFull(now: number): void {
    if (this.#buckets.size < maxKeys) return;
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
    // Ten thousand guessing addresses: reset the oldest rather than grow.
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined && this.#buckets.size >= maxKeys) this.#buckets.delete(oldest);
  }
}
