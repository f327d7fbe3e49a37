/**
 * Where a list that grows is scrolled to: to its end, which it follows, or to a row, which stays where it is seen while others
 * come and go around it. Pure.
 */

import { lastTop, rowAt, topOf, type RowGeometry, type Viewport } from './visible-rows.ts';

/** `row` is at the upper edge of the view; `offset` is how far it is scrolled past the edge, in pixels. */
export type ScrollPlace<Row> =
  | { readonly kind: 'end' }
  | { readonly kind: 'row'; readonly row: Row; readonly offset: number };

/** The distance from the end at which the list counts as scrolled to it: scroll positions may be fractions. */
const atEnd = 2;

/** The scroll position of a place. `indexOf` finds a row, or what has taken its place. */
export function topOfPlace<Row>(
  geometry: RowGeometry,
  { place, height, indexOf }: { place: ScrollPlace<Row>; height: number; indexOf: (row: Row) => number },
): number {
  const last = lastTop(geometry, height);
  if (place.kind === 'end') return last;
  return Math.max(0, Math.min(last, topOf(geometry, indexOf(place.row)) + place.offset));
}

/** The place that a scroll position is. At the end of the list it is followed. */
export function placeAt<Row>(
  geometry: RowGeometry,
  { top, height }: Viewport,
  rows: readonly Row[],
): ScrollPlace<Row> {
  if (top >= lastTop(geometry, height) - atEnd) return { kind: 'end' };
  return rowPlaceAt(geometry, top, rows);
}

/** The same, but the end is not followed: what is seen stays where it is. */
export function rowPlaceAt<Row>(geometry: RowGeometry, top: number, rows: readonly Row[]): ScrollPlace<Row> {
  const index = rowAt(geometry, top);
  const row = rows[index];
  if (row === undefined) return { kind: 'end' };
  return { kind: 'row', row, offset: top - topOf(geometry, index) };
}

/**
 * Whether a scroll event is only the echo of `setTop`, the position that the page has set itself. Any other is of the user, who
 * leaves the end by a single pixel upwards: otherwise lines that arrive would pull the view back.
 */
export function isOwnScroll(top: number, setTop: number): boolean {
  return Math.abs(top - setTop) < 1;
}
