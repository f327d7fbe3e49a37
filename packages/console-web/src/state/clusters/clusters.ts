/** The clusters, as last reported. Changed only by messages of the live socket. */

import type { ClusterColor, ClusterView } from '@convoy/console/protocol';
import { computed, type ReadonlySignal, signal, type Signal } from '@preact/signals';

const byId: Signal<ReadonlyMap<string, ClusterView>> = signal(new Map());

const ranks: Readonly<Record<ClusterView['kind'], number>> = { own: 0, place: 1, attached: 2 };

/** That of this computer first, then those of places, then those that were attached; by label. */
export const clusters: ReadonlySignal<readonly ClusterView[]> = computed(() =>
  [...byId.value.values()].sort(
    (a, b) => ranks[a.kind] - ranks[b.kind] || a.label.localeCompare(b.label) || a.id.localeCompare(b.id),
  ),
);

export function findCluster(id: string): ClusterView | undefined {
  return byId.value.get(id);
}

export function replaceClusters(views: readonly ClusterView[]): void {
  byId.value = new Map(views.map((view) => [view.id, view]));
}

export function putCluster(view: ClusterView): void {
  byId.value = new Map(byId.value).set(view.id, view);
}

export function dropCluster(id: string): void {
  const rest = new Map(byId.value);
  if (rest.delete(id)) byId.value = rest;
}

/** What people call the cluster; its id while it is not known. */
export function clusterLabel(id: string): string {
  return byId.value.get(id)?.label ?? id;
}

/** Whether the cluster is marked as production, so that changes to it are confirmed first. */
export function isProduction(id: string): boolean {
  return byId.value.get(id)?.production === true;
}

export const clusterStates: Readonly<Record<ClusterView['state'], string>> = {
  connecting: 'connecting',
  up: 'connected',
  down: 'not connected',
  failed: 'failed',
};

/** Every colour that the console knows, in the order in which they are offered. */
export const colorNames: Readonly<Record<ClusterColor, string>> = {
  blue: 'Blue',
  green: 'Green',
  amber: 'Amber',
  red: 'Red',
  violet: 'Violet',
  teal: 'Teal',
  pink: 'Pink',
  grey: 'Grey',
};

export const clusterColors: readonly ClusterColor[] = Object.keys(colorNames) as ClusterColor[];

/** The first colour that no cluster has, for the next one. */
export function freeColor(): ClusterColor {
  const taken = new Set(clusters.value.map(({ color }) => color));
  return clusterColors.find((color) => !taken.has(color)) ?? 'blue';
}
