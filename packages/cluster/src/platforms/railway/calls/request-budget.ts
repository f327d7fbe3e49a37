/**
 * Tracks how many requests Railway still accepts in the current window, and how long the next one has to wait. The last few
 * are reserved for cleaning up: a launch that fails for lack of requests must still be able to delete its service. Pure: the
 * caller passes the time.
 */

/** The state of Railway's request limit, as of its last answer. */
export interface BudgetReading {
  /** Requests per window; `undefined` until Railway has reported it. */
  readonly limit: number | undefined;
  /** Requests left in the window. */
  readonly remaining: number | undefined;
  /** When the window ends, in milliseconds since 1970. */
  readonly resetAt: number | undefined;
  /** Railway has asked for no requests before this time, in milliseconds since 1970. */
  readonly blockedUntil: number | undefined;
}

const defaultRetryMs = 1000;
const leastBlockMs = 100;
const longestBlockMs = 3_600_000;

function numberOf(text: string | null): number | undefined {
  if (text === null || !/^\d{1,15}(?:\.\d+)?$/.test(text.trim())) return undefined;
  return Number(text);
}

/** Epoch seconds, epoch milliseconds, seconds from now or a date: the format is not documented. */
function instantOf(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  const number = numberOf(text);
  if (number === undefined) {
    const date = Date.parse(text);
    return Number.isNaN(date) ? undefined : date;
  }
  if (number > 1e12) return number;
  return number > 1e9 ? number * 1000 : now + number * 1000;
}

export class RequestBudget {
  readonly #reserve: number;
  #limit: number | undefined;
  #remaining: number | undefined;
  #resetAt: number | undefined;
  #blockedUntil: number | undefined;

  /** `reserve` requests are reserved for cleaning up. */
  constructor(reserve: number) {
    this.#reserve = reserve;
  }

  get reading(): BudgetReading {
    return {
      limit: this.#limit,
      remaining: this.#remaining,
      resetAt: this.#resetAt,
      blockedUntil: this.#blockedUntil,
    };
  }

  /** Milliseconds until a request may be sent; 0 means now. */
  waitMs(now: number, isCleanUp: boolean): number {
    if (this.#resetAt !== undefined && this.#resetAt <= now) {
      this.#remaining = undefined;
      this.#resetAt = undefined;
    }
    const blockedMs = Math.max(0, (this.#blockedUntil ?? 0) - now);
    const reserve = isCleanUp ? 0 : Math.min(this.#reserve, Math.floor((this.#limit ?? 0) / 2));
    const isUsedUp =
      this.#remaining !== undefined && this.#resetAt !== undefined && this.#remaining <= reserve;
    return isUsedUp ? Math.max(blockedMs, (this.#resetAt ?? now) - now) : blockedMs;
  }

  /** Counts a request that is sent, until the answer reports the exact number. */
  spend(): void {
    if (this.#remaining !== undefined) this.#remaining = Math.max(0, this.#remaining - 1);
  }

  /** Updates the state from the headers of an answer. */
  learn(headers: { get(name: string): string | null }, now: number): void {
    this.#limit = numberOf(headers.get('x-ratelimit-limit')) ?? this.#limit;
    const remaining = numberOf(headers.get('x-ratelimit-remaining'));
    const resetAt = instantOf(headers.get('x-ratelimit-reset'), now);
    if (remaining !== undefined) this.#remaining = remaining;
    if (resetAt !== undefined) this.#resetAt = Math.min(resetAt, now + longestBlockMs);
  }

  /** Records a 429 answer. Returns when the next request may be sent. */
  block(headers: { get(name: string): string | null }, now: number): number {
    const asked = instantOf(headers.get('retry-after'), now) ?? now + defaultRetryMs;
    const until = Math.min(Math.max(asked, now + leastBlockMs), now + longestBlockMs);
    this.#blockedUntil = Math.max(this.#blockedUntil ?? 0, until);
    return this.#blockedUntil;
  }
}
