/** The geometry of the mesh: where edges meet boxes, which part is visible, which box lies in a direction. Pure. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const boxWidth = 184;
export const boxHeight = 52;

/** Where the line from the middle of a box towards `to` leaves the box, `gap` further out. */
export function boxExit(from: Point, to: Point, gap = 0): Point {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  if (dx === 0 && dy === 0) return from;
  const reach = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : (boxWidth / 2 + gap) / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : (boxHeight / 2 + gap) / Math.abs(dy),
  );
  const part = Math.min(1, reach);
  return { x: from.x + dx * part, y: from.y + dy * part };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is drawn, and the size of the drawing in pixels. */
export interface View extends Point, Size {
  readonly drawing: Size;
}

/** Names are still legible at this scale; a drawing that needs more scrolls. */
const mostScale = 1.4;
const narrow = 600;

/** The view that contains every box, at a scale between 1 and 1.4. */
export function viewOf(points: readonly Point[], frame: Size): View {
  const margin = frame.width < narrow ? 16 : 48;
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const left = Math.min(0, ...xs) - boxWidth / 2 - margin;
  const right = Math.max(0, ...xs) + boxWidth / 2 + margin;
  const top = Math.min(0, ...ys) - boxHeight / 2 - margin;
  const bottom = Math.max(0, ...ys) + boxHeight / 2 + margin;
  const fitting = Math.max((right - left) / frame.width, (bottom - top) / frame.height);
  const scale = Math.min(mostScale, Math.max(1, fitting));
  const drawing = {
    width: Math.max(frame.width, (right - left) / scale),
    height: Math.max(frame.height, (bottom - top) / scale),
  };
  const width = drawing.width * scale;
  const height = drawing.height * scale;
  return { x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height, drawing };
}

const directions: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** The nearest box in the direction of an arrow key, by the id of its node. */
export function neighbourOf(id: string, key: string, places: ReadonlyMap<string, Point>): string | undefined {
  const from = places.get(id);
  const direction = directions[key];
  if (from === undefined || direction === undefined) return undefined;
  let best: { id: string; cost: number } | undefined;
  for (const [other, place] of places) {
    const along = (place.x - from.x) * direction.x + (place.y - from.y) * direction.y;
    if (other === id || along <= 1) continue;
    const across = Math.abs((place.x - from.x) * direction.y) + Math.abs((place.y - from.y) * direction.x);
    const cost = along + across * 2;
    if (best === undefined || cost < best.cost) best = { id: other, cost };
  }
  return best?.id;
}
