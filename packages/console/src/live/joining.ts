/** How a node that was launched comes to the others of its provider: it is told to, or finds them by itself. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Node } from '@convoy/node';
import { problemOf } from '../errors.ts';
import type { NodeKind } from '../protocol/index.ts';
import { askToConnect, observeNode } from './node-questions.ts';

interface Joining {
  /** How many of the others it is not connected with. */
  readonly failures: number;
  /** One line for people. */
  readonly detail: string;
}

interface Asked {
  readonly name: string;
  readonly kind: NodeKind;
  /** Rejects when others would be led elsewhere by the name of a node. */
  readonly checkName?: ((node: string) => Promise<void>) | undefined;
}

const findTimeoutMs = 30_000;
const lookMs = 250;
const askTimeoutMs = 5000;

/** Tells it to connect to each of them. */
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

/** Looks until it is connected with each of them, for half a minute. */
export async function untilFound(node: Node, asked: Asked, others: readonly string[]): Promise<Joining> {
  const deadline = performance.now() + findTimeoutMs;
  for (;;) {
    const peers = await peersOf(node, asked);
    const missing = others.filter((other) => !peers.includes(other));
    const found = others.length - missing.length;
    if (missing.length === 0) return { failures: 0, detail: `found ${found}, by itself` };
    if (performance.now() > deadline) {
      return { failures: missing.length, detail: `found ${found}, but not ${missing.join(', ')}` };
    }
    await delay(lookMs);
  }
}

async function peersOf(node: Node, asked: Asked): Promise<readonly string[]> {
  try {
    return (await observeNode(node, asked, askTimeoutMs)).peers;
  } catch {
    // It may be restarting; the deadline decides.
    return [];
  }
}
