/** The rows of the table of nodes: which are shown, in which order, and in which groups. Pure. */

import type { NodeStatus, NodeView } from '@convoy/console/protocol';
import type { FilterKey, NodeFilters, Sort, SortColumn } from '../page/table-view.ts';
import { kindNames, statusNames } from './nodes.ts';

/** Nodes of one cluster in one place. */
export interface NodeGroup {
  readonly key: string;
  readonly cluster: string;
  readonly place: NodeView['place'];
  /** Whether all nodes of the cluster are in this place. */
  readonly isWholeCluster: boolean;
  readonly nodes: readonly NodeView[];
}

/** The key of the group that a node belongs to. */
export function groupKeyOf({ cluster, place }: NodeView): string {
  return cluster === place.key ? cluster : `${cluster} ${place.key}`;
}

/** The nodes in groups: those of this computer first, then by the names of clusters and places. */
export function groupNodes(nodes: readonly NodeView[]): readonly NodeGroup[] {
  const groups = new Map<string, NodeView[]>();
  for (const node of nodes) {
    const key = groupKeyOf(node);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  const made = [...groups].flatMap(([key, members]) => {
    const [first] = members;
    if (first === undefined) return [];
    const isWholeCluster = nodes.every(
      (node) => node.cluster !== first.cluster || node.place.key === first.place.key,
    );
    return [{ key, cluster: first.cluster, place: first.place, isWholeCluster, nodes: members }];
  });
  return made.sort((a, b) => rankOf(a) - rankOf(b) || (a.key < b.key ? -1 : 1));
}

function rankOf({ cluster, place }: Pick<NodeGroup, 'cluster' | 'place'>): number {
  if (cluster !== 'local') return 2;
  return place.key === 'local' ? 0 : 1;
}

/** The nodes that fit all filters. */
export function filterNodes(nodes: readonly NodeView[], filters: NodeFilters): readonly NodeView[] {
  const words = filters.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return nodes.filter(
    (node) => fitsChoices(node, filters) && words.every((word) => textOf(node).includes(word)),
  );
}

function fitsChoices(node: NodeView, filters: NodeFilters): boolean {
  return (
    (filters.kind === '' || node.kind === filters.kind) &&
    (filters.status === '' || node.status === filters.status) &&
    (filters.place === '' || groupKeyOf(node) === filters.place) &&
    (filters.version === '' || node.version === filters.version)
  );
}

function textOf(node: NodeView): string {
  const { id, name, kind, place, status, version = '', release } = node;
  const released = release === undefined ? '' : `${release.name} ${release.version}`;
  return `${id} ${name} ${kindNames[kind]} ${place.key} ${statusNames[status]} ${version} ${released}`.toLowerCase();
}

/** Values that a filter can have, in the order in which they are offered. */
export function filterValues(nodes: readonly NodeView[], key: FilterKey): readonly string[] {
  if (key === 'place') return groupNodes(nodes).map((group) => group.key);
  const values = new Set(nodes.flatMap((node) => node[key] ?? []));
  return [...values].sort((a, b) => byText.compare(a, b));
}

const byText = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** What needs attention comes first. */
const statusOrder: readonly NodeStatus[] = [
  'failed',
  'crashed',
  'unreachable',
  'left',
  'launching',
  'stopping',
  'stopped',
  'up',
];

type Comparable = string | number | undefined;

const valueOf: Readonly<Record<SortColumn, (node: NodeView) => Comparable>> = {
  name: ({ name }) => name,
  kind: ({ kind }) => kindNames[kind],
  status: ({ status }) => statusOrder.indexOf(status),
  version: ({ version }) => version,
  peers: ({ peers }) => peers.length,
  memory: ({ memoryBytes }) => memoryBytes,
  processes: ({ processes }) => processes,
  // The later it came up, the shorter it has been up.
  uptime: ({ upSince }) => (upSince === undefined ? undefined : -upSince),
};

function compare(a: Comparable, b: Comparable): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : byText.compare(String(a), String(b));
}

/** The nodes in the order of a column. Those without a value are last, whatever the direction; equal ones keep their order. */
export function sortNodes(nodes: readonly NodeView[], sort: Sort | undefined): readonly NodeView[] {
  if (sort === undefined) return nodes;
  const value = valueOf[sort.column];
  const direction = sort.isDescending ? -1 : 1;
  return [...nodes].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    return direction * compare(left, right);
  });
}

/** A place for people: `ops@db1`, `shop/production`. */
export function placeName({ key, kind }: NodeView['place']): string {
  if (kind === 'local') return 'This computer';
  return kind === 'elsewhere' ? 'elsewhere' : key.replace(/^[a-z]+:(?:\/\/)?/, '');
}

/** The heading of a group. `clusterLabel` is what the cluster is called. */
export function groupTitle(group: NodeGroup, clusterLabel: string): string {
  const { cluster, place, isWholeCluster } = group;
  if (place.key === 'local' || place.key === cluster) return placeName(place);
  if (isWholeCluster) return clusterLabel;
  return `${clusterLabel}, ${place.kind === 'elsewhere' ? 'found in the mesh' : placeName(place)}`;
}
