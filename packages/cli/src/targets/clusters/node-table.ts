/** The nodes of the console as a table for people. Pure. */

import type { ClusterView, NodeView } from '@convoy/console/protocol';
import { formatTable } from '../../output.ts';

type ListedCluster = Pick<ClusterView, 'id' | 'label' | 'production' | 'state' | 'problem' | 'kind'>;

/** More names would make lines that wrap several times. */
const shownMissing = 3;

/** The nodes by cluster, in the order of the clusters; the cluster has a column if there are nodes of others than the console's own. */
export function nodeTable(nodes: readonly NodeView[], clusters: readonly ListedCluster[]): string {
  const notes = clusters.flatMap((cluster) => clusterNote(cluster) ?? []);
  if (nodes.length === 0) return [noNodes, ...notes].join('\n');
  const isSeveral = nodes.some(isElsewhere);
  const hasRelease = nodes.some(({ release }) => release !== undefined);
  const byId = new Map(clusters.map((cluster) => [cluster.id, cluster]));
  const row = (node: NodeView): string[] => [
    node.id,
    ...(isSeveral ? [clusterCell(node, byId.get(node.cluster))] : []),
    node.kind,
    statusCell(node),
    node.version ?? '',
    ...(hasRelease ? [node.release === undefined ? '' : `${node.release.name} ${node.release.version}`] : []),
    node.peers.join(' '),
  ];
  const heads = [
    'NODE',
    ...(isSeveral ? ['CLUSTER'] : []),
    'KIND',
    'STATUS',
    'VERSION',
    ...(hasRelease ? ['RELEASE'] : []),
    'PEERS',
  ];
  const rows = inClusters(nodes, clusters).map(row);
  return [formatTable([heads, ...rows]), ...notes].join('\n');
}

const noNodes =
  'No nodes. Launch one with `convoy launch ts`, or attach a running cluster with `convoy attach NODE`.';

/** `up`, `up, hidden`, `up, apart from web@10.0.0.6`, `left`. */
function statusCell({ status, isHidden, missing = [] }: NodeView): string {
  const shown = missing.slice(0, shownMissing).join(' ');
  const more = missing.length > shownMissing ? ` and ${missing.length - shownMissing} more` : '';
  return [
    status,
    ...(isHidden === true ? ['hidden'] : []),
    ...(missing.length > 0 ? [`apart from ${shown}${more}`] : []),
  ].join(', ');
}

function clusterCell({ cluster }: NodeView, found: ListedCluster | undefined): string {
  const label = found === undefined || found.label === cluster ? cluster : `${found.label} (${cluster})`;
  return found?.production === true ? `${label}, production` : label;
}

/** A line for an attached cluster whose nodes are not all that there is to see. */
function clusterNote({ id, kind, state, problem }: ListedCluster): string | undefined {
  if (kind !== 'attached' || state === 'up') return undefined;
  const what = {
    connecting: 'is being connected',
    down: 'is not connected',
    failed: 'could not be attached',
  }[state];
  return `${id} ${what}${problem === undefined ? '' : `: ${problem.message} [${problem.code}]`}`;
}

/** Whether a node is in a cluster that the console has attached, or belongs to another console with the same store. */
function isElsewhere({ origin }: NodeView): boolean {
  return origin === 'member' || origin === 'shared';
}

/** Keeps the order of the nodes within a cluster. */
function inClusters(nodes: readonly NodeView[], clusters: readonly ListedCluster[]): readonly NodeView[] {
  const order = new Map(clusters.map(({ id }, index) => [id, index]));
  const place = ({ cluster }: NodeView): number => order.get(cluster) ?? clusters.length;
  // Without other clusters the console's own order stands: launched nodes, then discovered ones.
  if (!nodes.some(isElsewhere)) return nodes;
  return nodes.toSorted((a, b) => place(a) - place(b));
}
