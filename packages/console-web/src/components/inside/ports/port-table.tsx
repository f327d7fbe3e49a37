/** Ports and sockets as rows: who has them, where they lead, and how much went through them. */

import type { JSX } from 'preact';
import { formatNumber } from '../../../state/inside/inside-format.ts';
import type { PortRow, PortSort } from '../../../state/inside/panels/part-questions.ts';
import { addressText, remoteText } from '../../../state/inside/panels/ports.ts';
import { formatBytes } from '../../../state/page/format.ts';
import { ProcessLink } from '../parts/process-link.tsx';

const figures: readonly (readonly [sort: PortSort, head: string, field: FigureField])[] = [
  ['input', 'Received', 'inputBytes'],
  ['output', 'Sent', 'outputBytes'],
  ['queue', 'Queue', 'queueBytes'],
];
type FigureField = 'inputBytes' | 'outputBytes' | 'queueBytes';

function Figure(props: {
  readonly head: string;
  readonly bytes: number | undefined;
  /** The most of all rows, where the list is sorted by this. */
  readonly most: number | undefined;
}): JSX.Element {
  const { head, bytes, most } = props;
  if (bytes === undefined)
    return (
      <td class="figure-cell" data-head={head} title="A socket does not tell this.">
        –
      </td>
    );
  const share = most === undefined || most === 0 ? 0 : bytes / most;
  return (
    <td
      class="figure-cell"
      data-head={head}
      title={`${formatNumber(bytes)} bytes`}
      style={most === undefined ? undefined : { '--share': `${Math.round(share * 100)}%` }}
    >
      {formatBytes(bytes)}
    </td>
  );
}

function Owner({ node, row }: { readonly node: string; readonly row: PortRow }): JSX.Element {
  const { id, owner, ownerName, ownerCall } = row;
  return (
    <td class="cell-owner" data-head="Owner">
      {owner === undefined ? '–' : <ProcessLink node={node} text={owner} as={`Owner of ${id}`} />}{' '}
      <span class="owner-name">{ownerName ?? ownerCall}</span>
    </td>
  );
}

function Row(props: {
  readonly node: string;
  readonly row: PortRow;
  readonly sort: PortSort;
  readonly most: number;
}): JSX.Element {
  const { node, row, sort, most } = props;
  const { id, name, local, osPid } = row;
  const remote = remoteText(row);
  return (
    <tr data-testid="port-row" data-port={id}>
      <th scope="row" class="cell-process" title={`${name} ${id}`}>
        <strong>{name}</strong> <code>{id}</code>
        {osPid !== undefined && <small> process {osPid} of the system</small>}
      </th>
      <Owner node={node} row={row} />
      <td class="cell-address" data-head="Local">
        {local !== undefined && <code>{addressText(local)}</code>}
      </td>
      <td class="cell-address" data-head="Remote">
        {row.remote === undefined ? <span class="quiet">{remote}</span> : <code>{remote}</code>}
      </td>
      {figures.map(([by, head, field]) => (
        <Figure key={by} head={head} bytes={row[field]} most={by === sort ? most : undefined} />
      ))}
    </tr>
  );
}

export function PortTable(props: {
  readonly node: string;
  readonly rows: readonly PortRow[];
  readonly sort: PortSort;
}): JSX.Element {
  const { node, rows, sort } = props;
  const field = figures.find(([by]) => by === sort)?.[2] ?? 'queueBytes';
  const most = rows.reduce((value, row) => Math.max(value, row[field] ?? 0), 0);
  return (
    <div class="data-frame">
      <table class="data-table list-table port-table" aria-label="Ports and sockets">
        <thead>
          <tr>
            <th scope="col" class="cell-process">
              Port
            </th>
            <th scope="col">Owner</th>
            <th scope="col">Local</th>
            <th scope="col">Remote</th>
            {figures.map(([by, head]) => (
              <th key={by} scope="col" class="figure-cell" aria-sort={by === sort ? 'descending' : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} node={node} row={row} sort={sort} most={most} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
