/** Gets a node back that was lost: dials with jittered back-off until it answers or the time is over. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Node } from '@convoy/node';

export interface ReconnectOptions {
  readonly node: Node;
  readonly target: string;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

const firstWaitMs = 100;
const longestWaitMs = 3000;

/** Whether it is connected again; `false` as well when the signal ended the attempts. */
export async function reconnect({ node, target, withinMs, signal }: ReconnectOptions): Promise<boolean> {
  const deadline = AbortSignal.timeout(withinMs);
  const either = AbortSignal.any([signal, deadline]);
  for (let waitMs = firstWaitMs; !either.aborted; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      await node.connect(target, { signal: either });
      return true;
    } catch {
      // Whatever it was may be over the next time: a tunnel that comes back, a port that is opened again.
    }
    const jittered = waitMs * (0.5 + Math.random() / 2);
    await delay(jittered, undefined, { signal: either, ref: false }).catch(() => undefined);
  }
  return false;
}
