/** The current page, kept in the fragment, which is never sent to the server: `#/logs/worker-1@127.0.0.1`. */

import { type Signal, signal } from '@preact/signals';

export const pageNames = ['mesh', 'nodes', 'shells', 'logs', 'settings'] as const;
export type PageName = (typeof pageNames)[number];

export interface Route {
  readonly page: PageName;
  /** The node that the page shows, on pages for one node. */
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

/** Follows the browser's back and forward buttons. */
export function startRouter(): void {
  const follow = (): void => {
    route.value = parseRoute(location.hash);
  };
  addEventListener('hashchange', follow);
  addEventListener('popstate', follow);
}
