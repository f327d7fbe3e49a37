/**
 * The cost of output for the terminal that draws it, and splitting of output into pieces of bounded cost. Pure. The unit is
 * one cleared cell, about 8 ns in xterm.js; the other weights are measured against it. Four bytes can make a terminal clear
 * or move a whole screen, so the length of output says nothing about its cost: xterm.js yields only between two writes, and
 * 2,100 bytes in one write kept it busy for 9.5 seconds.
 *
 * The output has passed sanitize.ts: only few kinds of sequences remain, and their numbers are within the screen.
 */

import type { ScreenSize } from '../sanitize/control-sequence.ts';

/** Maximum cost of one piece: a few milliseconds. A sequence that costs more is a piece by itself. */
export const maxPieceWork: number = 256 * 1024;
/** Longest piece, in UTF-16 units. */
const maxPieceLength = 64 * 1024;
/** Longest sequence that passes the filter: a link. */
const longestSequence = 2100;

/** The cost of a character, and of a special one: its width must be looked up, or it is executed instead of drawn. */
const characterWork = 4;
const specialCharacterWork = 16;
const special = /[^\x20-\u02ff\r]/;
/** The base cost of a sequence, and of each deleted or inserted line, in addition to moved lines and new cells. */
const sequenceBase = 16;
const lineBase = 100;

export interface OutputPiece {
  readonly data: string;
  readonly work: number;
}

const token = /\u001b\[([\d;:?]*)([@-~])|\u001b\]8;[^\u001b]*\u001b\\|\u001b[78DEM]|\n|[^\u001b\n]+|\u001b/gy;

/** The first piece of `output` from `start` on. */
export function takePiece(output: string, start: number, size: ScreenSize): OutputPiece {
  const window = output.slice(start, start + maxPieceLength + longestSequence);
  const end = Math.min(window.length, maxPieceLength);
  let work = 0;
  let at = 0;
  while (at < end) {
    token.lastIndex = at;
    const match = token.exec(window);
    if (match === null) break;
    const isText = /^[^\u001b\n]/.test(match[0]);
    const each = special.test(match[0]) ? specialCharacterWork : characterWork;
    const cost = isText ? match[0].length * each : sequenceBase + sequenceWork(match, size);
    const room = isText ? Math.floor((maxPieceWork - work) / each) : match[0].length;
    const length = Math.min(match[0].length, room, isText ? end - at : room);
    if (at > 0 && (length <= 0 || at + length > end || (!isText && work + cost > maxPieceWork))) break;
    at += length;
    work += isText ? length * each : cost;
    if (length < match[0].length) break;
  }
  return { data: window.slice(0, wholeCharacters(window, at)), work };
}

/** All of `output`, in pieces. */
export function cutOutput(output: string, size: ScreenSize): OutputPiece[] {
  const pieces: OutputPiece[] = [];
  let at = 0;
  while (at < output.length) {
    const piece = takePiece(output, at, size);
    pieces.push(piece);
    at += piece.data.length;
  }
  return pieces;
}

function sequenceWork(
  [text, parameters = '', final]: RegExpExecArray,
  { columns, rows }: ScreenSize,
): number {
  const lineWork = lineBase + 4 * (rows + columns);
  switch (final ?? `escape ${text.slice(-1)}`) {
    case 'escape \n':
    case 'escape D':
    case 'escape E':
      // One line scrolls out, and a blank one is added.
      return columns;
    case 'escape M':
      return lineWork;
    case 'L':
    case 'M':
    case 'S':
    case 'T':
      return count(parameters) * lineWork;
    case 'J':
      return rows * columns;
    case 'K':
    case 'P':
    case 'X':
    case '@':
      return 3 * columns;
    case 'I':
    case 'Z':
      return columns + 2 * count(parameters);
    default:
      return text.length;
  }
}

function count(parameters: string): number {
  return Math.max(1, Number.parseInt(parameters, 10) || 0);
}

/** `end`, or one less if it is between the halves of a surrogate pair; never 0. */
function wholeCharacters(output: string, end: number): number {
  return end > 1 && end < output.length && (output.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end;
}
