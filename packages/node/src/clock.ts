/** Time as a dependency: parts that compute take `now`, parts that wait take a `Clock`. `testing.ts` has a manual one. */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds that only ever grow, from an arbitrary start. */
  now(): number;
  /** Runs `action` once after `delayMs`. A timer never keeps the program alive by itself. */
  after(delayMs: number, action: () => void): Timer;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, action) {
    const handle = setTimeout(action, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
