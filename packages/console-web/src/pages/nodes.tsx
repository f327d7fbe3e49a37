/** Every node as a row, and buttons for launching new ones. */

import type { NodeView } from '@convoy/console/protocol';
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Glyph } from '../components/glyphs.tsx';
import { HostBar } from '../components/hosts/host-bar.tsx';
import { LaunchBar, LaunchCards } from '../components/launching/launch-bar.tsx';
import { NodeRow } from '../components/nodes/node-row.tsx';
import { routeNode } from '../router.ts';
import { clusterStates } from '../state/clusters/clusters.ts';
import { shownCluster, shownNodes } from '../state/clusters/shown-cluster.ts';
import { formatCount } from '../state/page/format.ts';
import { consoleInfo, kindNames } from '../state/nodes/nodes.ts';
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
        It starts on this computer, joins the mesh by itself, and has a shell a moment later. Launch a second
        one and they find each other.
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

function matches(node: NodeView, filter: string): boolean {
  const text = `${node.name} ${kindNames[node.kind]} ${node.provider} ${node.status} ${node.version ?? ''}`;
  return text.toLowerCase().includes(filter.trim().toLowerCase());
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
  const launched = all.filter((node) => node.origin === 'launched').length;
  return (
    <>
      {summaryOf(all)}
      {limit !== undefined && launched >= limit && <> · the limit of {limit} is reached</>}
    </>
  );
}

export function NodesPage(): JSX.Element {
  const [filter, setFilter] = useState('');
  const all = shownNodes.value;
  if (all.length === 0)
    return (
      <PageFrame title="Nodes" note="No node yet">
        <NothingYet />
      </PageFrame>
    );
  // The node that the address names is shown whatever the filter hides.
  const named = routeNode();
  const shown = all.filter((node) => node.id === named || matches(node, filter));
  const isLong = all.length > rowsWithoutFilter || filter !== '';
  return (
    <PageFrame
      title="Nodes"
      note={noteOf(all)}
      actions={
        <>
          {isLong && <NodeFilter value={filter} onInput={setFilter} />}
          <LaunchBar />
        </>
      }
    >
      <HostBar />
      <div class="node-list">
        {shown.map((node) => (
          <NodeRow key={node.id} node={node} />
        ))}
        {shown.length === 0 && <p class="quiet padded">No node matches “{filter}”.</p>}
      </div>
    </PageFrame>
  );
}
