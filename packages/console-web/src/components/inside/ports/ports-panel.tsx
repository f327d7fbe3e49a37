/** The ports and sockets of a node. The address may name a port number: `#/nodes/ID/ports/4000` is who holds it. */

import type { JSX } from 'preact';
import { noteRoute } from '../../../router.ts';
import { askPorts, type PortList } from '../../../state/inside/panels/part-questions.ts';
import { portSorts, portSummary, portView, wantedPort } from '../../../state/inside/panels/ports.ts';
import { useSettled } from '../../../state/inside/panels/use-settled.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { Glyph } from '../../glyphs.tsx';
import { FilterField } from '../parts/filter-field.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';
import type { PanelProps } from '../parts/panel-props.ts';
import { LimitSelect, Segments } from '../parts/segments.tsx';
import { PortTable } from './port-table.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/processes.css';
import '../../../styles/inside/lists.css';

const limits = [20, 50, 100, 200, 500];

function NumberField(props: {
  readonly node: string;
  readonly text: string;
  readonly problem: string | undefined;
}): JSX.Element {
  const { node, text, problem } = props;
  const onType = (typed: string): void => {
    const digits = typed.replaceAll(/\D/g, '').slice(0, 9);
    noteRoute({ page: 'nodes', node, panel: 'ports', ...(digits === '' ? {} : { item: digits }) });
  };
  return (
    <label class="filter port-number">
      <Glyph name="search" />
      <input
        type="search"
        inputMode="numeric"
        value={text}
        maxLength={9}
        placeholder="Port number"
        aria-label="Who holds this port number"
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : 'port-problem'}
        data-testid="port-number"
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </label>
  );
}

function Answer(props: {
  readonly node: string;
  readonly list: PortList;
  readonly port: number | undefined;
  readonly filter: string;
}): JSX.Element {
  const { node, list, port, filter } = props;
  if (list.rows.length === 0 && port !== undefined)
    return (
      <p class="panel-summary" data-testid="port-summary">
        No port or socket of this node has the number {port} at either end
        {filter === '' ? '' : ' and matches the filter'}.
      </p>
    );
  return (
    <>
      <p class="panel-summary" data-testid="port-summary">
        {portSummary(list, { port, filter })}
      </p>
      {list.rows.length > 0 && <PortTable node={node} rows={list.rows} sort={portView.value.sort} />}
    </>
  );
}

function show(change: Partial<typeof portView.value>): void {
  portView.value = { ...portView.value, ...change };
}

export function PortsPanel({ node, item = '' }: PanelProps): JSX.Element {
  const { sort, limit, filter } = portView.value;
  const wanted = useSettled(filter.trim());
  const { problem } = wantedPort(item);
  // While it is not a port number, all ports are shown.
  const { port } = wantedPort(useSettled(item));
  const key = `${node} ${sort} ${limit} ${port ?? ''} ${wanted}`;
  const poll = usePoll<PortList>(node, {
    key,
    isLive: true,
    ask: () => askPorts(node, { sort, limit, port, filter: wanted }),
  });
  return (
    <div class="panel" data-testid="panel-ports">
      <div class="panel-tools">
        <NumberField node={node} text={item} problem={problem} />
        <FilterField
          value={filter}
          placeholder="Address or owner"
          label="Filter ports by name, address or name of the owner"
          testId="port-filter"
          onType={(text) => show({ filter: text })}
        />
        <Segments
          label="Sort by"
          name="sort"
          value={sort}
          options={portSorts}
          onChoose={(chosen) => show({ sort: chosen })}
        />
        <LimitSelect
          of="ports"
          value={limit}
          options={limits}
          onChoose={(chosen) => show({ limit: chosen })}
        />
        <Freshness poll={poll} what="This list" isLive />
      </div>
      {problem !== undefined && (
        <p class="field-problem" id="port-problem" role="alert" data-testid="port-problem">
          <Glyph name="warning" />
          {problem}
        </p>
      )}
      <PanelBody poll={poll} asked={key}>
        {(list) => <Answer node={node} list={list} port={port} filter={wanted} />}
      </PanelBody>
    </div>
  );
}
