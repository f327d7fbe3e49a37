/** The mesh as a graph: a box per node, a line if both ends report the connection, a dashed arrow if only one does. */

import type { NodeView } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { edgesOf, type MeshEdge, strangersOf } from '../../state/nodes/mesh-edges.ts';
import { clusters, findCluster } from '../../state/clusters/clusters.ts';
import { nodeName, nodeTitle } from '../../state/clusters/node-titles.ts';
import { isApart, statusNames } from '../../state/nodes/nodes.ts';
import { ClusterMark } from '../clusters/cluster-mark.tsx';
import { CutText } from '../cut-text.tsx';
import { KindMark } from '../kind-mark.tsx';
import { StatusMark } from '../nodes/status-chip.tsx';
import { boxExit, boxHeight, boxWidth, neighbourOf, type Point, viewOf } from './mesh-geometry.ts';
import { layOut } from './mesh-layout.ts';

type Places = ReadonlyMap<string, Point>;

/** Kept when the user leaves the page, so that the graph looks the same afterwards. */
let lastPlaces: Places = new Map();
let lastTall = false;

function EdgeLine(props: {
  readonly edge: MeshEdge;
  readonly places: Places;
  readonly selected: string | undefined;
}): JSX.Element | null {
  const { edge, places, selected } = props;
  const from = places.get(edge.from);
  const to = places.get(edge.to);
  if (from === undefined || to === undefined) return null;
  const start = boxExit(from, to, 2);
  const end = boxExit(to, from, edge.kind === 'oneWay' ? 7 : 2);
  const isLit = selected === edge.from || selected === edge.to;
  const isDim = selected !== undefined && !isLit;
  return (
    <line
      class={`edge edge-${edge.kind} ${isLit ? 'is-lit' : ''} ${isDim ? 'is-dim' : ''}`}
      x1={start.x}
      y1={start.y}
      x2={end.x}
      y2={end.y}
      marker-end={edge.kind === 'oneWay' ? 'url(#edge-arrow)' : undefined}
      data-from={edge.from}
      data-to={edge.to}
      data-kind={edge.kind}
    >
      <title>
        {edge.kind === 'mutual'
          ? `${nodeTitle(edge.from)} and ${nodeTitle(edge.to)} are connected`
          : `${nodeTitle(edge.from)} reports a connection to ${nodeTitle(edge.to)}, which does not report it`}
      </title>
    </line>
  );
}

function describeNode(id: string, view: NodeView | undefined): string {
  const name = nodeTitle(id);
  if (view === undefined) return `${name}, reported by other nodes`;
  const peers = view.peers.length === 0 ? 'no other node' : view.peers.join(', ');
  const apart = isApart(view) ? ', apart from its cluster' : '';
  const hidden = view.isHidden === true ? ', hidden' : '';
  return `${name}, ${statusNames[view.status]}${apart}${hidden}, connected to ${peers}`;
}

function classesOf(view: NodeView | undefined): string {
  if (view === undefined) return 'status-stranger';
  return [
    `status-${view.status}`,
    isApart(view) ? 'is-apart' : '',
    view.isHidden === true ? 'is-hidden' : '',
  ].join(' ');
}

/** The mark of the cluster of a node, where there are several. */
function MarkOfCluster({ id }: { readonly id: string }): JSX.Element | null {
  const cluster = findCluster(id);
  if (cluster === undefined || clusters.value.length < 2) return null;
  return (
    <g transform={`translate(${boxWidth - 22} ${boxHeight - 22})`}>
      <ClusterMark color={cluster.color} />
    </g>
  );
}

function NodeBox(props: {
  readonly id: string;
  readonly view: NodeView | undefined;
  readonly place: Point;
  readonly isSelected: boolean;
  readonly isFirst: boolean;
  readonly onSelect: () => void;
  readonly onMove: (key: string) => void;
}): JSX.Element {
  const { id, view, place, isSelected, onSelect, onMove } = props;
  const { name: short, host } = splitNodeName(nodeName(id));
  return (
    <g
      class={`mesh-node ${classesOf(view)} ${isSelected ? 'is-selected' : ''}`}
      transform={`translate(${place.x - boxWidth / 2} ${place.y - boxHeight / 2})`}
      // SVG attributes are case-sensitive.
      tabindex={isSelected || props.isFirst ? 0 : -1}
      role="button"
      aria-pressed={isSelected}
      aria-label={describeNode(id, view)}
      data-testid="mesh-node"
      data-node={id}
      onClick={onSelect}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') onSelect();
        else if (event.key.startsWith('Arrow')) onMove(event.key);
        else return;
        event.preventDefault();
      }}
    >
      <rect class="mesh-box" width={boxWidth} height={boxHeight} rx="10" />
      <g transform="translate(11 11)">
        <KindMark kind={view?.kind ?? 'unknown'} />
      </g>
      <foreignObject x="51" y="7" width={boxWidth - 58} height={boxHeight - 14}>
        <span class="mesh-name">
          <CutText text={short} />
        </span>
        <span class="mesh-host">
          <CutText text={`@${host}`} />
        </span>
      </foreignObject>
      {view !== undefined && (
        <g class="mesh-status" transform={`translate(${boxWidth - 22} 10)`}>
          <StatusMark status={view.status} />
        </g>
      )}
      {view !== undefined && <MarkOfCluster id={view.cluster} />}
    </g>
  );
}

function usePlaces(ids: readonly string[], edges: readonly MeshEdge[], isTall: boolean): Places {
  const shape = `${ids.join(' ')}|${edges.map((edge) => `${edge.from}>${edge.to}`).join(' ')}`;
  return useMemo(() => {
    lastPlaces = layOut(ids, edges, { before: lastTall === isTall ? lastPlaces : new Map(), isTall });
    lastTall = isTall;
    return lastPlaces;
  }, [shape, isTall]);
}

function useSize(element: { readonly current: Element | null }): { width: number; height: number } {
  const [size, setSize] = useState({ width: 900, height: 600 });
  useLayoutEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      if (box !== undefined && box.width > 0) setSize({ width: box.width, height: box.height });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return size;
}

function ArrowHead(): JSX.Element {
  return (
    <defs>
      <marker
        id="edge-arrow"
        viewBox="0 0 8 8"
        refX="6"
        refY="4"
        markerWidth="10"
        markerHeight="10"
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path d="M0.5 0.5 7 4 0.5 7.5z" />
      </marker>
    </defs>
  );
}

export function MeshGraph(props: {
  readonly nodes: readonly NodeView[];
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
}): JSX.Element {
  const { nodes, selected, onSelect } = props;
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const edges = edgesOf(nodes);
  const ids = [...nodes.map((node) => node.id), ...strangersOf(nodes)];
  const places = usePlaces(ids, edges, size.width < 600);
  const view = viewOf([...places.values()], size);
  useLayoutEffect(() => {
    if (selected === undefined) return;
    const box = frame.current?.querySelector(`[data-node="${CSS.escape(selected)}"]`);
    box?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [selected, size]);
  const moveFrom = (id: string, key: string): void => {
    const next = neighbourOf(id, key, places);
    if (next === undefined) return;
    onSelect(next);
    frame.current?.querySelector<SVGElement>(`[data-node="${CSS.escape(next)}"]`)?.focus();
  };
  return (
    <div ref={frame} class="mesh-frame">
      <svg
        class="mesh"
        style={{ width: `${view.drawing.width}px`, height: `${view.drawing.height}px` }}
        viewBox={`${view.x} ${view.y} ${view.width} ${view.height}`}
        role="group"
        aria-label={`The mesh: ${ids.length} nodes, ${edges.length} connections. Arrow keys move, Enter selects.`}
        onClick={(event) => {
          if (event.target === event.currentTarget) onSelect(undefined);
        }}
      >
        <ArrowHead />
        {edges.map((edge) => (
          <EdgeLine key={`${edge.from} ${edge.to}`} edge={edge} places={places} selected={selected} />
        ))}
        {ids.map((id, index) => (
          <NodeBox
            key={id}
            id={id}
            view={nodes.find((node) => node.id === id)}
            place={places.get(id) ?? { x: 0, y: 0 }}
            isSelected={selected === id}
            isFirst={selected === undefined && index === 0}
            onSelect={() => onSelect(selected === id ? undefined : id)}
            onMove={(key) => moveFrom(id, key)}
          />
        ))}
      </svg>
    </div>
  );
}
