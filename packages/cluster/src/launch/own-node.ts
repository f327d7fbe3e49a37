/** Tells a node that we started on a host that its owner is there, whenever it is connected, so that it stays. */

import { setTimeout as delay } from 'node:timers/promises';
import { type Node, RemoteError } from '@convoy/node';
import { atom, Pid, tuple } from '@convoy/node/etf';

const deadMan = 'convoy_deadman';
const pollMs = 50;

/**
 * Waits until the boot program of a node that we started is through: the node accepts connections a moment before, and
 * what its processes are sent until then is lost. Throws what the last question failed with when the signal is aborted.
 */
export async function waitForBoot(node: Node, name: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      if (await isBooted(node, name, signal)) return;
    } catch (error) {
      if (signal.aborted || !(error instanceof RemoteError)) throw error;
    }
    await delay(pollMs, undefined, { signal });
  }
}

/**
 * Its worker comes last. A TypeScript node exposes its functions then, and is asked for them first: it writes down what else
 * it is asked for in vain.
 */
export async function isBooted(node: Node, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await node.rpc(name, 'convoy', 'info', [], { signal })) !== undefined;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return (await node.rpc(name, 'erlang', 'whereis', [atom('convoy_worker')], { signal })) instanceof Pid;
  }
}

/**
 * Keeps `name`, which is booted, from ending by itself while `node` lives and is connected. Returns what ends that.
 */
export function ownNode(node: Node, name: string): () => void {
  const tell = (): void => node.send({ name: deadMan, node: name }, tuple(atom('owner'), node.pid));
  const stop = node.onNodeUp((up) => {
    if (up === name) tell();
  });
  if (node.list('connected').includes(name)) tell();
  return stop;
}

/** Lets a node that we started live on without us. */
export function disownNode(node: Node, name: string): void {
  node.send({ name: deadMan, node: name }, atom('keep'));
}
