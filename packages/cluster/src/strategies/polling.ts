/** Strategies that poll: at an interval, and immediately on a refresh. */

import { anySignal } from '@convoy/node/async';
import type { Strategy, StrategyContext, SeenPeer } from './strategy.ts';
import { DiscoveryError } from './discovery-error.ts';

/** Timing options of every polling strategy. */
export interface PollingOptions {
  /** Pause between two lookups in milliseconds. Default 5000, as in libcluster. */
  readonly intervalMs?: number;
  /** Timeout of one lookup in milliseconds. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/** The result of one lookup. With failures it counts as incomplete. */
export interface LookupResult {
  readonly peers: readonly SeenPeer[];
  readonly failures: readonly Error[];
}

/** Options of `createPollingStrategy`. */
export interface PollingStrategyOptions extends PollingOptions {
  /** Name of the strategy in status and messages. */
  readonly kind: string;
  /** Tags that its peers can have. Default: none. */
  readonly tags?: readonly string[] | undefined;
  /** Looks the peers up once. Rejects when every source failed, and stops when the signal aborts. */
  readonly lookUp: (place: { readonly self: string; readonly signal: AbortSignal }) => Promise<LookupResult>;
}

/** Spreads out the polls of nodes that were started together. */
const jitter = 0.1;

/** A strategy that calls `lookUp` at an interval. Throws DISCOVERY_BAD_OPTION. */
export function createPollingStrategy(options: PollingStrategyOptions): Strategy {
  const { kind, tags = [], intervalMs = 5000, timeoutMs = 5000, lookUp } = options;
  checkDuration(kind, 'interval', intervalMs);
  checkDuration(kind, 'timeout', timeoutMs);
  return {
    kind,
    tags,
    async run(context) {
      while (!context.signal.aborted) {
        // Obtained before the lookup, so that a refresh during it triggers the next one.
        const refresh = context.refreshed();
        await lookUpOnce(context, { lookUp, timeoutMs });
        await waitForNextLookup(context, intervalMs * (1 + jitter * (2 * Math.random() - 1)), refresh);
      }
    },
  };
}

/** Throws DISCOVERY_BAD_OPTION unless `value` is a number of milliseconds above 0. */
export function checkDuration(kind: string, option: string, value: number): void {
  if (value > 0 && value <= 2 ** 31 - 1) return;
  throw new DiscoveryError(
    'DISCOVERY_BAD_OPTION',
    `${kind}: ${option} is ${value}, which is not a valid duration`,
    { value, remedy: `Set ${option} to a number of milliseconds from 1 to ${2 ** 31 - 1}.` },
  );
}

/** Waits for `waitMs`, for `refresh` or for the signal, whichever comes first. */
export async function waitForNextLookup(
  { clock, signal }: StrategyContext,
  waitMs: number,
  refresh?: Promise<void>,
): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(waitMs, resolve);
  const onAbort = (): void => resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  await (refresh === undefined ? promise : Promise.race([promise, refresh]));
  timer.cancel();
  signal.removeEventListener('abort', onAbort);
}

async function lookUpOnce(
  context: StrategyContext,
  { lookUp, timeoutMs }: Pick<PollingStrategyOptions, 'lookUp'> & { readonly timeoutMs: number },
): Promise<void> {
  const { self, clock, signal } = context;
  const late = new AbortController();
  const timer = clock.after(timeoutMs, () => late.abort(tooLate(timeoutMs)));
  const startedAt = clock.now();
  const both = anySignal(signal, late.signal);
  try {
    const { peers, failures } = await lookUp({ self, signal: both });
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
    remedy: 'Check that the source can be reached from here, or raise the timeout (option timeout).',
  });
}
