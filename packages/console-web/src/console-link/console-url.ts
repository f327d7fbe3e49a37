/**
 * Where the console of this page is. The base path is chosen when the console starts, long after the page was built: it is
 * what the address of this very script has before `assets/`.
 */

const ownAddress = import.meta.url;

/** The full address of a path of the console: `/api/nodes`. */
export function consoleUrl(path: string): URL {
  return new URL(`..${path}`, ownAddress);
}
