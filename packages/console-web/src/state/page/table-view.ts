/** How the table of nodes is shown, kept in this browser: density, order, filters and folded groups. */

import type { Signal } from '@preact/signals';
import { storedFields, storedSignal, storedText } from './stored-signal.ts';

/** `auto` is compact as soon as there are many nodes. */
const densities = ['auto', 'comfortable', 'compact'] as const;
type Density = (typeof densities)[number];

export const sortColumns = [
  'name',
  'kind',
  'status',
  'version',
  'peers',
  'memory',
  'processes',
  'uptime',
] as const;
export type SortColumn = (typeof sortColumns)[number];

export interface Sort {
  readonly column: SortColumn;
  readonly isDescending: boolean;
}

export const filterKeys = ['kind', 'place', 'version', 'status'] as const;
export type FilterKey = (typeof filterKeys)[number];
/** What is shown; '' shows everything. */
export type NodeFilters = Readonly<Record<FilterKey | 'text', string>>;

export interface TableView {
  readonly density: Density;
  /** Without it, nodes are in the order of their first starts. */
  readonly sort: Sort | undefined;
  readonly filters: NodeFilters;
  /** Keys of the groups whose nodes are hidden. */
  readonly folded: readonly string[];
}

export const noFilters: NodeFilters = { text: '', kind: '', place: '', version: '', status: '' };

const mostFolded = 200;

/** Parses a stored view. */
export function parseTableView(stored: unknown): TableView {
  const { density, sort, filters, folded } = storedFields(stored);
  const column = sortColumns.find((one) => one === storedFields(sort)['column']);
  const given = storedFields(filters);
  return {
    density: densities.find((one) => one === density) ?? 'auto',
    sort: column && { column, isDescending: storedFields(sort)['isDescending'] === true },
    filters: {
      text: storedText(given['text']),
      kind: storedText(given['kind']),
      place: storedText(given['place']),
      version: storedText(given['version']),
      status: storedText(given['status']),
    },
    folded: Array.isArray(folded) ? folded.filter(isText).slice(0, mostFolded) : [],
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export const tableView: Signal<TableView> = storedSignal('convoy.table', parseTableView);

export function showTable(change: Partial<TableView>): void {
  tableView.value = { ...tableView.value, ...change };
}

/** Changes some of the filters. */
export function filterBy(change: Partial<NodeFilters>): void {
  showTable({ filters: { ...tableView.value.filters, ...change } });
}

export function isFiltering(filters: NodeFilters): boolean {
  return Object.values(filters).some((value) => value.trim() !== '');
}

/** The order after the head of a column was pressed: ascending, then descending, then that of the first starts. */
export function nextSort(sort: Sort | undefined, column: SortColumn): Sort | undefined {
  if (sort?.column !== column) return { column, isDescending: false };
  return sort.isDescending ? undefined : { column, isDescending: true };
}

/** Hides the nodes of a group, or shows them again. */
export function foldGroup(key: string, isFolded: boolean): void {
  const others = tableView.value.folded.filter((one) => one !== key);
  showTable({ folded: isFolded ? [...others, key] : others });
}
