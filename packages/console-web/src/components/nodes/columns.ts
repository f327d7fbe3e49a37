/** The columns of the table of nodes. */

import type { SortColumn } from '../../state/page/table-view.ts';

export const columnNames: Readonly<Record<SortColumn, string>> = {
  kind: 'Kind',
  name: 'Node',
  status: 'State',
  version: 'Version',
  peers: 'Peers',
  memory: 'Memory',
  processes: 'Processes',
  uptime: 'Uptime',
};

/** In the order in which they are shown. */
export const columns: readonly SortColumn[] = [
  'kind',
  'name',
  'status',
  'version',
  'peers',
  'memory',
  'processes',
  'uptime',
];

/** Columns between the state and the actions, which the steps of a launch cover. */
export const figureColumns = 5;
/** With the column of the selection and that of the actions. */
export const allColumns: number = columns.length + 2;
