/** Mnesia on a node: whether its nodes run, what its transactions come to, and its tables with their copies. */

import type { JSX } from 'preact';
import { formatNumber, formatShort } from '../../../state/inside/inside-format.ts';
import {
  copiesText,
  copyNodes,
  missingNodes,
  mnesiaSummary,
  statusText,
  storageText,
} from '../../../state/inside/panels/mnesia.ts';
import { askMnesia, type MnesiaOverview } from '../../../state/inside/panels/part-questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { formatBytes } from '../../../state/page/format.ts';
import { CutText } from '../../cut-text.tsx';
import { Glyph } from '../../glyphs.tsx';
import { PageLink } from '../../page-link.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';

const leastMs = 5000;

function Tile({
  label,
  value,
}: {
  readonly label: string;
  readonly value: string | undefined;
}): JSX.Element | null {
  if (value === undefined) return null;
  return (
    <div class="tile">
      <span>{label}</span>
      <strong>{value}</strong>
    </div>
  );
}

function counted(value: number | undefined): string | undefined {
  return value === undefined ? undefined : formatShort(value);
}

function Figures({ mnesia }: { readonly mnesia: MnesiaOverview }): JSX.Element {
  const { nodes, runningNodes, transactions, version } = mnesia;
  const missing = missingNodes(mnesia);
  return (
    <>
      {missing.length > 0 && (
        <p class="part-problem" role="status" data-testid="mnesia-missing">
          <Glyph name="warning" />
          <span>
            Mnesia does not run on {missing.join(', ')}: {missing.length === 1 ? 'its' : 'their'} copies are
            out of date until it does.
          </span>
        </p>
      )}
      <div class="tiles">
        <Tile label="Here" value={statusText(mnesia)} />
        <Tile label="Nodes that run" value={`${runningNodes.length} of ${nodes.length}`} />
        <Tile label="Committed" value={counted(transactions.commits)} />
        <Tile label="Aborted" value={counted(transactions.failures)} />
        <Tile label="Restarted" value={counted(transactions.restarts)} />
        <Tile label="Version" value={version} />
      </div>
    </>
  );
}

function Row({
  node,
  table,
}: {
  readonly node: string;
  readonly table: MnesiaOverview['tables'][number];
}): JSX.Element {
  const { table: name, type, size, bytes } = table;
  return (
    <tr data-testid="mnesia-row" data-table={name}>
      <th scope="row" class="cell-process">
        <PageLink class="process-name" to={{ page: 'nodes', node, panel: 'mnesia', item: name }}>
          <strong>
            <CutText text={name} />
          </strong>
        </PageLink>
      </th>
      <td class="cell-text" data-head="Type">
        {type}
      </td>
      <td class="cell-text" data-head="Here in">
        {storageText(table)}
      </td>
      <td class="cell-text" data-head="Copies" title={copyNodes(table)}>
        {copiesText(table)}
      </td>
      <td class="figure-cell" data-head="Rows" title={size === undefined ? undefined : formatNumber(size)}>
        {counted(size) ?? '–'}
      </td>
      <td
        class="figure-cell"
        data-head="Memory"
        title={bytes === undefined ? undefined : `${formatNumber(bytes)} bytes`}
      >
        {bytes === undefined ? '–' : formatBytes(bytes)}
      </td>
    </tr>
  );
}

function Tables({ node, mnesia }: { readonly node: string; readonly mnesia: MnesiaOverview }): JSX.Element {
  return (
    <div class="data-frame">
      <table class="data-table list-table mnesia-table" aria-label="Mnesia tables">
        <thead>
          <tr>
            <th scope="col" class="cell-process">
              Table
            </th>
            <th scope="col">Type</th>
            <th scope="col">Here in</th>
            <th scope="col">Copies</th>
            <th scope="col" class="figure-cell">
              Rows
            </th>
            <th scope="col" class="figure-cell">
              Memory
            </th>
          </tr>
        </thead>
        <tbody>
          {mnesia.tables.map((table) => (
            <Row key={table.table} node={node} table={table} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function MnesiaTables({ node }: { readonly node: string }): JSX.Element {
  const poll = usePoll<MnesiaOverview>(node, {
    key: node,
    isLive: true,
    leastMs,
    ask: () => askMnesia(node),
  });
  return (
    <div class="panel" data-testid="panel-mnesia">
      <div class="panel-tools">
        <Freshness poll={poll} what="This answer" isLive />
      </div>
      <PanelBody poll={poll} asked={node} titles={{ gone: 'There is nothing to show' }}>
        {(mnesia) => (
          <>
            <Figures mnesia={mnesia} />
            <p class="panel-summary">{mnesiaSummary(mnesia)}</p>
            {mnesia.tables.length > 0 && <Tables node={node} mnesia={mnesia} />}
          </>
        )}
      </PanelBody>
    </div>
  );
}
