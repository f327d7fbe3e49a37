/** Who asks the nodes of a cluster by their names: each in its own way. */

import { type Asker, MembersError } from '@convoy/cluster/inspect';
import { ConsoleError } from '../errors.ts';
import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { NodeView } from '../protocol/index.ts';
import { type AskerOptions, findAsker } from './node-asker.ts';

/** Options of `clusterAsker`. */
export interface ClusterAskerOptions extends AskerOptions {
  readonly registry: Pick<NodeRegistry, 'find' | 'views'>;
}

/** The nodes of a cluster that this console itself reaches. */
export function nodesOf({ registry }: Pick<ClusterAskerOptions, 'registry'>, cluster: string): NodeView[] {
  return registry.views().filter((node) => node.cluster === cluster && node.origin !== 'shared');
}

/** Asks nodes of a cluster by name. One that cannot be asked rejects with MEMBERS_UNKNOWN_NODE, so that others answer nevertheless. */
export function clusterAsker(options: ClusterAskerOptions, cluster: string): Asker {
  return {
    async ask(name, call, asking) {
      return askerOf(options, cluster, name).ask(name, call, asking);
    },
  };
}

function askerOf(options: ClusterAskerOptions, cluster: string, name: string): Asker {
  const node = nodesOf(options, cluster).find((one) => one.name === name);
  if (node === undefined) {
    throw new MembersError('MEMBERS_UNKNOWN_NODE', `${cluster} has no node ${name}`, {
      node: name,
      remedy: 'GET /api/nodes lists the nodes.',
    });
  }
  try {
    return findAsker(options, node.id).asker;
  } catch (cause) {
    if (!(cause instanceof ConsoleError)) throw cause;
    const { message, remedy } = cause;
    throw new MembersError('MEMBERS_UNKNOWN_NODE', message, { node: name, remedy, cause });
  }
}
