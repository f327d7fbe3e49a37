/** Who asks a node: the console's own node over its connection, or the entry of its cluster if that was attached. */

import { type Asker, askDirectly } from '@convoy/cluster/inspect';
import { ConsoleError } from '../errors.ts';
import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { OwnNodes } from '../own-nodes.ts';
import type { NodeStatus, NodeView } from '../protocol/index.ts';

/** Options of `findAsker`. */
export interface AskerOptions {
  readonly registry: Pick<NodeRegistry, 'find'>;
  readonly own: Pick<OwnNodes, 'of'>;
  /** Who asks the members of an attached cluster. Throws CONSOLE_NOT_FOUND or CONSOLE_NODE_NOT_UP. */
  readonly askerOf: (cluster: string) => Asker;
}

/** A node that can be asked, and what asks it. */
export interface AskableNode {
  readonly name: string;
  readonly asker: Asker;
}

/** A node that has missed its last probes may be busy, which is when one wants to look into it. */
const askable: ReadonlySet<NodeStatus> = new Set(['up', 'unreachable']);

/** Finds the node with this id, and who asks it. Throws CONSOLE_NOT_FOUND or CONSOLE_NODE_NOT_UP. */
export function findAsker({ registry, own, askerOf }: AskerOptions, id: string): AskableNode {
  const node = registry.find(id);
  if (node === undefined) {
    throw new ConsoleError('CONSOLE_NOT_FOUND', `this console has no node ${id}`, {
      remedy: 'GET /api/nodes lists the nodes.',
    });
  }
  if (!askable.has(node.status)) throw notUp(node);
  const { name, origin, cluster } = node;
  return { name, asker: origin === 'member' ? askerOf(cluster) : askDirectly(own.of(name).node) };
}

function notUp({ id, status, problem }: NodeView): ConsoleError {
  const remedies: Readonly<Partial<Record<NodeStatus, string>>> = {
    launching: 'Wait until it is up.',
    stopping: 'It is being stopped. Launch it again to look into it.',
  };
  return new ConsoleError('CONSOLE_NODE_NOT_UP', `${id} is ${status}, so it cannot be asked`, {
    remedy: remedies[status] ?? problem?.remedy ?? 'Start it again to look into it.',
  });
}
