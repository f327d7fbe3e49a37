/** The first rows of an ETS table, as Erlang text that its node has cut. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatNumber } from '../../../state/inside/inside-format.ts';
import { askRows, type TableRows as Content } from '../../../state/inside/questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { BackTo } from '../parts/back-to.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';
import { LimitSelect } from '../parts/segments.tsx';

const limits = [20, 50, 100, 200];

function summaryOf({ total, limit, rows }: Content, wanted: number): string {
  const shown = `${formatNumber(rows.length)} of ${formatNumber(total)} rows, in the order of the table`;
  return limit < wanted ? `${shown}; fewer than ${wanted} were read, because they are large` : shown;
}

export function TableRows({ node, table }: { readonly node: string; readonly table: string }): JSX.Element {
  const [limit, setLimit] = useState(20);
  const key = `${table} ${limit}`;
  // Rows are not asked for again by themselves: reading them copies them.
  const poll = usePoll<Content>(node, { key, isLive: false, ask: () => askRows(node, { table, limit }) });
  return (
    <div class="panel" data-testid="panel-rows">
      <div class="panel-tools">
        <BackTo node={node} panel="tables">
          All tables
        </BackTo>
        <LimitSelect of="rows" value={limit} options={limits} onChoose={setLimit} />
        <Freshness poll={poll} what="These rows" isLive={false} />
      </div>
      <header class="subject">
        <h2>
          <code>{table}</code>
        </h2>
      </header>
      <PanelBody poll={poll} asked={key}>
        {(content) => (
          <>
            <p class="panel-summary">{summaryOf(content, limit)}</p>
            {content.rows.length > 0 && (
              <ol class="terms card card-wide" tabIndex={0} aria-label={`Rows of ${table}`}>
                {content.rows.map((row, index) => (
                  <li key={index} data-testid="ets-row">
                    <code>{row}</code>
                  </li>
                ))}
              </ol>
            )}
          </>
        )}
      </PanelBody>
    </div>
  );
}
