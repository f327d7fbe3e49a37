/**
 * Time as a dependency: code that computes takes `now`, code that waits takes a `Clock`. `testing.ts` has a manual clock.
 */

/** A scheduled action. */
export interface Timer {
  /** Prevents the action from running. Has no effect once it ran. */
  cancel(): void;
}

/** A source of time and timers. */
export interface Clock {
  /** Monotonic time in milliseconds, from an arbitrary start. */
  now(): number;
  /** Runs `action` once after `delayMs`. A timer never keeps the process alive by itself. */
  after(delayMs: number, action: () => void): Timer;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, action) {
    const handle = setTimeout(action, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
