/**
 * Watches a node that we started on a host: when its connection ends, looks whether its process lives, and dials until it
 * is back. A process that is gone, while the host can be asked, is the end of the node.
 */

import type { Node } from '@convoy/node';
import { retry } from '@convoy/node/async';
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

const waits = { firstMs: 100, lastMs: 5000, ref: false } as const;

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
  // What fails, because the tunnel is down or the node busy, is tried again.
  const look = async (): Promise<'back' | 'gone'> => {
    if (!(await isAlive(tunnel, started, signal))) return 'gone';
    await node.connect(started.name, { signal });
    return 'back';
  };
  return retry(signal, look, waits).catch(() => 'ended' as const);
}

/** Waits while the tunnel is down. */
async function isAlive(tunnel: SshTunnel, { id }: StartedNode, signal: AbortSignal): Promise<boolean> {
  return valueOf(await runScript(tunnel, lookScript(id), { signal }), 'alive') === 'yes';
}
