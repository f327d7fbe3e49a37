/** This computer, as a platform of the console. */

export { LocalPlace, type LocalSettings } from './local-place.ts';
