/** The clusters of the console as a table for people. Pure. */

import type { ClusterView } from '@convoy/console/protocol';
import { formatTable } from '../../output.ts';

/** A row for each cluster, and below them what is wrong with those that are not connected. */
export function clusterTable(clusters: readonly ClusterView[]): string {
  const rows = clusters.map((cluster) => [
    cluster.id,
    cluster.label,
    cluster.state,
    cluster.entry ?? '',
    cluster.color,
    markOf(cluster),
    wayOf(cluster),
  ]);
  const heads = ['CLUSTER', 'LABEL', 'STATE', 'ENTRY', 'COLOUR', 'MARK', 'WAY'];
  const problems = clusters.flatMap(({ id, problem }) =>
    problem === undefined ? [] : [`${id}: ${problem.message} [${problem.code}]`],
  );
  return [formatTable([heads, ...rows]), ...problems].join('\n');
}

/** `production`, `production, acting`, `no acting`; empty for a cluster that is as clusters are at first. */
function markOf({ production, acting }: ClusterView): string {
  if (production) return acting ? 'production, acting' : 'production';
  return acting ? '' : 'no acting';
}

/** `direct, tls6`, `ssh://ops@db1`, `direct, by dns`; empty for the nodes that the console launches on its own computer. */
function wayOf({ kind, id, request }: ClusterView): string {
  if (kind === 'own') return '';
  if (request === undefined) return id;
  const { via = 'direct', proto, port, discover } = request;
  const strategies = discover.map((text) => text.split(':', 1)[0] ?? text);
  return [
    via,
    ...(proto === 'inet' ? [] : [proto]),
    ...(port === undefined ? [] : [`port ${port}`]),
    ...(strategies.length === 0 ? [] : [`by ${strategies.join(' and ')}`]),
  ].join(', ');
}
