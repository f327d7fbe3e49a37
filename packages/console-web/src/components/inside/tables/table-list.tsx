/** The largest ETS tables of a node, by memory or by rows. */

import type { TableRowView } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { formatNumber, formatShort } from '../../../state/inside/inside-format.ts';
import { askTables, type TableList as List, type TableSort } from '../../../state/inside/questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { formatBytes } from '../../../state/page/format.ts';
import { CutText } from '../../cut-text.tsx';
import { PageLink } from '../../page-link.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';
import { ProcessLink } from '../parts/process-link.tsx';
import { LimitSelect, Segments } from '../parts/segments.tsx';

const sorts: readonly (readonly [TableSort, string])[] = [
  ['memory', 'Most memory'],
  ['size', 'Most rows'],
];
const limits = [20, 50, 100, 200, 500];

const view: Signal<{ readonly sort: TableSort; readonly limit: number }> = signal({
  sort: 'memory',
  limit: 50,
});

function Figure(props: {
  readonly head: string;
  readonly text: string;
  readonly exact: string;
  /** Of the largest, where the table is sorted by this. */
  readonly share: number | undefined;
}): JSX.Element {
  const { head, text, exact, share } = props;
  return (
    <td
      class="figure-cell"
      title={exact}
      data-head={head}
      style={share === undefined ? undefined : { '--share': `${Math.round(share * 100)}%` }}
    >
      {text}
    </td>
  );
}

function Protection({ protection }: { readonly protection: string | undefined }): JSX.Element {
  if (protection !== 'private') return <>{protection}</>;
  return <span title="Only its owner can read its rows.">private: not readable</span>;
}

function Row(props: {
  readonly node: string;
  readonly row: TableRowView;
  readonly sort: TableSort;
  readonly most: number;
}): JSX.Element {
  const { node, row, sort, most } = props;
  const { table, name, type, protection, owner, size = 0, memoryBytes = 0 } = row;
  const share = (value: number): number => (most === 0 ? 0 : value / most);
  return (
    <tr data-testid="table-row" data-table={table}>
      <th scope="row" class="cell-process">
        <PageLink class="process-name" to={{ page: 'nodes', node, panel: 'tables', item: table }}>
          <strong>
            <CutText text={name} />
          </strong>{' '}
          {table !== name && <code>{table}</code>}
        </PageLink>
      </th>
      <td class="cell-origin">{type}</td>
      <td class="cell-protection">
        <Protection protection={protection} />
      </td>
      <td class="cell-owner">
        {owner !== undefined && <ProcessLink node={node} text={owner} as={`Owner of ${table}`} />}
      </td>
      <Figure
        head="Rows"
        text={formatShort(size)}
        exact={formatNumber(size)}
        share={sort === 'size' ? share(size) : undefined}
      />
      <Figure
        head="Memory"
        text={formatBytes(memoryBytes)}
        exact={`${formatNumber(memoryBytes)} bytes`}
        share={sort === 'memory' ? share(memoryBytes) : undefined}
      />
    </tr>
  );
}

function Rows({ node, list }: { readonly node: string; readonly list: List }): JSX.Element {
  const { sort } = view.value;
  const most = list.rows.reduce(
    (value, row) => Math.max(value, (sort === 'size' ? row.size : row.memoryBytes) ?? 0),
    0,
  );
  const sorted = (by: TableSort): 'descending' | undefined => (by === sort ? 'descending' : undefined);
  return (
    <div class="data-frame">
      <table class="data-table table-table" aria-label="ETS tables">
        <thead>
          <tr>
            <th scope="col" class="cell-process">
              Table
            </th>
            <th scope="col">Type</th>
            <th scope="col">Protection</th>
            <th scope="col">Owner</th>
            <th scope="col" class="figure-cell" aria-sort={sorted('size')}>
              Rows
            </th>
            <th scope="col" class="figure-cell" aria-sort={sorted('memory')}>
              Memory
            </th>
          </tr>
        </thead>
        <tbody>
          {list.rows.map((row) => (
            <Row key={row.table} node={node} row={row} sort={sort} most={most} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function TableList({ node }: { readonly node: string }): JSX.Element {
  const { sort, limit } = view.value;
  const key = `${node} ${sort} ${limit}`;
  const poll = usePoll<List>(node, { key, isLive: true, ask: () => askTables(node, { sort, limit }) });
  return (
    <div class="panel" data-testid="panel-tables">
      <div class="panel-tools">
        <Segments
          label="Sort by"
          name="sort"
          value={sort}
          options={sorts}
          onChoose={(chosen) => {
            view.value = { ...view.value, sort: chosen };
          }}
        />
        <LimitSelect
          of="tables"
          value={limit}
          options={limits}
          onChoose={(chosen) => {
            view.value = { ...view.value, limit: chosen };
          }}
        />
        <Freshness poll={poll} what="This list" isLive />
      </div>
      <PanelBody poll={poll} asked={key}>
        {(list) => (
          <>
            <p class="panel-summary">
              {formatNumber(list.rows.length)} of {formatNumber(list.total)} tables
            </p>
            <Rows node={node} list={list} />
          </>
        )}
      </PanelBody>
    </div>
  );
}
