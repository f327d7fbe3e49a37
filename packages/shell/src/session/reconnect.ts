/** Reconnects to a lost node: dials with jittered back-off until it answers or the time is over. */

import type { Node } from '@convoy/node';
import { anySignal, retry } from '@convoy/node/async';

export interface ReconnectOptions {
  readonly node: Node;
  readonly target: string;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

const waits = { firstMs: 100, lastMs: 3000, ref: false } as const;

/** Resolves to whether the node is connected again; to `false` also when the signal aborts. */
export async function reconnect({ node, target, withinMs, signal }: ReconnectOptions): Promise<boolean> {
  const either = anySignal(signal, AbortSignal.timeout(withinMs));
  // Any failure may be temporary: a tunnel may come back, a port may be reopened.
  const dial = (): Promise<void> => node.connect(target, { signal: either });
  return retry(either, dial, waits).then(
    () => true,
    () => false,
  );
}
