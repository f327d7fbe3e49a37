/**
 * Watches a node whose process is not our child. When the connection to it ends, asks its machine whether its process is
 * alive, and dials until it is connected again. The node counts as ended when the machine answers that the process is gone.
 */

import type { Node } from '@convoy/node';
import { retry } from '@convoy/node/async';
import { isDeliberateExit } from './child-process.ts';
import type { NodeExit } from './provider.ts';

/** A watch of one node. */
export interface NodeWatch {
  /** Resolves, never rejects, when the node or the watch has ended. */
  readonly exited: Promise<NodeExit>;
  /** Ends the watch because the node is expected to end. Idempotent. */
  end(): void;
}

/** How a process exited, as far as it is known. */
export type ProcessExit = Pick<NodeExit, 'code' | 'signal' | 'reason' | 'isDeliberate'>;

/** Options of `watchNode`. */
export interface NodeWatchOptions {
  readonly node: Node;
  /** Full name of the watched node. */
  readonly name: string;
  /** How the process exited; `undefined` while it is alive. A rejection is retried. */
  readonly exitOf: (signal: AbortSignal) => Promise<ProcessExit | undefined>;
  readonly lastOutput: () => readonly string[] | Promise<readonly string[]>;
}

const waits = { firstMs: 100, lastMs: 5000, ref: false } as const;

export function watchNode(options: NodeWatchOptions): NodeWatch {
  const { node, name, lastOutput } = options;
  const { promise: exited, resolve } = Promise.withResolvers<NodeExit>();
  const ending = new AbortController();
  const settle = (how: Omit<NodeExit, 'lastOutput'>): void => {
    leave();
    ending.abort();
    void Promise.resolve(lastOutput()).then((lines) => resolve({ ...how, lastOutput: lines }));
  };
  let isReconnecting = false;
  const checkAndReconnect = async (): Promise<void> => {
    if (isReconnecting) return;
    isReconnecting = true;
    const exit = await reconnect(options, ending.signal);
    isReconnecting = false;
    if (exit !== undefined && !ending.signal.aborted) settle({ ...exit, expected: false });
  };
  const leave = node.onNodeDown((down) => {
    if (down === name) void checkAndReconnect();
  });
  return { exited, end: () => settle({ expected: true, isDeliberate: true }) };
}

/** Retries until the node is connected again or has exited. Resolves with its exit, or `undefined`, also when the signal aborts. */
async function reconnect(
  { node, name, exitOf }: NodeWatchOptions,
  signal: AbortSignal,
): Promise<ProcessExit | undefined> {
  // A failure is retried: its machine may not be reachable, or the node busy.
  const attempt = async (): Promise<ProcessExit | undefined> => {
    const exit = await exitOf(signal);
    if (exit === undefined) await node.connect(name, { signal });
    return exit;
  };
  return retry(signal, attempt, waits).catch(() => undefined);
}

/** An exit status as a shell reports it: 128 and the number of the signal for a process that a signal ended. */
export function parseExit(text: string): ProcessExit {
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
