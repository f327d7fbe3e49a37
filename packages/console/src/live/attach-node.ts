/** Connects the console to a node that runs on a host already, step by step, and shows it among the nodes. */

import { type LaunchStep, StepRecorder } from '@convoy/cluster';
import { type HostReport, portOwnerCheck, readCookie, type SshTunnel } from '@convoy/cluster/ssh';
import type { HostNodeView } from '../protocol/index.ts';
import type { NodeBoard } from './node-board.ts';
import { kindOf } from './node-questions.ts';
import type { OwnNode, OwnNodes } from './own-nodes.ts';

export interface AttachOptions {
  readonly own: OwnNodes;
  readonly board: NodeBoard;
  /** Left out: read from ~/.erlang.cookie of the node's owner. */
  readonly cookie?: string | undefined;
}

export interface AttachedHost {
  readonly tunnel: SshTunnel;
  readonly report: HostReport;
  /** The node, as it was seen there. */
  readonly seen: HostNodeView;
  readonly signal: AbortSignal;
}

const steps = [
  { name: 'cookie', label: 'Read the cookie of its owner' },
  { name: 'connect', label: 'Connect through the tunnel' },
  { name: 'prove', label: 'Ask the node what it is' },
] as const;

const connectTimeoutMs = 15_000;

/** Rejects with the error of the step that failed; nothing of the attempt is left then. */
export async function attachNode(options: AttachOptions, host: AttachedHost): Promise<void> {
  const { board } = options;
  const { tunnel, report, seen, signal } = host;
  const { name, source, port } = seen;
  const told = new Map<string, LaunchStep>();
  const recorder = new StepRecorder(steps, (step) => told.set(step.name, step));
  let own: OwnNode | undefined;
  try {
    const cookie =
      options.cookie ?? (await recorder.run('cookie', async () => ({ result: await cookieOf(host) })));
    own = await options.own.forCookie(cookie);
    const { node, routes } = own;
    node.setCookie(name, cookie);
    const { epmdPort } = report;
    // A user who is shown the proof of a cookie of their own learns nothing by it.
    const accept = options.cookie === undefined ? [seen.user] : [];
    const check = portOwnerCheck(tunnel, { accept });
    const way = source === 'epmd' || port === undefined ? { epmdPort } : { port };
    routes.add(name, { tunnel, check, ...way });
    await recorder.run('connect', async () => ({
      result: await node.connect(name, { signal, timeoutMs: connectTimeoutMs }),
      detail: tunnel.name,
    }));
    const kind = await recorder.run('prove', async () => {
      const result = await kindOf(node, name);
      return { result, detail: result };
    });
    board.dispatch({
      kind: 'attached',
      node: name,
      nodeKind: kind,
      provider: tunnel.name,
      steps: [...told.values()],
      at: Date.now(),
    });
  } catch (error) {
    if (own !== undefined) await forgetNode(options.own, own, name);
    throw error;
  }
}

/** Ends the connection and takes back what led to it. */
export async function forgetNode(nodes: OwnNodes, own: OwnNode, name: string): Promise<void> {
  own.node.disconnect(name);
  own.routes.delete(name);
  own.node.setCookie(name, undefined);
  await nodes.release(own);
}

/** Read from ~/.erlang.cookie of the node's owner on its host. */
export function cookieOf({ tunnel, report, seen, signal }: AttachedHost): Promise<string> {
  const { user } = seen;
  return readCookie(tunnel, { signal, ...(user === undefined || user === report.user ? {} : { user }) });
}
