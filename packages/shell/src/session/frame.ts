/**
 * What is drawn at the end of the output: the unfinished output line, the prompt and the text being typed, with the
 * cursor in it. Pure: two frames give the shortest text that turns one into the other on a terminal. A frame always
 * begins in the first column.
 */
import { codePointWidth, graphemes } from '../line-editor/width.ts';

/** A piece that is drawn as a whole. `width` counts cells; a newline has none. */
export interface Unit {
  readonly text: string;
  readonly width: number;
}

export interface Frame {
  readonly units: readonly Unit[];
  /** Index of the unit the cursor stands on; `units.length` at the end. */
  readonly cursor: number;
  readonly columns: number;
}

interface Position {
  readonly row: number;
  readonly column: number;
}

const newline: Unit = { text: '\r\n', width: 0 };
const clearBelow = '\u001b[J';

/** Typed text as units; control characters become visible. */
export function typedUnits(text: string): Unit[] {
  return graphemes(text).map((grapheme) => {
    if (grapheme === '\n') return newline;
    if (grapheme === '\t') return { text: '    ', width: 4 };
    return unitOf(/[\u0000-\u001f\u007f]/.test(grapheme) ? '^' : grapheme);
  });
}

/** Output as units: control sequences take no room. */
export function outputUnits(text: string): Unit[] {
  const units: Unit[] = [];
  for (const [piece] of text.matchAll(
    /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u001b]*\u001b\\|\r?\n|[^\u001b\r\n]+/g,
  )) {
    if (piece.startsWith('\u001b')) units.push({ text: piece, width: 0 });
    else if (piece.endsWith('\n')) units.push(newline);
    else units.push(...graphemes(piece).map(unitOf));
  }
  return units;
}

function unitOf(text: string): Unit {
  let width = 0;
  for (const character of text) width += codePointWidth(character.codePointAt(0) ?? 0);
  return { text, width };
}

/** Where the terminal's cursor is after the first `count` units. A full row counts as the start of the next. */
export function positionAfter(frame: Pick<Frame, 'units' | 'columns'>, count: number): Position {
  const { units, columns } = frame;
  let row = 0;
  let column = 0;
  for (const unit of units.slice(0, count)) {
    if (unit === newline) {
      row += 1;
      column = 0;
      continue;
    }
    if (column + unit.width > columns) {
      row += 1;
      column = 0;
    }
    column += unit.width;
    // A tab or a joined emoji may be wider than the whole terminal.
    while (column > columns) {
      row += 1;
      column -= columns;
    }
    // The next cell is on the next row, but what takes no cell still belongs to this one.
    if (column === columns) {
      row += 1;
      column = 0;
    }
  }
  return { row, column };
}

function moveBetween(from: Position, to: Position): string {
  let moves = '';
  if (to.row < from.row) moves += `\u001b[${from.row - to.row}A`;
  if (to.row > from.row) moves += `\u001b[${to.row - from.row}B`;
  if (to.column === from.column && to.row === from.row) return '';
  if (to.column === 0) return `${moves}\r`;
  return `${moves}\u001b[${to.column + 1}G`;
}

/** The text that draws `units` from `start` on; a full last row moves the terminal on to the next one. */
function draw(frame: Frame, start: number): string {
  const text = frame.units
    .slice(start)
    .map((unit) => unit.text)
    .join('');
  const end = positionAfter(frame, frame.units.length);
  const fillsRow = text !== '' && end.column === 0 && end.row > 0 && frame.units.at(-1) !== newline;
  return fillsRow ? `${text} \r` : text;
}

/** Turns what `before` has drawn into `after`. `undefined` stands for nothing, with the cursor in the first column. */
export function redraw(before: Frame | undefined, after: Frame): string {
  const shown = before ?? { units: [], cursor: 0, columns: after.columns };
  const same = commonUnits(shown, after);
  const from = positionAfter(shown, shown.cursor);
  const end = positionAfter(after, after.units.length);
  const target = positionAfter(after, after.cursor);
  if (same === shown.units.length && same === after.units.length) return moveBetween(from, target);
  const start = positionAfter(shown, same);
  const clear = same < shown.units.length ? clearBelow : '';
  return moveBetween(from, start) + clear + draw(after, same) + moveBetween(end, target);
}

/** Removes what was drawn; the cursor is left where the frame began. */
export function erase(frame: Frame): string {
  if (frame.units.length === 0) return '';
  return moveBetween(positionAfter(frame, frame.cursor), { row: 0, column: 0 }) + clearBelow;
}

/** Moves the cursor behind everything that was drawn. */
export function moveToEnd(frame: Frame): string {
  return moveBetween(positionAfter(frame, frame.cursor), positionAfter(frame, frame.units.length));
}

function commonUnits(a: Frame, b: Frame): number {
  if (a.columns !== b.columns) return 0;
  const length = Math.min(a.units.length, b.units.length);
  let same = 0;
  while (same < length && a.units[same]?.text === b.units[same]?.text) same += 1;
  // A control sequence at the border would be in force for what is drawn anew, but was reset behind it: begin before.
  while (same > 0 && same < b.units.length && b.units[same]?.width === 0 && b.units[same] !== newline)
    same -= 1;
  return same;
}
