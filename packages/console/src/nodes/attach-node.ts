/** Connects the console to a node that is already running, and adds it to the nodes. */

import { type LaunchStep, StepRecorder } from '@convoy/cluster';
import type { AttachRoute } from '../places/place.ts';
import type { NodeRegistry } from './node-registry.ts';
import { kindOf } from './node-rpc.ts';
import type { OwnNode, OwnNodes } from '../own-nodes.ts';

/** What attaching needs from the console. */
export interface AttachOptions {
  readonly own: OwnNodes;
  readonly registry: NodeRegistry;
}

const steps = [
  { name: 'cookie', label: "Read the owner's cookie" },
  { name: 'connect', label: 'Connect through the tunnel' },
  { name: 'prove', label: 'Ask the node what it is' },
] as const;

const connectTimeoutMs = 15_000;

/** Attaches the node. Rejects with the error of the step that failed, after undoing the others. */
export async function attachNode(options: AttachOptions, target: AttachRoute): Promise<void> {
  const { registry } = options;
  const { node: name, place, route, detail, signal } = target;
  const recorded = new Map<string, LaunchStep>();
  const recorder = new StepRecorder(steps, (step) => recorded.set(step.name, step));
  let own: OwnNode | undefined;
  try {
    const { cookie: given } = target;
    const cookie =
      typeof given === 'string'
        ? given
        : await recorder.run('cookie', async () => ({ result: await given() }));
    own = await options.own.forCookie(cookie);
    const { node, routes } = own;
    node.setCookie(name, cookie);
    routes.add(name, route);
    await recorder.run('connect', async () => ({
      result: await node.connect(name, { signal, timeoutMs: connectTimeoutMs }),
      detail,
    }));
    const kind = await recorder.run('prove', async () => {
      const result = await kindOf(node, name);
      return { result, detail: result };
    });
    registry.dispatch({
      kind: 'attached',
      node: name,
      nodeKind: kind,
      place,
      // One own node for each cookie: nodes of another cookie refuse it.
      cluster: `${place.key} ${node.name}`,
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
