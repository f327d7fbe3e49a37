/**
 * The current page, kept in the fragment, which is never sent to the server: `#/nodes/ID`, `#/mesh/ID`, `#/logs/ID`,
 * `#/logs/ID,ID`, `#/logs/ID/line/SEQ`, `#/shells/ID`, with the ids of nodes and shells, and inside a node `#/nodes/ID/PANEL` or
 * `#/nodes/ID/PANEL/ITEM`: `#/nodes/app@10.0.0.5/processes/<0.85.0>`. Whether one of that id exists is decided elsewhere
 * (state/dead-end.ts).
 */

import { type Signal, signal } from '@preact/signals';

export const pageNames = ['mesh', 'nodes', 'shells', 'logs', 'settings'] as const;
export type PageName = (typeof pageNames)[number];

/** The table of nodes; with a panel, the inside of a node; with an item, one process, application or table there. */
interface NodesRoute {
  readonly page: 'nodes';
  readonly node?: string;
  readonly panel?: string;
  readonly item?: string;
}

/** A place inside a node. */
export interface InsideRoute extends NodesRoute {
  readonly node: string;
  readonly panel: string;
}

export type Route =
  | { readonly page: 'mesh'; readonly node?: string }
  | NodesRoute
  | LogsRoute
  | { readonly page: 'shells'; readonly shell?: string }
  | { readonly page: 'settings' }
  /** The address of no page. */
  | { readonly page: 'nowhere'; readonly address: string };

export interface LogsRoute {
  readonly page: 'logs';
  readonly node?: string;
  /** Others whose lines are shown beside those of `node`. */
  readonly others?: readonly string[];
  /** The number of a line of `node`. */
  readonly line?: number;
}

const startPage = 'nodes';

export function parseRoute(fragment: string): Route {
  const [page = '', ...rest] = fragment.replace(/^#?\/?/, '').split('/');
  const nowhere = { page: 'nowhere', address: fragment } as const;
  const known = page === '' ? startPage : pageNames.find((name) => name === page);
  if (known === 'nodes') return parseNodes(rest) ?? nowhere;
  if (known === 'logs') return parseLogs(rest.join('/')) ?? nowhere;
  const subject = decoded(rest.join('/'));
  if (known === undefined || subject === undefined) return nowhere;
  if (subject === '') return { page: known };
  if (known === 'settings') return nowhere;
  return known === 'shells' ? { page: known, shell: subject } : { page: known, node: subject };
}

/** The address of the table of nodes, or inside one. An item may have slashes. */
function parseNodes([first = '', second = '', ...others]: readonly string[]): NodesRoute | undefined {
  const [node, panel, item] = [first, second, others.join('/')].map(decoded);
  if (node === undefined || panel === undefined || item === undefined) return undefined;
  if (node === '') return panel === '' ? { page: 'nodes' } : undefined;
  if (panel === '') return item === '' ? { page: 'nodes', node } : undefined;
  return { page: 'nodes', node, panel, ...(item === '' ? {} : { item }) };
}

function parseLogs(text: string): LogsRoute | undefined {
  const [, nodes = text, digits] = /^(.*)\/line\/(\d{1,15})$/.exec(text) ?? [];
  const [node, ...others] = nodes.split(',').map(decoded);
  if (node === undefined || others.includes(undefined)) return undefined;
  if (node === '') return nodes === '' && digits === undefined ? { page: 'logs' } : undefined;
  const shown = others.flatMap((id) => id || []);
  return {
    page: 'logs',
    node,
    ...(shown.length === 0 ? {} : { others: shown }),
    ...(digits === undefined ? {} : { line: Number(digits) }),
  };
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
  if (route.page === 'logs') return formatLogs(route);
  return ['#', route.page, ...partsOf(route).map(encoded)].join('/');
}

function formatLogs({ node, others = [], line }: LogsRoute): string {
  if (node === undefined) return '#/logs';
  const nodes = [node, ...others].map(encoded).join(',');
  return `#/logs/${nodes}${line === undefined ? '' : `/line/${line}`}`;
}

/** What the route names: a node or a shell, then what is inside. */
function partsOf(route: Route): readonly string[] {
  if (route.page === 'settings' || route.page === 'nowhere') return [];
  if (route.page === 'shells') return given(route.shell);
  if (route.page !== 'nodes') return given(route.node);
  return [...given(route.node), ...given(route.panel), ...given(route.item)];
}

function given(part: string | undefined): readonly string[] {
  return part === undefined ? [] : [part];
}

/** The @ and the : in the id of a node need no escape, and addresses are read by people. */
function encoded(part: string): string {
  return encodeURIComponent(part).replaceAll('%40', '@').replaceAll('%3A', ':');
}

/** The place inside a node that the route leads to; `undefined` for one that leads elsewhere. */
export function insideOf(route: Route): InsideRoute | undefined {
  if (route.page !== 'nodes') return undefined;
  const { node, panel } = route;
  return node === undefined || panel === undefined ? undefined : { ...route, node, panel };
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
