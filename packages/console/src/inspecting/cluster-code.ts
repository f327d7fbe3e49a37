/** Compares the code that the nodes of a cluster run. */

import { type CodeComparison, createInspector, type InspectAnswer } from '@convoy/cluster/inspect';
import { clusterAsker, type ClusterAskerOptions, nodesOf } from './cluster-asker.ts';

/** The code of a cluster, and how many of its nodes are up. */
export type ClusterCode = Omit<CodeComparison, 'cost'> & { readonly total: number };

/** More nodes are not compared. */
const maxNodes = 100;

/** Names of the nodes of a cluster that may evaluate Erlang and are up, in order. */
export function comparableNodes(options: Pick<ClusterAskerOptions, 'registry'>, cluster: string): string[] {
  return nodesOf(options, cluster)
    .filter(({ status, kind }) => status === 'up' && kind !== 'typescript')
    .map(({ name }) => name)
    .sort();
}

/** Compares these nodes, the first hundred of them. */
export async function compareCode(
  options: ClusterAskerOptions,
  cluster: string,
  names: readonly string[],
): Promise<InspectAnswer<ClusterCode>> {
  const total = names.length;
  if (total === 0) {
    const value = { total, nodes: [], modules: [], differing: 0, problems: {} };
    return { state: 'answered', value, cost: { questions: 0 } };
  }
  const inspector = createInspector(clusterAsker(options, cluster));
  const { cost, ...compared } = await inspector.compareCode(names.slice(0, maxNodes));
  return { state: 'answered', value: { total, ...compared }, cost };
}
