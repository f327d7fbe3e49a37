/**
 * Where the rows of a long list are, and which of them can be seen. All rows have the same height; those that were opened are
 * taller by what they show. The work depends on how many rows are opened, not on how many there are. Pure.
 */

/** An opened row: `extra` is its height beyond that of a row, in pixels. */
export interface OpenRow {
  readonly index: number;
  readonly extra: number;
}

export interface RowGeometry {
  readonly count: number;
  /** Height of a row that is not opened, in pixels. */
  readonly rowHeight: number;
  /** In the order of their indexes. */
  readonly opened: readonly OpenRow[];
}

/** The part of the list that is seen, in pixels from its top. */
export interface Viewport {
  readonly top: number;
  readonly height: number;
}

/** Rows from `first` up to, but without, `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/** Rows beyond each edge that are drawn as well, so that a quick scroll finds them there. */
const spareRows = 8;

/** The height of the whole list. */
export function listHeight({ count, rowHeight, opened }: RowGeometry): number {
  return count * rowHeight + opened.reduce((sum, { extra }) => sum + extra, 0);
}

/** The distance of a row from the top of the list. */
export function topOf({ rowHeight, opened }: RowGeometry, index: number): number {
  let top = index * rowHeight;
  for (const open of opened) {
    if (open.index >= index) break;
    top += open.extra;
  }
  return top;
}

/** The height of one row. */
export function heightOf({ rowHeight, opened }: RowGeometry, index: number): number {
  return rowHeight + (opened.find((open) => open.index === index)?.extra ?? 0);
}

/** The row at a distance from the top of the list; the first or the last row for a distance outside of it. 0 for an empty list. */
export function rowAt({ count, rowHeight, opened }: RowGeometry, y: number): number {
  let before = 0;
  for (const { index, extra } of opened) {
    const top = index * rowHeight + before;
    if (y < top) break;
    if (y < top + rowHeight + extra) return index;
    before += extra;
  }
  return Math.max(0, Math.min(count - 1, Math.floor((y - before) / rowHeight)));
}

/** The rows that are drawn: those that can be seen, and a few beyond each edge. */
export function drawnRows(geometry: RowGeometry, { top, height }: Viewport): RowRange {
  if (geometry.count === 0) return { first: 0, end: 0 };
  return {
    first: Math.max(0, rowAt(geometry, top) - spareRows),
    end: Math.min(geometry.count, rowAt(geometry, top + height) + 1 + spareRows),
  };
}

/** The largest distance that the list can be scrolled. */
export function lastTop(geometry: RowGeometry, height: number): number {
  return Math.max(0, listHeight(geometry) - height);
}

/** The scroll position at which a row is seen whole, as near to `viewport` as possible. */
export function topShowing(geometry: RowGeometry, index: number, { top, height }: Viewport): number {
  const start = topOf(geometry, index);
  const end = start + heightOf(geometry, index);
  if (start < top) return start;
  // The start of a row that is taller than the view is more important than its end.
  return end > top + height ? Math.min(start, end - height) : top;
}
