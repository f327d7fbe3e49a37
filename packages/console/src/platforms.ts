/** The platforms of a console. To add one, write its folder and add its line to `openPlatforms`. */

import type { PlaceContext } from './places/open-places.ts';
import type { Platform } from './places/place.ts';
import { LocalPlace, type LocalSettings } from './places/local/index.ts';
import { type RailwayPlatformSettings, RailwayPlaces } from './places/railway/index.ts';
import { SshHosts, type SshSettings } from './places/ssh/index.ts';

/** What the platforms are started with. */
export interface PlatformSettings {
  readonly local: LocalSettings;
  readonly ssh: SshSettings;
  readonly railway: RailwayPlatformSettings;
}

/** The platforms, for the routes of each. */
export type Platforms = ReturnType<typeof openPlatforms>;

/** Starts every platform. This computer is the first: it is asked about a node that no other place knows. */
export function openPlatforms(context: PlaceContext, settings: PlatformSettings) {
  return {
    local: new LocalPlace(context, settings.local),
    ssh: new SshHosts(context, settings.ssh),
    railway: new RailwayPlaces(context, settings.railway),
  } satisfies Record<string, Platform>;
}
