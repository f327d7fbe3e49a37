/** Ownership of nodes that we started and that outlive us: such a node stays up as long as its owner is connected, or forever. */

import { waitFor } from '@convoy/node/async';
import { type Node, RemoteError } from '@convoy/node';
import { atom, Pid, type Term, TermMap, tuple } from '@convoy/node/etf';
import { ProviderError } from '../errors.ts';
import type { ProviderNodeKind } from './provider.ts';

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

/** The same, and resolves once the node knows: what it answers afterwards has followed the message on the same connection. */
export async function keepNode(node: Node, name: string, signal: AbortSignal): Promise<void> {
  releaseNode(node, name);
  await waitForBoot(node, name, signal);
}

/** The process id of a node, as the node itself reports it. Rejects if it does not report one. */
export async function osPidOf(
  node: Node,
  {
    name,
    kind,
    signal,
  }: { readonly name: string; readonly kind: ProviderNodeKind; readonly signal: AbortSignal },
): Promise<number> {
  const answer =
    kind === 'typescript'
      ? await node.rpc(name, 'convoy', 'info', [], { signal })
      : await node.rpc(name, 'os', 'getpid', [], { signal });
  const value = answer instanceof TermMap ? answer.get(atom('os_pid')) : digitsIn(answer);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 1) return value;
  throw new ProviderError('PROVIDER_NO_NODE', `${name} does not report its process id`, {
    node: name,
    remedy: 'Stop it by hand.',
  });
}

/** The number that a list of characters shows. */
function digitsIn(text: Term): number {
  const isDigit = (code: Term): code is number => typeof code === 'number' && code >= 0x30 && code <= 0x39;
  return Array.isArray(text) && text.length <= 10 && text.every(isDigit)
    ? Number(String.fromCodePoint(...text))
    : Number.NaN;
}
