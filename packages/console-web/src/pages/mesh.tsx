/** The connections of the mesh, as the nodes report them, and the details of the selected node. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { splitNodeName } from '@convoy/node/names';
import { ApartNotice } from '../components/clusters/apart-notice.tsx';
import { NodeBadges } from '../components/clusters/node-badges.tsx';
import { NodeLabel } from '../components/clusters/node-label.tsx';
import { CutText } from '../components/cut-text.tsx';
import { Glyph } from '../components/glyphs.tsx';
import { MeshGraph } from '../components/mesh/mesh-graph.tsx';
import { KindMark } from '../components/kind-mark.tsx';
import { PageLink } from '../components/page-link.tsx';
import { LaunchBar } from '../components/launching/launch-bar.tsx';
import { NodeActions } from '../components/nodes/node-actions.tsx';
import { NodeDetail } from '../components/nodes/node-detail.tsx';
import { ProblemPanel } from '../components/nodes/problem-panel.tsx';
import { StatusChip } from '../components/nodes/status-chip.tsx';
import { noteRoute, routeNode } from '../router.ts';
import { nodeTitle } from '../state/clusters/node-titles.ts';
import { shownNodes } from '../state/clusters/shown-cluster.ts';
import { deadEnd } from '../state/dead-end.ts';
import { formatCount } from '../state/page/format.ts';
import { edgesOf } from '../state/nodes/mesh-edges.ts';
import { canLookInside, findNode, insideRoute, isBroken } from '../state/nodes/nodes.ts';
import { NothingYet } from './nodes.tsx';
import { PageFrame } from './page-frame.tsx';

/** The selected node is the one whose id is in the address. */
function select(node: string | undefined): void {
  noteRoute(node === undefined ? { page: 'mesh' } : { page: 'mesh', node });
}

/** Closes the details of a node. The focus goes to where they were opened. */
function closeDetails(node: string): void {
  document.querySelector<SVGElement>(`.mesh-node[data-node="${CSS.escape(node)}"]`)?.focus();
  select(undefined);
}

function Legend({ hasOneWay }: { readonly hasOneWay: boolean }): JSX.Element {
  return (
    <ul class="mesh-legend" aria-label="Legend">
      <li>
        <svg width="28" height="8" aria-hidden="true">
          <line class="edge edge-mutual" x1="0" y1="4" x2="28" y2="4" />
        </svg>
        connected
      </li>
      {hasOneWay && (
        <li>
          <svg width="28" height="8" aria-hidden="true">
            <line class="edge edge-oneWay" x1="0" y1="4" x2="28" y2="4" />
          </svg>
          reported by one side only
        </li>
      )}
    </ul>
  );
}

function Inspector({ node }: { readonly node: NodeView }): JSX.Element {
  const { name: short, host } = splitNodeName(node.name);
  return (
    <aside class="inspector" aria-label={`Node ${nodeTitle(node.id)}`}>
      <header>
        <KindMark kind={node.kind} />
        <div class="node-names">
          <strong>
            {canLookInside(node) ? (
              <PageLink
                class="inside-link"
                to={insideRoute(node)}
                label={`${nodeTitle(node.id)}: look inside`}
                title="Look inside"
              >
                <CutText text={short} />
              </PageLink>
            ) : (
              <CutText text={short} />
            )}
          </strong>
          <span>
            <CutText text={`@${host}`} />
          </span>
        </div>
        <button
          type="button"
          class="icon-button"
          aria-label="Close the details"
          onClick={() => closeDetails(node.id)}
        >
          <Glyph name="close" />
        </button>
      </header>
      <StatusChip node={node} />
      <NodeBadges node={node} />
      <ApartNotice node={node} />
      <NodeActions node={node} />
      {isBroken(node) && <ProblemPanel node={node} />}
      <NodeDetail node={node} />
    </aside>
  );
}

function Stranger({ id }: { readonly id: string }): JSX.Element {
  return (
    <aside class="inspector" aria-label={`Node ${nodeTitle(id)}`}>
      <header>
        <KindMark kind="unknown" />
        <div class="node-names">
          <strong>
            <NodeLabel id={id} />
          </strong>
        </div>
        <button
          type="button"
          class="icon-button"
          aria-label="Close the details"
          onClick={() => closeDetails(id)}
        >
          <Glyph name="close" />
        </button>
      </header>
      <p class="quiet">Other nodes are connected to it; the console has not reached it itself.</p>
    </aside>
  );
}

export function MeshPage(): JSX.Element {
  const all = shownNodes.value;
  const edges = edgesOf(all);
  if (all.length === 0)
    return (
      <PageFrame title="Mesh" note="No node yet">
        <NothingYet />
      </PageFrame>
    );
  const picked = routeNode();
  const view = picked === undefined ? undefined : findNode(picked);
  return (
    <PageFrame
      title="Mesh"
      note={`${formatCount(all.length, 'node')} · ${formatCount(edges.length, 'connection')}`}
      actions={<LaunchBar />}
      isFull
    >
      <div class="mesh-page">
        <MeshGraph nodes={all} selected={picked} onSelect={select} />
        <Legend hasOneWay={edges.some((edge) => edge.kind === 'oneWay')} />
        {view !== undefined && <Inspector key={view.id} node={view} />}
        {picked !== undefined && view === undefined && deadEnd.value === undefined && (
          <Stranger id={picked} />
        )}
      </div>
    </PageFrame>
  );
}
