/**
 * The path below which the console is served, for a proxy that shares its host name with other sites: `/convoy`, or '' for
 * the root. The built page does not know it; it is put into the addresses of the page's files when the page is served.
 * Pure.
 */

import { ConsoleError } from '../../errors.ts';

/** Parses a base path: `/convoy` for `/convoy/` or `convoy`, '' for `/`. Throws CONSOLE_BAD_OPTION for anything but a plain path. */
export function parseBasePath(text: string): string {
  const segments = text.split('/').filter((segment) => segment !== '');
  const isPlain = segments.every((segment) => /^[\w.~-]+$/.test(segment) && !/^\.+$/.test(segment));
  if (isPlain && !text.includes('//')) return segments.map((segment) => `/${segment}`).join('');
  throw new ConsoleError('CONSOLE_BAD_OPTION', `"${text}" is not a valid base path`, {
    remedy: 'Set basePath to a path of letters, digits, -, _, . and ~, e.g. /convoy.',
  });
}

/** The part of `path` below the base, with a leading slash; `undefined` if `path` is outside of it. */
export function pathBelow(base: string, path: string): string | undefined {
  if (base === '') return path;
  return path.startsWith(`${base}/`) ? path.slice(base.length) : undefined;
}

/** Puts the base into the addresses of the page's files, which the build writes as `./assets/...`. */
export function withBase(html: string, base: string): string {
  return html.replaceAll('="./', `="${base}/`);
}
