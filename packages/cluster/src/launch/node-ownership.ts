/** Ownership of nodes that we started on a host: such a node stays up as long as its owner is connected. */

import { waitFor } from '@convoy/node/async';
import { type Node, RemoteError } from '@convoy/node';
import { atom, Pid, tuple } from '@convoy/node/etf';

const deadMan = 'convoy_deadman';
const pollMs = 50;

/**
 * Waits until the boot program of a node that we started has finished: the node accepts connections a moment earlier, and
 * messages to its processes are lost until then. Throws the last failure when the signal is aborted.
 */
export async function waitForBoot(node: Node, name: string, signal: AbortSignal): Promise<void> {
  const check = async (): Promise<boolean> => {
    try {
      return await isBooted(node, name, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof RemoteError)) throw error;
      return false;
    }
  };
  await waitFor(signal, check, { everyMs: pollMs });
}

/**
 * Whether the node has its worker, which is started last. Tries the functions that a TypeScript node exposes first, because
 * such a node logs every other call as failed.
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
 * Keeps the booted node `name` from exiting by itself while `node` is running and connected. Returns the function that stops
 * doing so.
 */
export function claimNode(node: Node, name: string): () => void {
  const claim = (): void => node.send({ name: deadMan, node: name }, tuple(atom('owner'), node.pid));
  const stop = node.onNodeUp((up) => {
    if (up === name) claim();
  });
  if (node.list('connected').includes(name)) claim();
  return stop;
}

/** Lets a node that we started keep running without an owner. */
export function releaseNode(node: Node, name: string): void {
  node.send({ name: deadMan, node: name }, atom('keep'));
}
