/** Lays out the nodes of the mesh. A node that has a position stays near it, so that users find it again. */

import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';
import type { MeshEdge } from '../../state/nodes/mesh-edges.ts';
import type { Point } from './mesh-geometry.ts';

interface Body extends SimulationNodeDatum {
  readonly id: string;
}

const goldenAngle = Math.PI * (3 - Math.sqrt(5));
const settleTicks = 260;

/** New nodes start on a spiral around the centre, so the same nodes always give the same layout. */
function startPlace(index: number, isTall: boolean): Point {
  const radius = 90 * Math.sqrt(index + 0.5);
  const x = radius * Math.cos(index * goldenAngle);
  const y = radius * Math.sin(index * goldenAngle);
  return isTall ? { x, y: y * 1.3 } : { x: x * 1.5, y };
}

export function layOut(
  ids: readonly string[],
  edges: readonly MeshEdge[],
  { before, isTall }: { readonly before: ReadonlyMap<string, Point>; readonly isTall: boolean },
): ReadonlyMap<string, Point> {
  const bodies: Body[] = ids.map((id, index) => ({
    id,
    ...(before.get(id) ?? startPlace(index, isTall)),
  }));
  const links: SimulationLinkDatum<Body>[] = edges.map(({ from, to }) => ({ source: from, target: to }));
  const isFamiliar = ids.every((id) => before.has(id));
  forceSimulation(bodies)
    .alpha(isFamiliar ? 0.15 : 0.9)
    .force(
      'link',
      forceLink<Body, SimulationLinkDatum<Body>>(links)
        .id((body) => body.id)
        .distance(250)
        .strength(0.25),
    )
    .force('charge', forceManyBody<Body>().strength(-1100))
    .force('collide', forceCollide<Body>(124))
    // The layout may spread in the proportions of its area.
    .force('x', forceX<Body>(0).strength(isTall ? 0.3 : 0.07))
    .force('y', forceY<Body>(0).strength(isTall ? 0.07 : 0.13))
    .stop()
    .tick(settleTicks);
  return new Map(bodies.map(({ id, x = 0, y = 0 }) => [id, { x: Math.round(x), y: Math.round(y) }]));
}
