/**
 * Watches a node that we started on a host: when its connection ends, looks whether its process lives, and dials until it
 * is back. A process that is gone, while the host can be asked, is the end of the node.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Node } from '@convoy/node';
import { runScript, valueOf } from '../host/remote-script.ts';
import type { StartedNode } from '../host/start-node.ts';
import { lookScript } from '../host/start-script.ts';
import type { SshTunnel } from '../host/ssh-tunnel.ts';
import type { NodeExit } from '../../../launch/provider.ts';

export interface RemoteWatch {
  /** Resolves, never rejects, when the node has ended, or the watch. */
  readonly exited: Promise<NodeExit>;
  /** Ends the watch: the end of the node is expected. Idempotent. */
  end(): void;
}

export interface RemoteWatchOptions {
  readonly node: Node;
  readonly tunnel: SshTunnel;
  readonly started: StartedNode;
  readonly lastOutput: () => readonly string[];
}

const firstWaitMs = 100;
const longestWaitMs = 5000;

export function watchRemoteNode(options: RemoteWatchOptions): RemoteWatch {
  const { node, started, lastOutput } = options;
  const { promise: exited, resolve } = Promise.withResolvers<NodeExit>();
  const ending = new AbortController();
  const settle = (expected: boolean): void => {
    leave();
    ending.abort();
    resolve({ expected, lastOutput: lastOutput() });
  };
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    const isGone = (await getBack(options, ending.signal)) === 'gone';
    isLooking = false;
    if (isGone && !ending.signal.aborted) settle(false);
  };
  const leave = node.onNodeDown((name) => {
    if (name === started.name) void look();
  });
  return { exited, end: () => settle(true) };
}

/** Until it is connected again, or known to have ended, or nobody wants to know any more. */
async function getBack(
  { node, tunnel, started }: RemoteWatchOptions,
  signal: AbortSignal,
): Promise<'back' | 'gone' | 'ended'> {
  for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      if (!(await isAlive(tunnel, started, signal))) return 'gone';
      await node.connect(started.name, { signal });
      return 'back';
    } catch {
      // The tunnel is down, or the node is busy: the next turn tells.
    }
    const jittered = waitMs * (0.5 + Math.random() / 2);
    await delay(jittered, undefined, { signal, ref: false }).catch(() => undefined);
  }
  return 'ended';
}

/** Waits while the tunnel is down. */
async function isAlive(tunnel: SshTunnel, { id }: StartedNode, signal: AbortSignal): Promise<boolean> {
  return valueOf(await runScript(tunnel, lookScript(id), { signal }), 'alive') === 'yes';
}
