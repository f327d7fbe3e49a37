/** The top processes of a node by what they do or have, with a filter, and what the question costs. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { formatNumber } from '../../../state/inside/inside-format.ts';
import { onDemandFrom, processView, showProcesses, sorts } from '../../../state/inside/process-view.ts';
import type { Poll } from '../../../state/inside/poll.ts';
import { askProcesses, type ProcessList as List } from '../../../state/inside/questions.ts';
import { useSettled } from '../../../state/inside/panels/use-settled.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { findNode } from '../../../state/nodes/nodes.ts';
import { FilterField } from '../parts/filter-field.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';
import { LimitSelect, Segments } from '../parts/segments.tsx';
import { ProcessTable } from './process-table.tsx';

const limits = [20, 50, 100, 200, 500];

function Tools({ poll, isLive }: { readonly poll: Poll<List>; readonly isLive: boolean }): JSX.Element {
  const { sort, limit, filter } = processView.value;
  return (
    <div class="panel-tools">
      <Segments
        label="Sort by"
        name="sort"
        value={sort}
        options={sorts}
        onChoose={(chosen) => showProcesses({ sort: chosen })}
      />
      <FilterField
        value={filter}
        placeholder="Name, call, label"
        label="Filter processes by name, initial call or label"
        testId="process-filter"
        onType={(text) => showProcesses({ filter: text })}
      />
      <LimitSelect
        of="processes"
        value={limit}
        options={limits}
        onChoose={(chosen) => showProcesses({ limit: chosen })}
      />
      <Freshness poll={poll} what="This list" isLive={isLive} />
    </div>
  );
}

function summaryOf({ total, seen, matching, rows }: List, filter: string): string {
  const shown = `${formatNumber(rows.length)} of ${formatNumber(filter === '' ? total : matching)}`;
  const words =
    filter === '' ? `${shown} processes` : `${shown} processes that match, of ${formatNumber(total)}`;
  return seen < total ? `${words}; ${formatNumber(seen)} were looked at` : words;
}

/** What is shown of a node with very many processes before the user has asked. */
function NotYetAsked({ count, onAsk }: { readonly count: number; readonly onAsk: () => void }): JSX.Element {
  return (
    <div class="not-asked" data-testid="not-asked">
      <p>
        The node has about {formatNumber(count)} processes. To list them takes a few tenths of a second of one
        of its schedulers, so it is done only when you want it.
      </p>
      <button type="button" class="button primary" data-testid="take-list" onClick={onAsk}>
        List the processes
      </button>
    </div>
  );
}

export function ProcessList({ node }: { readonly node: string }): JSX.Element {
  const { sort, limit, filter } = processView.value;
  const wanted = useSettled(filter.trim());
  const [seenTotal, setSeenTotal] = useState<number | undefined>(undefined);
  const count = seenTotal ?? findNode(node)?.processes ?? 0;
  const isLive = count < onDemandFrom;
  const key = `${node} ${sort} ${limit} ${wanted}`;
  const poll = usePoll<List>(node, {
    key,
    isLive,
    // What the user chooses in a list that is there already is asked at once.
    isUrgent: isLive || seenTotal !== undefined,
    ask: () => askProcesses(node, { sort, limit, filter: wanted }),
  });
  const total = poll.state.value.last?.value.total;
  useEffect(() => setSeenTotal(total), [total]);
  return (
    <div class="panel" data-testid="panel-processes">
      <Tools poll={poll} isLive={isLive} />
      <PanelBody
        poll={poll}
        asked={key}
        idle={isLive ? undefined : <NotYetAsked count={count} onAsk={() => poll.refresh()} />}
      >
        {(list) => (
          <>
            <p class="panel-summary" data-testid="process-summary">
              {summaryOf(list, wanted)}
              {!isLive && ' · asked only when you press Refresh: the node has very many'}
            </p>
            <ProcessTable node={node} sort={sort} rows={list.rows} />
          </>
        )}
      </PanelBody>
    </div>
  );
}
