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
import { isDeliberateExit } from '../../../launch/child-process.ts';
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
  const settle = (how: Pick<NodeExit, 'code' | 'signal' | 'expected' | 'isDeliberate'>): void => {
    leave();
    ending.abort();
    resolve({ ...how, lastOutput: lastOutput() });
  };
  let isReconnecting = false;
  const checkAndReconnect = async (): Promise<void> => {
    if (isReconnecting) return;
    isReconnecting = true;
    const exit = await reconnect(options, ending.signal);
    isReconnecting = false;
    if (exit !== undefined && !ending.signal.aborted) settle({ ...exit, expected: false });
  };
  const leave = node.onNodeDown((name) => {
    if (name === started.name) void checkAndReconnect();
  });
  return { exited, end: () => settle({ expected: true, isDeliberate: true }) };
}

type Exit = Pick<NodeExit, 'code' | 'signal' | 'isDeliberate'>;

/** Retries until the node is connected again or has exited. Resolves with its exit, or `undefined`, also when the signal aborts. */
async function reconnect(
  { node, tunnel, started }: RemoteWatchOptions,
  signal: AbortSignal,
): Promise<Exit | undefined> {
  // A failure is retried: the tunnel may be down or the node busy.
  const attempt = async (): Promise<Exit | undefined> => {
    const exit = await exitOf(tunnel, started, signal);
    if (exit === undefined) await node.connect(started.name, { signal });
    return exit;
  };
  return retry(signal, attempt, waits).catch(() => undefined);
}

/** How the process exited; `undefined` while it is alive. Waits while the tunnel is down. */
async function exitOf(
  tunnel: SshTunnel,
  { id }: StartedNode,
  signal: AbortSignal,
): Promise<Exit | undefined> {
  const rows = await runScript(tunnel, statusScript(id), { signal });
  return valueOf(rows, 'alive') === 'yes' ? undefined : parseExit(valueOf(rows, 'exit') ?? '');
}

/** The exit status as a shell reports it: 128 and the number of the signal for a process that a signal ended. */
function parseExit(text: string): Exit {
  const status = /^\d{1,3}$/.test(text) ? Number(text) : undefined;
  if (status === undefined) return { isDeliberate: false };
  const signal = status > 128 ? signalNames.get(status - 128) : undefined;
  const isDeliberate = isDeliberateExit(status, signal);
  return signal === undefined ? { code: status, isDeliberate } : { signal, isDeliberate };
}

/** Signals that end a node. Their numbers are the same on all systems. */
const signalNames: ReadonlyMap<number, string> = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [6, 'SIGABRT'],
  [9, 'SIGKILL'],
  [11, 'SIGSEGV'],
  [15, 'SIGTERM'],
]);
