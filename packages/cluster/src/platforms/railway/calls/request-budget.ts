/**
 * Watches how many requests Railway still takes in this hour, and says how long the next one has to wait. The last few
 * are kept for what cleans up: a launch that is given up for lack of requests must still be able to delete its service.
 * Pure: time comes in.
 */

export interface BudgetReading {
  /** Requests per window; `undefined` until Railway has said so. */
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** When the window ends, in milliseconds since 1970. */
  readonly resetAt: number | undefined;
  /** Before then Railway has asked not to be asked. */
  readonly blockedUntil: number | undefined;
}

const defaultRetryMs = 1000;
const leastBlockMs = 100;
const longestBlockMs = 3_600_000;

function numberOf(text: string | null): number | undefined {
  if (text === null || !/^\d{1,15}(?:\.\d+)?$/.test(text.trim())) return undefined;
  return Number(text);
}

/** Epoch seconds, epoch milliseconds, seconds from now or a date: documentation says nothing. */
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

  /** `reserve` requests are kept for cleaning up. */
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

  /** Milliseconds until a request may be sent; 0 is now. */
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

  /** A request goes out. The answer will say more; until then it is counted here. */
  spend(): void {
    if (this.#remaining !== undefined) this.#remaining = Math.max(0, this.#remaining - 1);
  }

  /** Reads the headers of an answer. */
  learn(headers: { get(name: string): string | null }, now: number): void {
    this.#limit = numberOf(headers.get('x-ratelimit-limit')) ?? this.#limit;
    const remaining = numberOf(headers.get('x-ratelimit-remaining'));
    const resetAt = instantOf(headers.get('x-ratelimit-reset'), now);
    if (remaining !== undefined) this.#remaining = remaining;
    if (resetAt !== undefined) this.#resetAt = Math.min(resetAt, now + longestBlockMs);
  }

  /** Railway said 429. Returns when it may be asked again. */
  block(headers: { get(name: string): string | null }, now: number): number {
    const asked = instantOf(headers.get('retry-after'), now) ?? now + defaultRetryMs;
    const until = Math.min(Math.max(asked, now + leastBlockMs), now + longestBlockMs);
    this.#blockedUntil = Math.max(this.#blockedUntil ?? 0, until);
    return this.#blockedUntil;
  }
}
