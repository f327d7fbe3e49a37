/** Strategies that look again and again: at an interval, or at once when somebody wants to know. */

import { anySignal } from '@convoy/node/async';
import type { Strategy, StrategyContext, SeenPeer } from './strategy.ts';
import { DiscoveryError } from './errors.ts';

export interface PollingOptions {
  /** Between the end of a look and the start of the next. Default 5000, as libcluster's. */
  readonly intervalMs?: number;
  /** For one look. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/** What one look has found. What failed makes it incomplete. */
export interface Look {
  readonly peers: readonly SeenPeer[];
  readonly failures: readonly Error[];
}

export interface PollingStrategyOptions extends PollingOptions {
  readonly kind: string;
  readonly tags?: readonly string[] | undefined;
  /** Rejects when nothing could be looked at. Ends when the signal aborts. */
  readonly look: (place: { readonly self: string; readonly signal: AbortSignal }) => Promise<Look>;
}

/** So that nodes started together do not ask together for ever. */
const jitter = 0.1;

/** Throws DISCOVERY_BAD_OPTION. */
export function createPollingStrategy(options: PollingStrategyOptions): Strategy {
  const { kind, tags = [], intervalMs = 5000, timeoutMs = 5000, look } = options;
  checkDuration(kind, 'interval', intervalMs);
  checkDuration(kind, 'timeout', timeoutMs);
  return {
    kind,
    tags,
    async run(context) {
      while (!context.signal.aborted) {
        // Asked for before looking: a wish that comes up meanwhile is for the next look.
        const wish = context.refreshed();
        await lookOnce(context, { look, timeoutMs });
        await pause(context, intervalMs * (1 + jitter * (2 * Math.random() - 1)), wish);
      }
    },
  };
}

/** Throws DISCOVERY_BAD_OPTION unless `value` is a number of milliseconds above 0. */
export function checkDuration(kind: string, option: string, value: number): void {
  if (value > 0 && value <= 2 ** 31 - 1) return;
  throw new DiscoveryError(
    'DISCOVERY_BAD_OPTION',
    `${kind}: ${option} is ${value}; it is milliseconds above 0`,
  );
}

/** Waits for `waitMs`, for `wish`, or for the end, whatever is first. */
export async function pause(
  { clock, signal }: StrategyContext,
  waitMs: number,
  wish?: Promise<void>,
): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(waitMs, resolve);
  const onAbort = (): void => resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  await (wish === undefined ? promise : Promise.race([promise, wish]));
  timer.cancel();
  signal.removeEventListener('abort', onAbort);
}

async function lookOnce(
  context: StrategyContext,
  { look, timeoutMs }: Pick<PollingStrategyOptions, 'look'> & { readonly timeoutMs: number },
): Promise<void> {
  const { self, clock, signal } = context;
  const late = new AbortController();
  const timer = clock.after(timeoutMs, () => late.abort(tooLate(timeoutMs)));
  const startedAt = clock.now();
  const both = anySignal(signal, late.signal);
  try {
    const { peers, failures } = await look({ self, signal: both });
    if (signal.aborted) return;
    const [first] = failures;
    if (first !== undefined) context.fail(first);
    context.answer({ peers, isComplete: first === undefined, durationMs: clock.now() - startedAt });
  } catch (error) {
    if (signal.aborted) return;
    context.fail(late.signal.aborted ? (late.signal.reason as Error) : (error as Error));
  } finally {
    timer.cancel();
  }
}

function tooLate(timeoutMs: number): DiscoveryError {
  return new DiscoveryError('DISCOVERY_LOOKUP_FAILED', `no answer within ${timeoutMs} ms`, {
    remedy: 'Check that what is asked can be reached from here, or allow more time (timeout).',
  });
}
