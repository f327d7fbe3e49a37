/** Which page is shown, kept in the fragment so that the server never sees it: `#/logs/worker-1@127.0.0.1`. */

import { type Signal, signal } from '@preact/signals';

export const pageNames = ['mesh', 'nodes', 'shells', 'logs', 'settings'] as const;
export type PageName = (typeof pageNames)[number];

export interface Route {
  readonly page: PageName;
  /** The node a page is about, where it is about one. */
  readonly node?: string;
}

export function parseRoute(fragment: string): Route {
  const [page = '', node = ''] = fragment.replace(/^#?\/?/, '').split('/');
  const known = pageNames.find((name) => name === page) ?? 'nodes';
  if (node === '') return { page: known };
  try {
    return { page: known, node: decodeURIComponent(node) };
  } catch {
    return { page: known };
  }
}

export function formatRoute(route: Route): string {
  return route.node === undefined ? `#/${route.page}` : `#/${route.page}/${encodeURIComponent(route.node)}`;
}

export const route: Signal<Route> = signal(parseRoute(globalThis.location?.hash ?? ''));

export function goTo(next: Route): void {
  route.value = next;
  const fragment = formatRoute(next);
  if (location.hash !== fragment) history.pushState(null, '', fragment);
}

/** Follows the browser's own back and forward. */
export function startRouter(): void {
  const follow = (): void => {
    route.value = parseRoute(location.hash);
  };
  addEventListener('hashchange', follow);
  addEventListener('popstate', follow);
}
