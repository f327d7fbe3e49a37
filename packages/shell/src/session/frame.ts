/**
 * What is drawn at the end of the output: the unfinished output line, the prompt and the text being typed, including the
 * cursor. Pure: computes the shortest text that turns one frame into another on a terminal. A frame always starts in the
 * first column.
 */

import { visibleText } from '@convoy/node';
import { codePointWidth } from '../cell-width.ts';
import { graphemes } from '../line-editor/graphemes.ts';

/** A piece that is drawn as a whole. `width` is its number of cells; a newline has none. */
export interface Unit {
  readonly text: string;
  readonly width: number;
}

export interface Frame {
  readonly units: readonly Unit[];
  /** Index of the unit under the cursor; `units.length` at the end. */
  readonly cursor: number;
  readonly columns: number;
}

interface Position {
  readonly row: number;
  readonly column: number;
  /** The previous row is full, and this one is still empty. */
  readonly isWrapped: boolean;
}

const origin: Position = { row: 0, column: 0, isWrapped: false };

const newline: Unit = { text: '\r\n', width: 0 };
const clearBelow = '\u001b[J';

/** Typed text as units; control characters and bidirectional controls become visible. */
export function typedUnits(text: string): Unit[] {
  return graphemes(text).flatMap((grapheme) => {
    if (grapheme === '\n') return [newline];
    if (grapheme === '\t') return cells('    ');
    return cells(/[\u0000-\u001f\u007f]/.test(grapheme) ? '^' : visibleText(grapheme)).map(withBase);
  });
}

/** Output as units; control sequences take no cells. */
export function outputUnits(text: string): Unit[] {
  const units: Unit[] = [];
  let isLineStart = true;
  for (const [piece] of text.matchAll(
    /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u001b]*\u001b\\|\r?\n|[^\u001b\r\n]+/g,
  )) {
    for (const unit of unitsOf(piece)) {
      const isText = unit !== newline && !unit.text.startsWith('\u001b');
      units.push(isText && isLineStart ? withBase(unit) : unit);
      isLineStart = unit === newline || (isLineStart && !isText);
    }
  }
  return units;
}

function unitsOf(piece: string): Unit[] {
  if (piece.startsWith('\u001b')) return [{ text: piece, width: 0 }];
  return piece.endsWith('\n') ? [newline] : graphemes(piece).flatMap(cells);
}

/** Splits text as a terminal wraps it: by character, with zero-width characters attached to the one before. */
function cells(text: string): Unit[] {
  const units: Unit[] = [];
  for (const character of text) {
    const width = codePointWidth(character.codePointAt(0) ?? 0);
    const last = units.at(-1);
    if (width > 0 || last === undefined) units.push({ text: character, width });
    else units[units.length - 1] = { text: last.text + character, width: last.width };
  }
  return units;
}

/**
 * Puts a mark without a base character onto a dotted circle, as in Unicode's charts: terminals disagree about the cells that
 * such a mark takes.
 */
function withBase(unit: Unit): Unit {
  return unit.width > 0 || unit === newline ? unit : { text: `\u25cc${unit.text}`, width: 1 };
}

/** The position of the terminal's cursor after the first `count` units. A full row counts as the start of the next. */
function positionAfter(frame: Pick<Frame, 'units' | 'columns'>, count: number): Position {
  let position = origin;
  for (const unit of frame.units.slice(0, count)) position = advance(position, unit, frame.columns);
  return position;
}

function advance(from: Position, unit: Unit, columns: number): Position {
  // A newline after a full row only ends that row.
  if (unit === newline) return { row: from.isWrapped ? from.row : from.row + 1, column: 0, isWrapped: false };
  if (unit.width === 0) return from;
  const fits = from.column + unit.width <= columns;
  const row = fits ? from.row : from.row + 1;
  const column = (fits ? from.column : 0) + unit.width;
  return column >= columns ? { row: row + 1, column: 0, isWrapped: true } : { row, column, isWrapped: false };
}

function moveBetween(from: Position, to: Position): string {
  let moves = '';
  if (to.row < from.row) moves += `\u001b[${from.row - to.row}A`;
  if (to.row > from.row) moves += `\u001b[${to.row - from.row}B`;
  if (to.column === from.column && to.row === from.row) return '';
  if (to.column === 0) return `${moves}\r`;
  return `${moves}\u001b[${to.column + 1}G`;
}

/**
 * The text that draws the units from `start` on. After filling a row, a terminal moves to the next one only with the next
 * character: a blank and a carriage return move it there, to match the model.
 */
function draw(frame: Frame, start: number): string {
  let position = positionAfter(frame, start);
  let isHeldBack = false;
  let text = '';
  for (const unit of frame.units.slice(start)) {
    const isDone = unit === newline && position.isWrapped && !isHeldBack;
    if (!isDone) text += unit.text;
    position = advance(position, unit, frame.columns);
    isHeldBack = unit.width === 0 && unit !== newline ? isHeldBack : position.isWrapped;
  }
  return isHeldBack ? `${text} \r` : text;
}

/** Whether the next character goes to a new row, because the last one is full. */
export function fillsRow(units: readonly Unit[], columns: number): boolean {
  return positionAfter({ units, columns }, units.length).isWrapped;
}

/** The text that turns `before` into `after`. `undefined` stands for an empty line with the cursor in the first column. */
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

/** The text that erases a frame; the cursor is then at its start. */
export function erase(frame: Frame): string {
  if (frame.units.length === 0) return '';
  return moveBetween(positionAfter(frame, frame.cursor), origin) + clearBelow;
}

/** The text that moves the cursor to the end of a frame. */
export function moveToEnd(frame: Frame): string {
  return moveBetween(positionAfter(frame, frame.cursor), positionAfter(frame, frame.units.length));
}

function commonUnits(a: Frame, b: Frame): number {
  if (a.columns !== b.columns) return 0;
  const length = Math.min(a.units.length, b.units.length);
  let same = 0;
  while (same < length && a.units[same]?.text === b.units[same]?.text) same += 1;
  // A control sequence at the boundary must apply to the redrawn part, but was reset after it: start before it.
  while (same > 0 && same < b.units.length && b.units[same]?.width === 0 && b.units[same] !== newline)
    same -= 1;
  return same;
}
