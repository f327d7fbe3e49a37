/** Reconnects to a lost node: dials with jittered back-off until it answers, is known to have ended, or the time is over. */

import { ConnectionError, type Node } from '@convoy/node';
import { anySignal, retry } from '@convoy/node/async';

export interface ReconnectOptions {
  readonly node: Node;
  readonly target: string;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** `ended`: the EPMD of the node's host no longer knows it. `lost`: the time is over, or the signal has aborted. */
export type Reconnection = 'connected' | 'ended' | 'lost';

const waits = { firstMs: 100, lastMs: 3000, ref: false } as const;
/** How long a node must be unknown. After a restart, EPMD does not know a running node before the node has registered again. */
const unknownMs = 3000;

export async function reconnect(options: ReconnectOptions): Promise<Reconnection> {
  const { node, target, withinMs, signal } = options;
  const either = anySignal(signal, AbortSignal.timeout(withinMs));
  let unknownSince: number | undefined;
  const dial = async (): Promise<Reconnection> => {
    try {
      await node.connect(target, { signal: either });
      return 'connected';
    } catch (error) {
      unknownSince = isUnknown(error) ? (unknownSince ?? performance.now()) : undefined;
      if (unknownSince !== undefined && performance.now() - unknownSince >= unknownMs) return 'ended';
      // Any other failure may be temporary: a tunnel may come back, a port may be reopened.
      throw error;
    }
  };
  return retry(either, dial, waits).catch(() => 'lost' as const);
}

function isUnknown(error: unknown): boolean {
  return error instanceof ConnectionError && error.code === 'CONNECTION_NAME_UNKNOWN';
}
