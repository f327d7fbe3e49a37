/**
 * The path that everything of the console lives under, for a proxy that shares its host name with others: `/convoy`, or ''
 * for all of it. The built page does not know it; what the page loads is addressed by it as the page is served. Pure.
 */

import { ConsoleError } from '../errors.ts';

/** `/convoy` for `/convoy/` or `convoy`, '' for `/`. Throws CONSOLE_BAD_OPTION for anything that is not a plain path. */
export function parseBasePath(text: string): string {
  const segments = text.split('/').filter((segment) => segment !== '');
  const isPlain = segments.every((segment) => /^[\w.~-]+$/.test(segment) && !/^\.+$/.test(segment));
  if (isPlain && !text.includes('//')) return segments.map((segment) => `/${segment}`).join('');
  throw new ConsoleError('CONSOLE_BAD_OPTION', `"${text}" is not a valid base path`, {
    remedy: 'Set --base-path to a path of letters, digits, -, _, . and ~, e.g. /convoy.',
  });
}

/** The path below the base, always with a slash first; `undefined` for one that is outside. */
export function pathBelow(base: string, path: string): string | undefined {
  if (base === '') return path;
  return path.startsWith(`${base}/`) ? path.slice(base.length) : undefined;
}

/** The page with the addresses of its files below the base. The build writes them as `./assets/...`. */
export function withBase(html: string, base: string): string {
  return html.replaceAll('="./', `="${base}/`);
}
