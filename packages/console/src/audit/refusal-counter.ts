/**
 * Turns repeated refusals into a few entries: the first one from an address is logged at once; later ones are counted and
 * logged together, at intervals that grow from a minute to an hour. Pure; the current time is passed in.
 */

/** A kind of refusal of an address. */
export interface Refusal {
  readonly address: string;
  readonly code: string;
}

/** `count` refusals since `since`, in milliseconds since 1970. */
export interface CountedRefusals extends Refusal {
  readonly count: number;
  readonly since: number;
}

const firstWindowMs = 60_000;
const lastWindowMs = 3_600_000;
/** Beyond this number of addresses and codes, refusals are counted together. */
const maxKeys = 32;
const otherAddresses = 'other addresses';

interface Window {
  readonly refusal: Refusal;
  count: number;
  since: number;
  endsAt: number;
  lengthMs: number;
  lastAt: number;
}

/** Counts refusals per address and code. */
export class RefusalCounter {
  readonly #windows = new Map<string, Window>();

  /** Counts a refusal. Returns it if it must be logged at once. */
  count(refusal: Refusal, now: number): CountedRefusals | undefined {
    const known = this.#find(refusal);
    if (known !== undefined) {
      known.since = known.count === 0 ? now : known.since;
      known.count += 1;
      known.lastAt = now;
      return undefined;
    }
    const counted = this.#windows.size < maxKeys ? refusal : { ...refusal, address: otherAddresses };
    this.#windows.set(keyOf(counted), {
      refusal: counted,
      count: 0,
      since: now,
      endsAt: now + firstWindowMs,
      lengthMs: firstWindowMs,
      lastAt: now,
    });
    return { ...counted, count: 1, since: now };
  }

  /** Counted refusals whose interval has ended. */
  due(now: number): CountedRefusals[] {
    const due: CountedRefusals[] = [];
    for (const [key, window] of this.#windows) {
      if (window.count === 0 && now - window.lastAt >= lastWindowMs) this.#windows.delete(key);
      if (window.count === 0 || now < window.endsAt) continue;
      due.push(take(window));
      window.lengthMs = Math.min(window.lengthMs * 2, lastWindowMs);
      window.endsAt = now + window.lengthMs;
    }
    return due;
  }

  /** All refusals that have been counted but not logged. */
  drain(): CountedRefusals[] {
    return [...this.#windows.values()].filter(({ count }) => count > 0).map(take);
  }

  #find(refusal: Refusal): Window | undefined {
    const own = this.#windows.get(keyOf(refusal));
    if (own !== undefined || this.#windows.size < maxKeys) return own;
    return this.#windows.get(keyOf({ ...refusal, address: otherAddresses }));
  }
}

function keyOf({ address, code }: Refusal): string {
  return `${code} ${address}`;
}

function take(window: Window): CountedRefusals {
  const { refusal, count, since } = window;
  window.count = 0;
  return { ...refusal, count, since };
}
