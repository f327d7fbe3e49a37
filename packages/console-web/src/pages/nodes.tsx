/** Every node as a row of a table, with filters, bulk actions, and buttons for launching new ones. */

import type { NodeView } from '@convoy/console/protocol';
import type { ComponentChildren, JSX } from 'preact';
import { Glyph } from '../components/glyphs.tsx';
import { HostBar } from '../components/hosts/host-bar.tsx';
import { LaunchBar, LaunchCards } from '../components/launching/launch-bar.tsx';
import { BatchPanel } from '../components/launching/batch-panel.tsx';
import { BulkBar } from '../components/nodes/table/bulk-bar.tsx';
import { isCompactFor, nodesIn, NodeTable, shownGroups } from '../components/nodes/table/node-table.tsx';
import { TableTools } from '../components/nodes/table/table-tools.tsx';
import { clusterStates } from '../state/clusters/clusters.ts';
import { shownCluster, shownNodes } from '../state/clusters/shown-cluster.ts';
import { localPlace } from '../state/launching/launch-fields.ts';
import { roomIn } from '../state/launching/launch-places.ts';
import { selection } from '../state/nodes/selection.ts';
import { consoleInfo } from '../state/nodes/nodes.ts';
import { formatCount } from '../state/page/format.ts';
import { filterBy, isFiltering, noFilters, showTable, tableView } from '../state/page/table-view.ts';
import { ConvoyPicture, EmptyState, PageFrame } from './page-frame.tsx';

const rowsWithoutFilter = 6;

export function NothingYet(): JSX.Element {
  const cluster = shownCluster.value;
  if (cluster !== undefined && cluster.kind !== 'own')
    return (
      <EmptyState title={`No node of ${cluster.label}`} picture={<ConvoyPicture />}>
        <p>
          It is {clusterStates[cluster.state]}, and none of its nodes is known. Choose “All clusters” to see
          those of others.
        </p>
      </EmptyState>
    );
  return (
    <EmptyState title="Launch your first node" picture={<ConvoyPicture />}>
      <p>
        On this computer, on a host that SSH reaches, or on Railway: it joins the mesh by itself, and has a
        shell a moment later. Launch a second one and they find each other.
      </p>
      <LaunchCards />
      <HostBar />
    </EmptyState>
  );
}

export function summaryOf(all: readonly NodeView[]): string {
  const up = all.filter((node) => node.status === 'up').length;
  const starting = all.filter((node) => node.status === 'launching').length;
  const failed = all.filter((node) => node.status === 'failed').length;
  const stopped = all.filter((node) => node.status === 'stopped').length;
  const crashed = all.filter((node) => node.status === 'crashed').length;
  return [
    `${up} of ${formatCount(all.length, 'node')} up`,
    starting > 0 ? `${starting} launching` : '',
    failed > 0 ? `${failed} failed` : '',
    stopped > 0 ? `${stopped} stopped` : '',
    crashed > 0 ? `${crashed} crashed` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function NodeFilter(props: {
  readonly value: string;
  readonly onInput: (text: string) => void;
}): JSX.Element {
  return (
    <label class="filter">
      <Glyph name="search" />
      <input
        type="search"
        value={props.value}
        placeholder="Filter nodes"
        aria-label="Filter nodes"
        data-filter
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </label>
  );
}

function noteOf(all: readonly NodeView[]): ComponentChildren {
  const limit = consoleInfo.value?.nodeLimit;
  return (
    <>
      {summaryOf(all)}
      {limit !== undefined && roomIn(localPlace) === 0 && <> · the limit of {limit} is reached here</>}
    </>
  );
}

/** Above the table: the places, then the filters, or what can be done with the selected nodes. */
function Tools(props: {
  readonly all: readonly NodeView[];
  readonly chosen: readonly NodeView[];
  readonly isLong: boolean;
  readonly isCompact: boolean;
}): JSX.Element {
  const { all, chosen, isLong, isCompact } = props;
  return (
    <div class="nodes-tools">
      <HostBar />
      {chosen.length > 0 ? (
        <BulkBar chosen={chosen} />
      ) : (
        isLong && <TableTools nodes={all} isCompact={isCompact} />
      )}
    </div>
  );
}

export function NodesPage(): JSX.Element {
  const all = shownNodes.value;
  const { filters } = tableView.value;
  if (all.length === 0)
    return (
      <PageFrame title="Nodes" note="No node yet">
        <BatchPanel />
        <NothingYet />
      </PageFrame>
    );
  const groups = shownGroups(all);
  const isLong = all.length > rowsWithoutFilter || isFiltering(filters);
  const isCompact = isCompactFor(all.length);
  const chosen = nodesIn(groups).filter(({ id }) => selection.value.has(id));
  return (
    <PageFrame
      title="Nodes"
      note={noteOf(all)}
      actions={
        <>
          {isLong && <NodeFilter value={filters.text} onInput={(text) => filterBy({ text })} />}
          <LaunchBar />
        </>
      }
    >
      <BatchPanel />
      <Tools all={all} chosen={chosen} isLong={isLong} isCompact={isCompact} />
      {groups.length > 0 ? (
        <NodeTable groups={groups} isCompact={isCompact} />
      ) : (
        <p class="quiet padded">
          No node matches the filters.{' '}
          <button type="button" class="link-button" onClick={() => showTable({ filters: noFilters })}>
            Show all nodes
          </button>
        </p>
      )}
    </PageFrame>
  );
}
