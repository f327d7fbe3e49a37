/** Tables that fit the width of a terminal: columns of numbers stand to the right, and texts are cut where there is no room. Pure. */

/** A column of a table. */
export interface Column {
  readonly head: string;
  /** A number stands at the right of its column and is never cut; a text is cut if the table is too wide. */
  readonly kind: 'number' | 'text' | 'whole-text';
}

const gap = '  ';
/** A text is not cut to fewer characters. */
const leastWidth = 8;

/** The table as text. `width` is that of the terminal; without it nothing is cut. */
export function fittedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string {
  const all = [columns.map(({ head }) => head), ...rows];
  const natural = columns.map((_, at) =>
    all.reduce((longest, row) => Math.max(longest, lengthOf(row[at] ?? '')), 0),
  );
  const widths = width === undefined ? natural : narrowed(columns, natural, width);
  const line = (row: readonly string[]): string =>
    columns
      .map(({ kind }, at) => {
        const [cell, size] = [row[at] ?? '', widths[at] ?? 0];
        return kind === 'number' ? cell.padStart(size) : padded(cutText(cell, size), size);
      })
      .join(gap)
      .trimEnd();
  return all.map(line).join('\n');
}

/** `text` with at most `width` characters, the last of which is `…` if some are missing. */
export function cutText(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** The width of standard output, if it is a terminal. Some terminals have no size: 0. */
export function terminalWidth(stream: {
  readonly isTTY?: boolean;
  readonly columns?: number;
}): number | undefined {
  return stream.isTTY === true ? stream.columns || 80 : undefined;
}

/** Takes what is too much from the widest texts, until the table fits or no text can be cut. */
function narrowed(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  const total = (): number => widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1));
  while (total() > width) {
    const texts = columns.flatMap(({ kind }, at) => (kind === 'text' ? [at] : []));
    const widest = texts.toSorted((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0))[0];
    if (widest === undefined || (widths[widest] ?? 0) <= leastWidth) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - lengthOf(text)));
}
