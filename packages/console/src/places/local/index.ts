/** This computer, as a platform of the console. */

export { localKey, LocalPlace, type LocalSettings } from './local-place.ts';
