/**
 * How many terminal cells text takes, code point by code point: 0 for combining marks, joiners and variation selectors, 2
 * for East Asian wide characters and emoji, 1 for everything else. The line editor, the screen that a session keeps and
 * the page's terminals all count with this file, so that they agree on where the cursor is. The door
 * `@convoy/shell/cell-width`. Pure, for Node.js and for browsers.
 *
 * A joined emoji takes the cells of its parts (a family of three takes six) and a flag takes two, as in xterm.js with its
 * Unicode 11 add-on. Counting whole graphemes is left alone: the add-on that does it is experimental, and the terminals
 * that people attach to a shell disagree about it.
 */
import { eastAsianWidth } from 'get-east-asian-width';

const zeroWidth =
  /^[\p{Mn}\p{Me}\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u{e0001}\u{e0020}-\u{e007f}\u1160-\u11ff]$/u;

/** Cells of one code point. Control characters count 0. */
export function codePointWidth(code: number): 0 | 1 | 2 {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (code < 0x300) return 1;
  return zeroWidth.test(String.fromCodePoint(code)) ? 0 : eastAsianWidth(code);
}

/** Cells of text without control characters. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += codePointWidth(character.codePointAt(0) ?? 0);
  return width;
}

/** What `terminal.unicode.register` of xterm.js takes. */
export interface CellWidthProvider {
  readonly version: string;
  wcwidth(codePoint: number): 0 | 1 | 2;
  charProperties(codePoint: number, preceding: number): number;
}

/**
 * The widths for a terminal of xterm.js. A character without a width joins the one before it, also where the cursor was
 * moved in between; the widths of xterm.js would give it a cell of its own there.
 */
export const cellWidthProvider: CellWidthProvider = {
  version: 'convoy',
  wcwidth: codePointWidth,
  /** The result has the width in bits 1 and 2, and in bit 0 whether the character joins the one before. */
  charProperties(codePoint, preceding) {
    const width = codePointWidth(codePoint);
    return width === 0 ? (preceding & 6) | 1 : width << 1;
  },
};
