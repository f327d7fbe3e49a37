/** Railway environments, as a platform of the console. */

export { type RailwayPlatformSettings, RailwayPlaces, type RailwaySettings } from './railway-places.ts';
