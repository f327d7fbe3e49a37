/** Processes as rows of a table; on a narrow screen as cards with their three figures. */

import type { ProcessRowView, ProcessSortView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { formatNumber, formatShort } from '../../../state/inside/inside-format.ts';
import { formatBytes } from '../../../state/page/format.ts';
import { CutText } from '../../cut-text.tsx';
import { PageLink } from '../../page-link.tsx';

interface FigureColumn {
  readonly sort: ProcessSortView;
  readonly head: string;
  readonly value: (row: ProcessRowView) => number | undefined;
  readonly format: (value: number) => string;
}

/** Without a measured rate, reductions are those since the process was started. */
function figureColumns(rows: readonly ProcessRowView[]): readonly FigureColumn[] {
  const hasRate = rows.some((row) => row.reductionsPerSecond !== undefined);
  return [
    hasRate
      ? {
          sort: 'reductions',
          head: 'Reductions/s',
          value: (row) => row.reductionsPerSecond,
          format: formatShort,
        }
      : { sort: 'reductions', head: 'Reductions', value: (row) => row.reductions, format: formatShort },
    { sort: 'memory', head: 'Memory', value: (row) => row.memoryBytes, format: formatBytes },
    { sort: 'queue', head: 'Queue', value: (row) => row.messageQueueLength, format: formatNumber },
  ];
}

/** What tells the process from others, best first. */
function titleOf({ name, label, initialCall, pid }: ProcessRowView): string {
  return name ?? label ?? initialCall ?? pid;
}

/** Where the process began, if its title does not say so. */
function originOf(row: ProcessRowView): string {
  const { name, label, initialCall = '' } = row;
  if (name !== undefined && label !== undefined) return `${label} · ${initialCall}`;
  return titleOf(row) === initialCall ? '' : initialCall;
}

function Figure(props: {
  readonly column: FigureColumn;
  readonly row: ProcessRowView;
  readonly most: number;
  readonly isSorted: boolean;
}): JSX.Element {
  const { column, row, most, isSorted } = props;
  const value = column.value(row);
  const share = value === undefined || most === 0 ? 0 : value / most;
  return (
    <td
      class="figure-cell"
      title={value === undefined ? undefined : formatNumber(value)}
      // The bar compares the rows by what they are sorted by.
      style={isSorted ? { '--share': `${Math.round(share * 100)}%` } : undefined}
      data-head={column.head}
    >
      {value === undefined ? '–' : column.format(value)}
    </td>
  );
}

function Row(props: {
  readonly node: string;
  readonly row: ProcessRowView;
  readonly columns: readonly FigureColumn[];
  readonly sort: ProcessSortView;
  readonly most: number;
}): JSX.Element {
  const { node, row, columns, sort, most } = props;
  const { pid, currentFunction = '', status = '' } = row;
  const title = titleOf(row);
  const origin = originOf(row);
  return (
    <tr data-testid="process-row" data-pid={pid}>
      <th scope="row" class="cell-process">
        <PageLink class="process-name" to={{ page: 'nodes', node, panel: 'processes', item: pid }}>
          <strong>
            <CutText text={title} />
          </strong>{' '}
          {title !== pid && <code>{pid}</code>}
        </PageLink>
      </th>
      <td class="cell-origin">{origin !== '' && <CutText text={origin} />}</td>
      <td class="cell-current">
        <CutText text={currentFunction} />
        <small>{status}</small>
      </td>
      {columns.map((column) => (
        <Figure key={column.sort} column={column} row={row} most={most} isSorted={column.sort === sort} />
      ))}
    </tr>
  );
}

export function ProcessTable(props: {
  readonly node: string;
  readonly sort: ProcessSortView;
  readonly rows: readonly ProcessRowView[];
}): JSX.Element {
  const { node, sort, rows } = props;
  const columns = figureColumns(rows);
  const sorted = columns.find((column) => column.sort === sort);
  const most = rows.reduce((value, row) => Math.max(value, sorted?.value(row) ?? 0), 0);
  if (rows.length === 0) return <p class="quiet padded">No process matches the filter.</p>;
  return (
    <div class="data-frame">
      <table class="data-table process-table" aria-label="Processes">
        <thead>
          <tr>
            <th scope="col" class="cell-process">
              Process
            </th>
            <th scope="col">Initial call</th>
            <th scope="col">Is in</th>
            {columns.map((column) => (
              <th
                key={column.sort}
                scope="col"
                class="figure-cell"
                aria-sort={column.sort === sort ? 'descending' : undefined}
              >
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.pid} node={node} row={row} columns={columns} sort={sort} most={most} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
