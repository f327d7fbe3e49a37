/** Joins a launched node to the others of its provider: the console asks it to connect, or it discovers them by itself. */

import { waitFor } from '@convoy/node/async';
import type { Node } from '@convoy/node';
import { problemOf } from '../errors.ts';
import type { NodeKind } from '../protocol/index.ts';
import { askToConnect, observeNode } from './node-rpc.ts';

interface Joining {
  /** Number of the others that it is not connected to. */
  readonly failures: number;
  /** One line for people. */
  readonly detail: string;
}

interface Asked {
  readonly name: string;
  readonly kind: NodeKind;
  /** Rejects if the name of a node would lead its peers to another process. */
  readonly checkName?: ((node: string) => Promise<void>) | undefined;
}

const findTimeoutMs = 30_000;
const pollMs = 250;
const askTimeoutMs = 5000;

/** Asks the node to connect to each of the others. */
export async function connectAll(node: Node, asked: Asked, others: readonly string[]): Promise<Joining> {
  const connect = async (other: string): Promise<void> => {
    await asked.checkName?.(other);
    await askToConnect(node, asked, other);
  };
  const outcomes = await Promise.allSettled(others.map(connect));
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
  const detail =
    failed.length > 0
      ? failed.map(({ reason }) => problemOf(reason).message).join('; ')
      : `connected to ${others.length}`;
  return { failures: failed.length, detail };
}

/** Waits up to 30 seconds until the node is connected to each of the others. */
export async function waitForPeers(node: Node, asked: Asked, others: readonly string[]): Promise<Joining> {
  const deadline = performance.now() + findTimeoutMs;
  const check = async (): Promise<Joining | undefined> => {
    const peers = await peersOf(node, asked);
    const missing = others.filter((other) => !peers.includes(other));
    const found = others.length - missing.length;
    if (missing.length === 0) return { failures: 0, detail: `discovered ${found}` };
    if (performance.now() < deadline) return undefined;
    return { failures: missing.length, detail: `discovered ${found}, but not ${missing.join(', ')}` };
  };
  return waitFor(undefined, check, { everyMs: pollMs });
}

async function peersOf(node: Node, asked: Asked): Promise<readonly string[]> {
  try {
    return (await observeNode(node, asked, askTimeoutMs)).peers;
  } catch {
    // The node may be restarting; keep trying until the deadline.
    return [];
  }
}
