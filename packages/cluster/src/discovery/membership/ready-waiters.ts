/** The callers that wait for enough connected peers, and the error they get when the time is up. */

import type { Clock } from '@convoy/node';
import { DiscoveryError } from '../../strategies/discovery-error.ts';
import type { PeerStatus } from './membership-model.ts';

/** Options of `Discovery.ready`. */
export interface ReadyOptions {
  /** Number of wanted peers that must be connected. Default 1. */
  readonly peers?: number | undefined;
  /** Default: no timeout. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadyWaitersOptions {
  readonly clock: Clock;
  readonly connected: () => number;
  readonly peers: () => readonly PeerStatus[];
  readonly topologies: () => readonly { readonly name: string; readonly lastError: Error | undefined }[];
}

/** Maximum number of reasons in the message. */
const maxReasons = 3;

export class ReadyWaiters {
  readonly #options: ReadyWaitersOptions;
  readonly #waiters = new Map<PromiseWithResolvers<void>, number>();

  constructor(options: ReadyWaitersOptions) {
    this.#options = options;
  }

  async wait({ peers = 1, timeoutMs, signal }: ReadyOptions): Promise<void> {
    signal?.throwIfAborted();
    const { clock, connected } = this.#options;
    if (connected() >= peers) return;
    const waiter = Promise.withResolvers<void>();
    this.#waiters.set(waiter, peers);
    const onTimeout = (): void => waiter.reject(this.#notReady(peers, timeoutMs ?? 0));
    const timer = timeoutMs === undefined ? undefined : clock.after(timeoutMs, onTimeout);
    const onAbort = (): void => waiter.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await waiter.promise;
    } finally {
      this.#waiters.delete(waiter);
      timer?.cancel();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Resolves the waiters that have enough peers. Call it when peers may have come up. */
  check(): void {
    if (this.#waiters.size === 0) return;
    const count = this.#options.connected();
    for (const [waiter, peers] of this.#waiters) if (count >= peers) waiter.resolve();
  }

  close(): void {
    const error = new DiscoveryError(
      'DISCOVERY_CLOSED',
      'discovery was closed before enough peers were connected',
      { remedy: 'Start discovery again.' },
    );
    for (const waiter of this.#waiters.keys()) waiter.reject(error);
  }

  #notReady(wanted: number, timeoutMs: number): DiscoveryError {
    const { connected, peers, topologies } = this.#options;
    const failed = peers().filter(({ lastError }) => lastError !== undefined);
    const reasons = [
      ...topologies().flatMap(({ name, lastError }) =>
        lastError === undefined ? [] : [`${name}: ${lastError.message}`],
      ),
      ...failed.map(({ node, lastError }) => `${node}: ${lastError?.message ?? ''}`),
    ];
    const shown = reasons.slice(0, maxReasons).join('; ');
    const why = shown === '' ? `${peers().length} were found` : shown;
    return new DiscoveryError(
      'DISCOVERY_NOT_READY',
      `${connected()} of ${wanted} peers were connected within ${timeoutMs} ms (${why})`,
      {
        remedy: 'Check the options of the topologies, and run the doctor for a peer that does not connect.',
        cause: failed[0]?.lastError,
      },
    );
  }
}
