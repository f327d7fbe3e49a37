/** The nodes beside a node: those of its cluster that this console asks itself. */

import type { NodeView } from '@convoy/console/protocol';
import { canLookInside, findNode, nodes } from '../../nodes/nodes.ts';

/** The node with this name in the cluster of the node `id`, if this console looks into it. */
export function nodeInCluster(id: string, name: string): NodeView | undefined {
  const own = findNode(id);
  if (own === undefined || own.name === name) return own;
  return nodes.value.find((one) => one.cluster === own.cluster && one.name === name && canLookInside(one));
}

/** The nodes of the cluster of `id` that can be asked, itself first. */
export function askableBeside(id: string): readonly NodeView[] {
  const own = findNode(id);
  if (own === undefined) return [];
  const others = nodes.value.filter(
    (one) => one.id !== id && one.cluster === own.cluster && one.status === 'up' && canLookInside(one),
  );
  return [own, ...others];
}
