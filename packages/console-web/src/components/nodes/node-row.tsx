/** The row of a node in the table. While the node launches, its steps take the place of its figures. */

import type { NodeView } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { arrivals, noteRoute, routeNode } from '../../router.ts';
import { formatBytes } from '../../state/page/format.ts';
import {
  canLookInside,
  insideRoute,
  isApart,
  isBroken,
  newNodes,
  versionText,
} from '../../state/nodes/nodes.ts';
import { selection, selectTo, toggleSelected } from '../../state/nodes/selection.ts';
import { ApartMark, ApartNotice } from '../clusters/apart-notice.tsx';
import { HiddenMark } from '../clusters/node-badges.tsx';
import { CutText } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';
import { KindMark } from '../kind-mark.tsx';
import { PageLink } from '../page-link.tsx';
import { allColumns, figureColumns } from './columns.ts';
import { NodeActions } from './node-actions.tsx';
import { NodeDetail } from './node-detail.tsx';
import { ProblemPanel } from './problem-panel.tsx';
import { SparkLine } from './spark-line.tsx';
import { StatusChip, Uptime } from './status-chip.tsx';
import { StepTrack } from './step-list.tsx';

function Cell(props: {
  readonly name: string;
  readonly span?: number;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div role="cell" class={`cell-${props.name}`} aria-colspan={props.span}>
      {props.children}
    </div>
  );
}

/** The name of a node, which leads into it if this console can look there. */
function NodeName(props: { readonly node: NodeView; readonly children: ComponentChildren }): JSX.Element {
  const { node, children } = props;
  if (!canLookInside(node)) {
    return (
      <span class="node-name" title={node.name}>
        {children}
      </span>
    );
  }
  return (
    <PageLink
      class="node-name inside-link"
      to={insideRoute(node)}
      label={`${nodeTitle(node.id)}: look inside`}
      title={node.name}
      testId="look-inside"
    >
      {children}
    </PageLink>
  );
}

function NodeTitle({ node }: { readonly node: NodeView }): JSX.Element {
  const { name: short, host } = splitNodeName(node.name);
  return (
    <div class="node-names">
      <NodeName node={node}>
        <strong>
          <CutText text={short} />
        </strong>
        <span>
          <CutText text={`@${host}`} />
        </span>
      </NodeName>
      <div class="node-where">
        {node.origin === 'discovered' && 'found in the mesh '}
        {node.isHidden === true && <HiddenMark />}
      </div>
    </div>
  );
}

/** A number with what it counts, which is not shown in compact rows: there the head of the column says it. */
function Figure({ count, unit }: { readonly count: number; readonly unit: string }): JSX.Element {
  return (
    <span class="figure">
      {count}
      <span class="unit"> {unit}</span>
    </span>
  );
}

function Figures({ node }: { readonly node: NodeView }): JSX.Element {
  const { peers, processes, memoryBytes, memoryHistory, processHistory = [], upSince, status } = node;
  const version = versionText(node);
  return (
    <>
      <Cell name="version">
        <span title={version}>{version}</span>
      </Cell>
      <Cell name="peers">
        <span title={peers.join('\n')}>
          <Figure count={peers.length} unit={peers.length === 1 ? 'peer' : 'peers'} />
        </span>
      </Cell>
      <Cell name="memory">
        <SparkLine values={memoryHistory} />
        <span class="figure">{memoryBytes === undefined ? '–' : formatBytes(memoryBytes)}</span>
      </Cell>
      <Cell name="processes">
        <SparkLine values={processHistory} />
        {processes === undefined ? (
          '–'
        ) : (
          <Figure count={processes} unit={processes === 1 ? 'process' : 'processes'} />
        )}
      </Cell>
      <Cell name="uptime">{status === 'up' && upSince !== undefined && <Uptime since={upSince} />}</Cell>
    </>
  );
}

/** The arrival at an address of a node that has been answered by opening its row; no row opens by itself a second time. */
let answeredArrival = -1;

/** Opens the row, scrolls to it and focuses it when the user arrives at the address of its node. */
function useArrival(id: string, open: () => void): { readonly current: HTMLDivElement | null } {
  const row = useRef<HTMLDivElement>(null);
  const arrival = arrivals.value;
  useEffect(() => {
    if (arrival === answeredArrival || routeNode() !== id) return;
    answeredArrival = arrival;
    open();
    // With its details, which are there in the next frame.
    requestAnimationFrame(() => {
      row.current?.scrollIntoView({ block: 'nearest' });
      row.current?.querySelector<HTMLElement>('.disclosure')?.focus({ preventScroll: true });
    });
  }, [arrival]);
  return row;
}

/** Ids of the nodes whose rows stand around this one, in their order: a range is selected in what is shown. */
function shownAround(element: HTMLElement): readonly string[] {
  const rows = element.closest('.node-table')?.querySelectorAll<HTMLElement>('.node-card') ?? [];
  return [...rows].flatMap((row) => row.dataset['node'] ?? []);
}

function SelectCell(props: {
  readonly id: string;
  readonly isOpen: boolean;
  readonly detailId: string;
  readonly onToggle: () => void;
}): JSX.Element {
  const { id, isOpen, detailId, onToggle } = props;
  return (
    <Cell name="select">
      <input
        type="checkbox"
        class="row-check"
        aria-label={`Select ${nodeTitle(id)}`}
        data-testid="select-node"
        checked={selection.value.has(id)}
        onClick={(event) => {
          if (!event.shiftKey) return toggleSelected(id);
          selectTo(shownAround(event.currentTarget), id);
        }}
      />
      <button
        type="button"
        class="icon-button disclosure"
        aria-expanded={isOpen}
        aria-controls={detailId}
        aria-label={`Details of ${nodeTitle(id)}`}
        data-testid="node-details"
        // It stands for its row when the focus is looked for.
        data-autofocus
        onClick={onToggle}
      >
        <Glyph name={isOpen ? 'chevronDown' : 'chevronRight'} />
      </button>
    </Cell>
  );
}

/** What is shown below the cells of a row: a problem, and the details while they are open. */
function RowDetails(props: {
  readonly node: NodeView;
  readonly isOpen: boolean;
  readonly detailId: string;
}): JSX.Element {
  const { node, isOpen, detailId } = props;
  const hasProblem = isBroken(node) || isApart(node);
  return (
    <div id={detailId} role="row" class="detail-row" hidden={!isOpen && !hasProblem}>
      <div role="cell" aria-colspan={allColumns}>
        {isBroken(node) && <ProblemPanel node={node} />}
        <ApartNotice node={node} />
        {isOpen && (
          <>
            {canLookInside(node) && (
              <p class="look-inside">
                <PageLink
                  class="button"
                  to={insideRoute(node)}
                  label={`Look inside the node ${nodeTitle(node.id)}`}
                >
                  Look inside
                </PageLink>
                <span class="quiet">memory, load, processes, supervision trees, tables</span>
              </p>
            )}
            <NodeDetail node={node} />
          </>
        )}
      </div>
    </div>
  );
}

export function NodeRow({ node }: { readonly node: NodeView }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const detailId = useId();
  const { id, status } = node;
  const row = useArrival(id, () => setOpen(true));
  /** The address names the node whose details were opened last. */
  const toggle = (): void => {
    if (!isOpen) noteRoute({ page: 'nodes', node: id });
    else if (routeNode() === id) noteRoute({ page: 'nodes' });
    setOpen(!isOpen);
  };
  const showsSteps = status === 'launching' || status === 'failed';
  return (
    <div
      ref={row}
      role="rowgroup"
      class={`node-card is-${status} ${isOpen ? 'is-open' : ''}`}
      data-testid="node-card"
      data-node={id}
      data-status={status}
      data-selected={selection.value.has(id)}
      data-fresh={newNodes.value.has(id)}
      aria-label={nodeTitle(id)}
    >
      <div role="row" class="node-row">
        <SelectCell id={id} isOpen={isOpen} detailId={detailId} onToggle={toggle} />
        <Cell name="kind">
          <KindMark kind={node.kind} />
        </Cell>
        <Cell name="name">
          <NodeTitle node={node} />
        </Cell>
        <Cell name="status">
          <StatusChip node={node} />
          <ApartMark node={node} />
        </Cell>
        {showsSteps ? (
          <Cell name="steps" span={figureColumns}>
            <StepTrack steps={node.steps} />
          </Cell>
        ) : (
          <Figures node={node} />
        )}
        <Cell name="actions">
          <NodeActions node={node} />
        </Cell>
      </div>
      <RowDetails node={node} isOpen={isOpen} detailId={detailId} />
    </div>
  );
}
