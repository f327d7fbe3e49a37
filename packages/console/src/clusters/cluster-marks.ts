/** How a cluster is marked for people: its label, its colour, whether it is production, and whether users may act in it. Pure. */

import {
  type AttachClusterRequest,
  type ClusterChangeRequest,
  type ClusterColor,
  clusterColors,
} from '../protocol/index.ts';
import { splitNodeName } from '@convoy/node/names';

/** The marks of a cluster. */
export interface ClusterMarks {
  readonly label: string;
  readonly color: ClusterColor;
  readonly production: boolean;
  /** Whether users may act inside of its nodes. */
  readonly acting: boolean;
}

/** The marks of a cluster that has none yet. */
export function marksOf(id: string, color: ClusterColor): ClusterMarks {
  return { label: id, color, production: false, acting: true };
}

/** The marks after a change. Marking a cluster as production turns acting off, and removing the mark turns it on, unless the change says otherwise. */
export function changedMarks(marks: ClusterMarks, change: ClusterChangeRequest): ClusterMarks {
  const production = change.production ?? marks.production;
  return {
    label: change.label ?? marks.label,
    color: change.color ?? marks.color,
    production,
    acting: change.acting ?? (production === marks.production ? marks.acting : !production),
  };
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
