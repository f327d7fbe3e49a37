/** Connects the console to a node that is already running on a host, and adds it to the nodes. */

import { type LaunchStep, StepRecorder } from '@convoy/cluster';
import { type HostReport, portOwnerCheck, readCookie, type SshTunnel } from '@convoy/cluster/ssh';
import type { HostNodeView } from '../protocol/index.ts';
import type { NodeRegistry } from './node-registry.ts';
import { kindOf } from './node-rpc.ts';
import type { OwnNode, OwnNodes } from './own-nodes.ts';

/** What attaching needs from the console. */
export interface AttachOptions {
  readonly own: OwnNodes;
  readonly registry: NodeRegistry;
  /** Default: read from ~/.erlang.cookie of the node's owner. */
  readonly cookie?: string | undefined;
}

/** The host and the node to attach. */
export interface AttachedHost {
  readonly tunnel: SshTunnel;
  readonly report: HostReport;
  /** The node as listed on the host. */
  readonly seen: HostNodeView;
  readonly signal: AbortSignal;
}

const steps = [
  { name: 'cookie', label: "Read the owner's cookie" },
  { name: 'connect', label: 'Connect through the tunnel' },
  { name: 'prove', label: 'Ask the node what it is' },
] as const;

const connectTimeoutMs = 15_000;

/** Attaches the node. Rejects with the error of the step that failed, after undoing the others. */
export async function attachNode(options: AttachOptions, host: AttachedHost): Promise<void> {
  const { registry } = options;
  const { tunnel, report, seen, signal } = host;
  const { name, source, port } = seen;
  const recorded = new Map<string, LaunchStep>();
  const recorder = new StepRecorder(steps, (step) => recorded.set(step.name, step));
  let own: OwnNode | undefined;
  try {
    const cookie =
      options.cookie ?? (await recorder.run('cookie', async () => ({ result: await cookieOf(host) })));
    own = await options.own.forCookie(cookie);
    const { node, routes } = own;
    node.setCookie(name, cookie);
    const { epmdPort } = report;
    // The owner of the cookie learns nothing from a proof of it.
    const accept = options.cookie === undefined ? [seen.user] : [];
    const check = portOwnerCheck(tunnel, { accept });
    const route = source === 'epmd' || port === undefined ? { epmdPort } : { port };
    routes.add(name, { tunnel, check, ...route });
    await recorder.run('connect', async () => ({
      result: await node.connect(name, { signal, timeoutMs: connectTimeoutMs }),
      detail: tunnel.name,
    }));
    const kind = await recorder.run('prove', async () => {
      const result = await kindOf(node, name);
      return { result, detail: result };
    });
    registry.dispatch({
      kind: 'attached',
      node: name,
      nodeKind: kind,
      provider: tunnel.name,
      // One own node for each cookie: nodes of another cookie refuse it.
      cluster: `${tunnel.name} ${node.name}`,
      steps: [...recorded.values()],
      at: Date.now(),
    });
  } catch (error) {
    if (own !== undefined) await forgetNode(options.own, own, name);
    throw error;
  }
}

/** Disconnects from a node and removes its route and cookie. */
export async function forgetNode(nodes: OwnNodes, own: OwnNode, name: string): Promise<void> {
  own.node.disconnect(name);
  own.routes.delete(name);
  own.node.setCookie(name, undefined);
  await nodes.release(own);
}

/** Reads ~/.erlang.cookie of the node's owner on the host. */
export function cookieOf({ tunnel, report, seen, signal }: AttachedHost): Promise<string> {
  const { user } = seen;
  return readCookie(tunnel, { signal, ...(user === undefined || user === report.user ? {} : { user }) });
}
