/** Joins a launched node to the others of its provider: the console asks it to connect, or it discovers them by itself. */

import { waitFor } from '@convoy/node/async';
import type { Node } from '@convoy/node';
import { problemOf } from '../../errors.ts';
import type { NodeKind } from '../../protocol/index.ts';
import { askToConnect, observeNode } from '../node-rpc.ts';

interface Joining {
  /** Why it is not connected to members that do answer. */
  readonly failures: readonly string[];
  /** Members that do not answer the console either; the launch did not wait for them. */
  readonly silent: readonly string[];
  /** One line for people. */
  readonly detail: string;
}

interface Asked {
  readonly name: string;
  readonly kind: NodeKind;
  /** Rejects if the name of a node would lead its peers to another process. */
  readonly checkName?: ((node: string) => Promise<void>) | undefined;
  /** Whether a node does not answer the console either. A node that hangs would hold up the launch until the dial times out. */
  readonly isSilent: (node: string) => Promise<boolean>;
}

const findTimeoutMs = 30_000;
const pollMs = 250;
const askTimeoutMs = 5000;

/** Asks the node to connect to each of the others. */
export async function connectAll(node: Node, asked: Asked, others: readonly string[]): Promise<Joining> {
  const outcomes = await Promise.all(others.map((other) => connectTo(node, asked, other)));
  const failures = outcomes
    .filter((outcome) => outcome instanceof Error)
    .map((why) => problemOf(why).message);
  const silent = others.filter((_, index) => outcomes[index] === 'silent');
  const connected = outcomes.filter((outcome) => outcome === 'connected').length;
  return {
    failures,
    silent,
    detail: [`connected to ${connected}`, ...failures, ...describeSilent(silent)].join('; '),
  };
}

type Outcome = 'connected' | 'silent' | Error;

async function connectTo(node: Node, asked: Asked, other: string): Promise<Outcome> {
  const connect = async (): Promise<Outcome> => {
    await asked.checkName?.(other);
    await askToConnect(node, asked, other);
    return 'connected';
  };
  const connecting = connect().catch((error: unknown) => error as Error);
  const silence = asked.isSilent(other);
  const withoutSilent = silence.then((isSilent): Outcome | Promise<Outcome> =>
    isSilent ? 'silent' : connecting,
  );
  const first = await Promise.race([connecting, withoutSilent]);
  return first instanceof Error && (await silence) ? 'silent' : first;
}

/** Waits up to 30 seconds until the node is connected to each of the others. */
export async function waitForPeers(node: Node, asked: Asked, others: readonly string[]): Promise<Joining> {
  const deadline = performance.now() + findTimeoutMs;
  const check = async (): Promise<Joining | undefined> => {
    const peers = await peersOf(node, asked);
    const missing = others.filter((other) => !peers.includes(other));
    const isSilent = await Promise.all(missing.map(asked.isSilent));
    const silent = missing.filter((_, index) => isSilent[index]);
    const undiscovered = missing.filter((other) => !silent.includes(other));
    const isOver = performance.now() >= deadline;
    if (undiscovered.length > 0 && !isOver) return undefined;
    const failures = undiscovered.map((other) => `it has not discovered ${other}`);
    const found = `discovered ${others.length - missing.length}`;
    return { failures, silent, detail: [found, ...failures, ...describeSilent(silent)].join('; ') };
  };
  return waitFor(undefined, check, { everyMs: pollMs });
}

function describeSilent(silent: readonly string[]): string[] {
  if (silent.length === 0) return [];
  return [`without ${silent.join(', ')}, which ${silent.length === 1 ? 'does' : 'do'} not answer`];
}

async function peersOf(node: Node, asked: Asked): Promise<readonly string[]> {
  try {
    return (await observeNode(node, asked, askTimeoutMs)).peers;
  } catch {
    // The node may be restarting; keep trying until the deadline.
    return [];
  }
}
