/** The simulator's request limit: a number of requests per time window and token, reported in Railway's headers. Pure: the caller passes the time. */

/** How many requests a token may make in a window of time. */
export interface RequestLimit {
  readonly requests: number;
  readonly windowMs: number;
}

export interface Admission {
  readonly isAdmitted: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

export class RequestWindow {
  readonly #limit: RequestLimit;
  #start = -Infinity;
  #used = 0;

  constructor(limit: RequestLimit) {
    this.#limit = limit;
  }

  admit(now: number): Admission {
    const { requests, windowMs } = this.#limit;
    if (now - this.#start >= windowMs) {
      this.#start = now;
      this.#used = 0;
    }
    const isAdmitted = this.#used < requests;
    if (isAdmitted) this.#used += 1;
    const resetAt = this.#start + windowMs;
    const headers = {
      'X-RateLimit-Limit': String(requests),
      'X-RateLimit-Remaining': String(requests - this.#used),
      'X-RateLimit-Reset': String(Math.ceil(resetAt / 1000)),
    };
    if (isAdmitted) return { isAdmitted, headers };
    return { isAdmitted, headers: { ...headers, 'Retry-After': String(Math.ceil((resetAt - now) / 1000)) } };
  }
}
