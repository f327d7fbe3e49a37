/** What a terminal shows at a moment, as runs of characters of one look. */

import type { IBuffer, IBufferCell } from '@xterm/headless';

/** What the terminal showed from a moment on, in seconds since the start. */
export interface Frame {
  readonly at: number;
  readonly rows: readonly (readonly Run[])[];
  readonly cursor: { readonly column: number; readonly row: number };
}

/** Characters of one look. */
export interface Run {
  readonly column: number;
  readonly text: string;
  /** One of the sixteen colours, or less than the usual one; `undefined` for that. */
  readonly color: number | 'dim' | undefined;
  readonly isBold: boolean;
}

/** What stands for each character of the token of a console. */
const hidden = '•';

/** What a terminal shows now. The token in a link is hidden. */
export function readFrame(
  buffer: IBuffer,
  { cols, rows, at }: { readonly cols: number; readonly rows: number; readonly at: number },
): Frame {
  const shown = Array.from({ length: rows }, (_, row) => runsOf(buffer, buffer.viewportY + row, cols));
  return { at, rows: shown, cursor: { column: buffer.cursorX, row: buffer.cursorY } };
}

/** Whether two frames look the same. */
export function isSame(one: Frame, other: Frame): boolean {
  return JSON.stringify([one.rows, one.cursor]) === JSON.stringify([other.rows, other.cursor]);
}

/** A line without the token in its link. */
export function withoutToken(text: string): string {
  return text.replaceAll(
    /([?&#]token=)([\w-]+)/g,
    (_, name: string, token: string) => `${name}${hidden.repeat(token.length)}`,
  );
}

function runsOf(buffer: IBuffer, row: number, cols: number): Run[] {
  const line = buffer.getLine(row);
  if (line === undefined) return [];
  const runs: Run[] = [];
  for (let column = 0; column < cols; column += 1) {
    const at = line.getCell(column);
    const text = at === undefined || at.getChars() === '' ? ' ' : at.getChars();
    const look = { color: colorOf(at), isBold: (at?.isBold() ?? 0) !== 0 };
    const last = runs.at(-1);
    const continues = last !== undefined && last.color === look.color && last.isBold === look.isBold;
    if (continues) runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push({ column, text, ...look });
  }
  return runs
    .filter(({ text }) => text.trim() !== '')
    .map((run) => ({ ...run, text: withoutToken(run.text).trimEnd() }));
}

function colorOf(at: IBufferCell | undefined): Run['color'] {
  if (at === undefined) return undefined;
  if (at.isFgPalette()) return at.getFgColor();
  return at.isDim() === 0 ? undefined : 'dim';
}
