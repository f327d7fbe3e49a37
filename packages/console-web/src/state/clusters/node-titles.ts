/** What nodes are called: their names, with the cluster where nodes of two clusters have the same name. */

import { computed, type ReadonlySignal } from '@preact/signals';
import { findNode, nodes } from '../nodes/nodes.ts';
import { nameOfId } from '../nodes/node-ids.ts';
import { clusterLabel } from './clusters.ts';

/** The names that nodes of two clusters have. */
const sharedNames: ReadonlySignal<ReadonlySet<string>> = computed(() => {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { name } of nodes.value) (seen.has(name) ? shared : seen).add(name);
  return shared;
});

/** The full name of a node, without its cluster. */
export function nodeName(id: string): string {
  return findNode(id)?.name ?? nameOfId(id);
}

/** The label of the node's cluster, if its name alone does not say which node is meant: another has it, or this one is gone. */
export function distinguishingCluster(id: string): string | undefined {
  const node = findNode(id);
  if (node !== undefined) return sharedNames.value.has(node.name) ? clusterLabel(node.cluster) : undefined;
  const name = nameOfId(id);
  return name === id ? undefined : clusterLabel(id.slice(0, id.length - name.length - 1));
}

/** The name of a node as one text: `app@10.0.0.5`, or `app@10.0.0.5 (prod)`. */
export function nodeTitle(id: string): string {
  const cluster = distinguishingCluster(id);
  return cluster === undefined ? nodeName(id) : `${nodeName(id)} (${cluster})`;
}
