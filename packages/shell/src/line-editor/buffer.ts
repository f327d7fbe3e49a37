/** A text with a cursor, and the moves and cuts of an editor. Pure. Offsets are UTF-16 units between graphemes. */

import { nextGrapheme, previousGrapheme } from './graphemes.ts';

export interface TextBuffer {
  readonly text: string;
  readonly cursor: number;
}

export const emptyText: TextBuffer = { text: '', cursor: 0 };

/** Longest text of one input, in UTF-16 units. A longer paste is truncated. */
export const maxTextLength: number = 1024 * 1024;

export function textBeforeCursor(buffer: TextBuffer): string {
  return buffer.text.slice(0, buffer.cursor);
}

export function insertText(buffer: TextBuffer, inserted: string): TextBuffer {
  const room = maxTextLength - buffer.text.length;
  const added = inserted.slice(0, Math.max(0, room));
  const text = textBeforeCursor(buffer) + added + buffer.text.slice(buffer.cursor);
  return { text, cursor: buffer.cursor + added.length };
}

export function replaceText(text: string): TextBuffer {
  return { text, cursor: text.length };
}

/** Removes the text from the cursor to `to`, in either direction. */
export function cutTo(buffer: TextBuffer, to: number): { buffer: TextBuffer; cut: string } {
  const from = Math.min(buffer.cursor, to);
  const end = Math.max(buffer.cursor, to);
  const text = buffer.text.slice(0, from) + buffer.text.slice(end);
  return { buffer: { text, cursor: from }, cut: buffer.text.slice(from, end) };
}

/** A cursor movement: returns the new position. */
export type Motion = (buffer: TextBuffer) => number;

export const left: Motion = ({ text, cursor }) => previousGrapheme(text, cursor);
export const right: Motion = ({ text, cursor }) =>
  cursor >= text.length ? cursor : nextGrapheme(text, cursor);
export const lineStart: Motion = ({ text, cursor }) => text.lastIndexOf('\n', cursor - 1) + 1;
export const textStart: Motion = () => 0;
export const textEnd: Motion = ({ text }) => text.length;

export const lineEnd: Motion = ({ text, cursor }) => {
  const end = text.indexOf('\n', cursor);
  return end < 0 ? text.length : end;
};

/** For killing: at the end of a line it includes the newline. */
export const lineEndOrNewline: Motion = (buffer) => {
  const end = lineEnd(buffer);
  return end === buffer.cursor ? Math.min(end + 1, buffer.text.length) : end;
};

const word = /[\p{L}\p{N}\p{M}_]+/gu;
const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

export const wordRight: Motion = ({ text, cursor }) => {
  word.lastIndex = cursor;
  const found = word.exec(text);
  return found === null ? text.length : found.index + found[0].length;
};

export const wordLeft: Motion = ({ text, cursor }) => {
  const end = skipLeft(text, cursor, (character) => !wordCharacter.test(character));
  return skipLeft(text, end, (character) => wordCharacter.test(character));
};

/** To the start of a word delimited by white space, as Ctrl-W in a terminal does. */
export const blankWordLeft: Motion = ({ text, cursor }) => {
  const end = skipLeft(text, cursor, (character) => /\s/.test(character));
  return skipLeft(text, end, (character) => /\S/.test(character));
};

/**
 * The start of the matching characters before `from`. A regular expression anchored at the end would be tried from every
 * position of the text, which may be a megabyte.
 */
function skipLeft(text: string, from: number, matches: (character: string) => boolean): number {
  let at = from;
  while (at > 0) {
    const isPair = at > 1 && (text.codePointAt(at - 2) ?? 0) > 0xffff;
    const start = at - (isPair ? 2 : 1);
    if (!matches(text.slice(start, at))) break;
    at = start;
  }
  return at;
}

/** The position in the line above, at the same column; `undefined` on the first line. */
export function lineAbove(buffer: TextBuffer): number | undefined {
  const start = lineStart(buffer);
  if (start === 0) return undefined;
  const above = lineStart({ text: buffer.text, cursor: start - 1 });
  return Math.min(above + buffer.cursor - start, start - 1);
}

/** The position in the line below, at the same column; `undefined` on the last line. */
export function lineBelow(buffer: TextBuffer): number | undefined {
  const end = lineEnd(buffer);
  if (end === buffer.text.length) return undefined;
  const belowEnd = lineEnd({ text: buffer.text, cursor: end + 1 });
  return Math.min(end + 1 + buffer.cursor - lineStart(buffer), belowEnd);
}

/** Swaps the two characters around the cursor and moves past them. */
export function transpose(buffer: TextBuffer): TextBuffer {
  const at = buffer.cursor === buffer.text.length ? left(buffer) : buffer.cursor;
  const from = previousGrapheme(buffer.text, at);
  if (from === at || at >= buffer.text.length) return buffer;
  const end = nextGrapheme(buffer.text, at);
  const { text } = buffer;
  return {
    text: text.slice(0, from) + text.slice(at, end) + text.slice(from, at) + text.slice(end),
    cursor: end,
  };
}

/** Changes the word after the cursor and moves past it. */
export function changeWord(buffer: TextBuffer, change: (word: string) => string): TextBuffer {
  const end = wordRight(buffer);
  const changed = buffer.text.slice(buffer.cursor, end).replace(/[\p{L}\p{N}\p{M}_]+/u, change);
  return {
    text: textBeforeCursor(buffer) + changed + buffer.text.slice(end),
    cursor: buffer.cursor + changed.length,
  };
}
