/** How a cluster is marked for people: its label, its colour, whether it is production. Pure. */

import { type AttachClusterRequest, type ClusterColor, clusterColors } from '../protocol/index.ts';
import { splitNodeName } from '@convoy/node/names';

/** The marks of a cluster. */
export interface ClusterMarks {
  readonly label: string;
  readonly color: ClusterColor;
  readonly production: boolean;
}

/** The marks of a cluster that has none yet. */
export function marksOf(id: string, color: ClusterColor): ClusterMarks {
  return { label: id, color, production: false };
}

/** The colour that the fewest clusters have; the first of those. */
export function freeColor(taken: readonly ClusterColor[]): ClusterColor {
  const counts = clusterColors.map((color) => taken.filter((one) => one === color).length);
  return clusterColors[counts.indexOf(Math.min(...counts))] ?? 'blue';
}

/** A free name for a cluster: the first node's name without its host, or that of the strategy. */
export function freeName(
  { nodes: [node], discover: [strategy] }: Pick<AttachClusterRequest, 'nodes' | 'discover'>,
  isTaken: (name: string) => boolean,
): string {
  const source = node === undefined ? (strategy?.split(':', 1)[0] ?? 'cluster') : splitNodeName(node).name;
  const base = source
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 36);
  const first = base === '' ? 'cluster' : base;
  let name = first;
  for (let number = 2; isTaken(name); number += 1) name = `${first}-${number}`;
  return name;
}
