/**
 * Watches a node that we started on a host. When the connection to it ends, checks whether its process is alive and dials
 * until it is connected again. The node counts as ended when the host answers that the process is gone.
 */

import type { Node } from '@convoy/node';
import { retry } from '@convoy/node/async';
import { runScript, valueOf } from '../host/remote-script.ts';
import type { StartedNode } from '../host/start-node.ts';
import { statusScript } from '../host/start-script.ts';
import type { SshTunnel } from '../host/ssh-tunnel.ts';
import type { NodeExit } from '../../../launch/provider.ts';

export interface RemoteWatch {
  /** Resolves, never rejects, when the node or the watch has ended. */
  readonly exited: Promise<NodeExit>;
  /** Ends the watch because the node is expected to end. Idempotent. */
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
  let isReconnecting = false;
  const checkAndReconnect = async (): Promise<void> => {
    if (isReconnecting) return;
    isReconnecting = true;
    const isGone = (await reconnect(options, ending.signal)) === 'gone';
    isReconnecting = false;
    if (isGone && !ending.signal.aborted) settle(false);
  };
  const leave = node.onNodeDown((name) => {
    if (name === started.name) void checkAndReconnect();
  });
  return { exited, end: () => settle(true) };
}

/** Retries until the node is connected again, is known to have ended, or the signal aborts. */
async function reconnect(
  { node, tunnel, started }: RemoteWatchOptions,
  signal: AbortSignal,
): Promise<'connected' | 'gone' | 'cancelled'> {
  // A failure is retried: the tunnel may be down or the node busy.
  const attempt = async (): Promise<'connected' | 'gone'> => {
    if (!(await isAlive(tunnel, started, signal))) return 'gone';
    await node.connect(started.name, { signal });
    return 'connected';
  };
  return retry(signal, attempt, waits).catch(() => 'cancelled' as const);
}

/** Waits while the tunnel is down. */
async function isAlive(tunnel: SshTunnel, { id }: StartedNode, signal: AbortSignal): Promise<boolean> {
  return valueOf(await runScript(tunnel, statusScript(id), { signal }), 'alive') === 'yes';
}
