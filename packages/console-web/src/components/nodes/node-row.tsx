/** The row of a node, the same in every list. While the node launches, its steps take the place of its figures. */

import type { NodeView } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { arrivals, noteRoute, routeNode } from '../../router.ts';
import { formatBytes, formatCount } from '../../state/page/format.ts';
import { isBroken, newNodes, versionText } from '../../state/nodes/nodes.ts';
import { ApartNotice } from '../clusters/apart-notice.tsx';
import { ClusterName } from '../clusters/cluster-name.tsx';
import { HiddenMark } from '../clusters/node-badges.tsx';
import { CutText } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';
import { KindMark } from '../kind-mark.tsx';
import { NodeActions } from './node-actions.tsx';
import { NodeDetail } from './node-detail.tsx';
import { ProblemPanel } from './problem-panel.tsx';
import { SparkLine } from './spark-line.tsx';
import { StatusChip } from './status-chip.tsx';
import { StepTrack } from './step-list.tsx';

function NodeTitle({ node }: { readonly node: NodeView }): JSX.Element {
  const { name: short, host } = splitNodeName(node.name);
  const version = versionText(node);
  return (
    <div class="node-title">
      <KindMark kind={node.kind} />
      <div class="node-names">
        <div class="node-name" title={node.name}>
          <strong>
            <CutText text={short} />
          </strong>
          <span>
            <CutText text={`@${host}`} />
          </span>
        </div>
        <div class="node-where">
          {node.origin === 'member' ? <ClusterName id={node.cluster} /> : <CutText text={node.provider} />}
          {version !== undefined && <> · {version}</>}
          {node.origin === 'discovered' && <> · found in the mesh</>}
          {node.isHidden === true && <HiddenMark />}
        </div>
      </div>
    </div>
  );
}

function Figures({ node }: { readonly node: NodeView }): JSX.Element {
  return (
    <div class="node-figures">
      <span class="figure figure-peers" title={node.peers.join('\n')}>
        {formatCount(node.peers.length, 'peer')}
      </span>
      <span class="figure figure-memory">
        <SparkLine values={node.memoryHistory} />
        <span>{node.memoryBytes === undefined ? '–' : formatBytes(node.memoryBytes)}</span>
      </span>
      <span class="figure figure-processes">
        {node.processes === undefined ? '–' : formatCount(node.processes, 'process', 'processes')}
      </span>
    </div>
  );
}

/** The arrival at an address of a node that has been answered by opening its row; no row opens by itself a second time. */
let answeredArrival = -1;

/** Opens the row, scrolls to it and focuses it when the user arrives at the address of its node. */
function useArrival(id: string, open: () => void): { readonly current: HTMLElement | null } {
  const row = useRef<HTMLElement>(null);
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

export function NodeRow({ node }: { readonly node: NodeView }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const detailId = useId();
  const row = useArrival(node.id, () => setOpen(true));
  /** The address names the node whose details were opened last. */
  const toggle = (): void => {
    if (!isOpen) noteRoute({ page: 'nodes', node: node.id });
    else if (routeNode() === node.id) noteRoute({ page: 'nodes' });
    setOpen(!isOpen);
  };
  const showsSteps = node.status === 'launching' || node.status === 'failed';
  return (
    <article
      ref={row}
      class={`node-card is-${node.status}`}
      data-testid="node-card"
      data-node={node.id}
      data-status={node.status}
      data-fresh={newNodes.value.has(node.id)}
      aria-label={nodeTitle(node.id)}
    >
      <div class="node-row">
        <button
          type="button"
          class="icon-button disclosure"
          aria-expanded={isOpen}
          aria-controls={detailId}
          aria-label={`Details of ${nodeTitle(node.id)}`}
          data-testid="node-details"
          onClick={toggle}
        >
          <Glyph name={isOpen ? 'chevronDown' : 'chevronRight'} />
        </button>
        <NodeTitle node={node} />
        <StatusChip node={node} />
        {showsSteps ? <StepTrack steps={node.steps} /> : <Figures node={node} />}
        <NodeActions node={node} />
      </div>
      {isBroken(node) && <ProblemPanel node={node} />}
      <ApartNotice node={node} />
      <div id={detailId} hidden={!isOpen}>
        {isOpen && <NodeDetail node={node} />}
      </div>
    </article>
  );
}
