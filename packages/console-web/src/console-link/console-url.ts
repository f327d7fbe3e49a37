/**
 * The address of the console. The base path is chosen when the console starts, after the page was built; it is the part of
 * this script's address before `assets/`.
 */

const ownAddress = import.meta.url;

/** The full address of a path of the console: `/api/nodes`. */
export function consoleUrl(path: string): URL {
  return new URL(`..${path}`, ownAddress);
}
