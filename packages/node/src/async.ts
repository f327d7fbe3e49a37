/**
 * The entry point `@convoy/node/async`: waiting, retrying and aborting, shared by every package. It knows nothing about
 * nodes, imports nothing, and also runs in a browser.
 */

/** How long to wait between attempts. */
export interface BackoffOptions {
  /** The longest wait after the first failure, in milliseconds. It doubles with each further one. */
  readonly firstMs: number;
  /** Upper bound of every wait, in milliseconds. */
  readonly lastMs: number;
  /** The random share of each wait, from 0 to 1. Default 0.5: each wait is between half and all of its longest value. */
  readonly jitter?: number | undefined;
  /** Source of randomness for the jitter: 0 gives the shortest wait, 1 the longest. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** How many milliseconds to wait after failure number `attempt`, which is 0 for the first. */
export function backoff(attempt: number, options: BackoffOptions): number {
  const { firstMs, lastMs, jitter = 0.5, random = Math.random } = options;
  const longest = Math.min(lastMs, firstMs * 2 ** Math.min(attempt, 40));
  return longest * (1 - jitter * (1 - random()));
}

/** Options of every wait. */
export interface PauseOptions {
  /** Whether the wait keeps the process alive, like `ref` of Node.js timers. Default true. */
  readonly ref?: boolean | undefined;
}

/** Resolves after `ms` milliseconds. Rejects with the signal's reason when it aborts first. */
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

/** Timers in a browser are numbers and keep nothing alive. */
function unref(timer: unknown): void {
  (timer as { unref?: () => void }).unref?.();
}

/** How `retry` waits between attempts, and how often it tries. */
export interface RetryOptions extends BackoffOptions, PauseOptions {
  /** Total number of attempts. Default: no limit. */
  readonly attempts?: number | undefined;
  /** Called for each failure that is followed by another attempt. Throwing from it ends the attempts. */
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

/** How often `waitFor` checks. */
export interface WaitForOptions extends PauseOptions {
  /** Time between the end of one check and the start of the next, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Calls `check` until it returns something other than `undefined` or `false`, and resolves with that. Rejects with what
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
 * except while the signal it made has a listener: then it lives as long as the parent. Remove listeners, as everything
 * here does; 300,000 left behind hold 350 MB.
 */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const given = signals.filter((signal) => signal !== undefined);
  const [first] = given;
  return first !== undefined && given.length === 1 ? first : AbortSignal.any(given);
}

/** Waits for `work`, which may have other waiters too. Rejects with the signal's reason as soon as it aborts. */
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

/** Options of `tryInTurn`. */
export interface TryInTurnOptions<Value> {
  /** How long to wait for one attempt before the next one starts beside it, in milliseconds. */
  readonly everyMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the result of an attempt that succeeded too late. */
  readonly discard?: (value: Value) => void;
}

/**
 * Tries one item after another until an attempt succeeds. The next attempt starts as soon as the last one has failed, or
 * after `everyMs`, so that one that never answers does not hold up the others. Aborts the remaining attempts once one has
 * succeeded. Rejects with an `AggregateError` of all failures, in the order of the items, or with the signal's reason.
 */
export function tryInTurn<Item, Value>(
  items: readonly Item[],
  attempt: (item: Item, signal: AbortSignal) => Promise<Value>,
  { everyMs, signal, discard }: TryInTurnOptions<Value>,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const failures: unknown[] = [];
    const over = new AbortController();
    const both = anySignal(signal, over.signal);
    let [started, failed] = [0, 0];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      action();
      over.abort();
    };
    const onAbort = (): void => settle(() => reject(signal?.reason as Error));
    const onSuccess = (value: Value): void => {
      if (over.signal.aborted) discard?.(value);
      else settle(() => resolve(value));
    };
    const onFailure = (index: number, error: unknown): void => {
      failures[index] = error;
      failed += 1;
      if (over.signal.aborted) return;
      if (failed === items.length) settle(() => reject(new AggregateError(failures)));
      else startNext();
    };
    const startNext = (): void => {
      clearTimeout(timer);
      const index = started;
      if (index >= items.length) return;
      started += 1;
      timer = setTimeout(startNext, everyMs);
      attempt(items[index] as Item, both).then(onSuccess, (error: unknown) => onFailure(index, error));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    else if (items.length === 0) settle(() => reject(new AggregateError([])));
    else startNext();
  });
}

/** Maps items to results in the same order, with at most `limit` of them under way at a time. Rejects with the first failure. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const run = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run));
  return results;
}
