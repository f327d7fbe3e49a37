/**
 * The current page, kept in the fragment, which is never sent to the server: `#/nodes/ID`, `#/mesh/ID`, `#/logs/ID`,
 * `#/shells/ID`, with the ids of nodes and shells. Whether one of that id exists is decided elsewhere (state/dead-end.ts).
 */

import { type Signal, signal } from '@preact/signals';

export const pageNames = ['mesh', 'nodes', 'shells', 'logs', 'settings'] as const;
export type PageName = (typeof pageNames)[number];

export type Route =
  | { readonly page: 'mesh' | 'nodes' | 'logs'; readonly node?: string }
  | { readonly page: 'shells'; readonly shell?: string }
  | { readonly page: 'settings' }
  /** The address of no page. */
  | { readonly page: 'nowhere'; readonly address: string };

const startPage = 'nodes';

export function parseRoute(fragment: string): Route {
  const [page = '', ...rest] = fragment.replace(/^#?\/?/, '').split('/');
  const nowhere = { page: 'nowhere', address: fragment } as const;
  const known = page === '' ? startPage : pageNames.find((name) => name === page);
  const subject = decoded(rest.join('/'));
  if (known === undefined || subject === undefined) return nowhere;
  if (subject === '') return { page: known };
  if (known === 'settings') return nowhere;
  return known === 'shells' ? { page: known, shell: subject } : { page: known, node: subject };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function formatRoute(route: Route): string {
  if (route.page === 'nowhere') return route.address;
  const subject = subjectOf(route);
  // The @ and the : in the id of a node need no escape, and addresses are read by people.
  const end =
    subject === undefined
      ? ''
      : `/${encodeURIComponent(subject).replaceAll('%40', '@').replaceAll('%3A', ':')}`;
  return `#/${route.page}${end}`;
}

/** The node or the shell that the route names. */
function subjectOf(route: Route): string | undefined {
  if (route.page === 'shells') return route.shell;
  return route.page === 'settings' || route.page === 'nowhere' ? undefined : route.node;
}

/** The id of the node that the current page shows. */
export function routeNode(): string | undefined {
  const current = route.value;
  return 'node' in current ? current.node : undefined;
}

export const route: Signal<Route> = signal(parseRoute(globalThis.location?.hash ?? ''));
/** Counts up whenever the user has gone somewhere, also to where the page was already. */
export const arrivals: Signal<number> = signal(0);

/** Goes to a page. The browser's back button returns. */
export function goTo(next: Route): void {
  const fragment = formatRoute(next);
  if (location.hash !== fragment) history.pushState(null, '', fragment);
  arrive(next);
}

/** Notes in the address what the current page shows now, without a step in the history. */
export function noteRoute(next: Route): void {
  route.value = next;
  const fragment = formatRoute(next);
  if (location.hash !== fragment) history.replaceState(null, '', fragment);
}

/** Goes to where the address points, after it was changed from outside. */
export function followAddress(): void {
  arrive(parseRoute(location.hash));
}

function arrive(next: Route): void {
  route.value = next;
  arrivals.value += 1;
}

/** Follows the browser's back and forward buttons, and addresses that the user types. */
export function startRouter(): void {
  addEventListener('hashchange', followAddress);
  addEventListener('popstate', followAddress);
}
