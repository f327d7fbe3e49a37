/** Gets a node back that was lost: dials with jittered back-off until it answers or the time is over. */
import type { Node } from '@convoy/node';
import { anySignal, retry } from '@convoy/node/async';

export interface ReconnectOptions {
  readonly node: Node;
  readonly target: string;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

const waits = { firstMs: 100, lastMs: 3000, ref: false } as const;

/** Whether it is connected again; `false` as well when the signal ended the attempts. */
export async function reconnect({ node, target, withinMs, signal }: ReconnectOptions): Promise<boolean> {
  const either = anySignal(signal, AbortSignal.timeout(withinMs));
  // Whatever it was may be over the next time: a tunnel that comes back, a port that is opened again.
  const dial = (): Promise<void> => node.connect(target, { signal: either });
  return retry(either, dial, waits).then(
    () => true,
    () => false,
  );
}
