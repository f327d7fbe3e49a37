/**
 * The door `@convoy/node/async`: waiting, trying again and giving up, as every package does it. It knows nothing of
 * nodes, imports nothing, and runs in a browser as well.
 */

export interface BackoffOptions {
  /** The longest wait after the first failure, in milliseconds. It doubles with each further one. */
  readonly firstMs: number;
  /** The longest wait of all, in milliseconds. */
  readonly lastMs: number;
  /** The share of each wait that is left to chance, from 0 to 1. Default 0.5: between half of it and all of it. */
  readonly jitter?: number | undefined;
  /** For the jitter: from 0, the shortest wait, to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** How many milliseconds to wait after failure number `attempt`, which is 0 for the first. */
export function backoff(attempt: number, options: BackoffOptions): number {
  const { firstMs, lastMs, jitter = 0.5, random = Math.random } = options;
  const longest = Math.min(lastMs, firstMs * 2 ** Math.min(attempt, 40));
  return longest * (1 - jitter * (1 - random()));
}

export interface PauseOptions {
  /** Whether the wait keeps the program alive, as the option of timers says it. Default true. */
  readonly ref?: boolean | undefined;
}

/** Resolves after `ms` milliseconds. Rejects with the signal's reason. */
export function pause(ms: number, signal?: AbortSignal, { ref = true }: PauseOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (!ref) unref(timer);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** A browser's timers are numbers, and keep nothing alive. */
function unref(timer: unknown): void {
  (timer as { unref?: () => void }).unref?.();
}

/** What every wait between attempts is: a wait for each failure, or one that grows by `backoff`. */
export interface RetryOptions extends BackoffOptions, PauseOptions {
  /** Attempts in all. Default: no limit. */
  readonly attempts?: number | undefined;
  /** Told of each failure that is followed by another attempt. What it throws ends the attempts. */
  readonly onFailure?: ((error: unknown, waitMs: number) => void) | undefined;
}

/**
 * Calls `work` until it resolves, with back-off in between. Rejects with what `onFailure` throws, with the last failure
 * when `attempts` are used up, or with the signal's reason.
 */
export async function retry<Value>(
  signal: AbortSignal | undefined,
  work: (attempt: number) => Promise<Value>,
  options: RetryOptions,
): Promise<Value> {
  const { attempts = Infinity, onFailure, ref } = options;
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt + 1 >= attempts) throw error;
      const waitMs = backoff(attempt, options);
      onFailure?.(error, waitMs);
      await pause(waitMs, signal, { ref });
    }
  }
}

export interface WaitForOptions extends PauseOptions {
  /** Between the end of one check and the start of the next, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Calls `check` until it gives something other than `undefined` or `false`, and resolves with that. Rejects with what
 * `check` throws, or with the signal's reason. Prefer an event where there is one.
 */
export async function waitFor<Value>(
  signal: AbortSignal | undefined,
  check: () => Promise<Value | undefined | false> | Value | undefined | false,
  { everyMs, ref }: WaitForOptions,
): Promise<Value> {
  for (;;) {
    signal?.throwIfAborted();
    const value = await check();
    if (value !== undefined && value !== false) return value;
    await pause(everyMs, signal, { ref });
  }
}

/**
 * A signal that aborts with the first of `signals`, with its reason. `undefined` stands for a signal that never aborts.
 *
 * `AbortSignal.any` is safe with a parent that outlives it (Node 24: 300,000 under one parent leave the heap at 4 MB),
 * except while somebody listens to the signal it made: then it lives as long as the parent. Take listeners away, as
 * everything here does; 300,000 left behind hold 350 MB.
 */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const given = signals.filter((signal) => signal !== undefined);
  const [first] = given;
  return first !== undefined && given.length === 1 ? first : AbortSignal.any(given);
}

/** Waits for `work`, which others may wait for as well. Rejects with the signal's reason as soon as that aborts. */
export async function abortable<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Resolves when the signal aborts. */
export function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
