/** The open places that nodes can be launched in, and the forms of their platforms, as last loaded. */

import type { Capability, PlatformView, Problem } from '@convoy/console/protocol';
import { computed, type ReadonlySignal, signal, type Signal } from '@preact/signals';
import { ask, problemFrom } from '../../console-link/api-client.ts';
import { hosts, loadHosts } from '../nodes/hosts.ts';
import { placeName } from '../nodes/node-table.ts';
import { consoleInfo, nodes } from '../nodes/nodes.ts';
import { loadRailway, railway } from '../nodes/railway.ts';
import { localPlace, type PlaceRef } from './launch-fields.ts';

/** An open place. */
export interface LaunchPlace extends PlaceRef {
  readonly label: string;
  /** What it is, or why nothing can be launched there now. */
  readonly note: string;
  readonly isUp: boolean;
  readonly capabilities: readonly Capability[];
}

/** The platforms of the console; `undefined` until they are loaded. */
export const platforms: Signal<readonly PlatformView[] | undefined> = signal(undefined);
/** Why they could not be loaded. */
export const platformsProblem: Signal<Problem | undefined> = signal(undefined);

/** Loads the forms and the open places. */
export async function loadLaunchPlaces(): Promise<void> {
  await Promise.all([loadPlatforms(), loadHosts(), loadRailway()]);
}

async function loadPlatforms(): Promise<void> {
  platformsProblem.value = undefined;
  try {
    platforms.value = await ask('GET /api/platforms');
  } catch (error) {
    platformsProblem.value = problemFrom(error);
  }
}

/** This computer first, then the others by their keys. */
export const launchPlaces: ReadonlySignal<readonly LaunchPlace[]> = computed(() => {
  const info = consoleInfo.value;
  const local: LaunchPlace = {
    ...localPlace,
    label: placeName(localPlace),
    note: info?.host ?? '',
    isUp: true,
    capabilities: info?.capabilities ?? [],
  };
  const overSsh = hosts.value
    .filter(({ state }) => state === 'up' || state === 'down')
    .map(({ name, state, summary, capabilities }): LaunchPlace => {
      const place = { key: name, kind: 'ssh' };
      const isUp = state === 'up';
      const note = isUp ? (summary ?? 'SSH') : 'the connection was lost; reconnecting';
      return { ...place, label: placeName(place), note, isUp, capabilities };
    });
  const onRailway = (railway.value?.places ?? []).map(({ name, capabilities }): LaunchPlace => {
    const place = { key: name, kind: 'railway' };
    const note = railway.value?.label ?? 'Railway';
    return { ...place, label: placeName(place), note, isUp: true, capabilities };
  });
  return [local, ...overSsh, ...onRailway];
});

/** A place within a sentence. */
export function placeInSentence({ key, label }: Pick<LaunchPlace, 'key' | 'label'>): string {
  return key === localPlace.key ? 'this computer' : label;
}

export function placeOf(key: string | undefined): LaunchPlace | undefined {
  return launchPlaces.value.find((place) => place.key === key);
}

/** How many more nodes this computer takes; other places say so when they are asked. */
export function roomIn(place: PlaceRef): number {
  const limit = consoleInfo.value?.nodeLimit;
  if (place.key !== localPlace.key || limit === undefined) return Number.POSITIVE_INFINITY;
  // Those that have failed count, too.
  const here = nodes.value.filter((node) => node.origin === 'launched' && node.place.key === localPlace.key);
  return Math.max(0, limit - here.length);
}

/** Whether any open place takes another node. */
export function hasRoom(): boolean {
  return launchPlaces.value.some((place) => place.isUp && roomIn(place) > 0);
}
