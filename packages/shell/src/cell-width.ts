/**
 * The entry point `@convoy/shell/cell-width`: how many terminal cells text takes, code point by code point: 0 for combining
 * marks, joiners and variation selectors, 2 for East Asian wide characters and emoji, 1 for everything else. The line
 * editor, the screen of a session and the terminals of the web page all use it, so that they agree on the position of the
 * cursor. Pure, for Node.js and for browsers.
 *
 * A joined emoji takes the cells of its parts (a family of three takes six) and a flag takes two, as in xterm.js with its
 * Unicode 11 add-on. Whole graphemes are not counted: the add-on that does it is experimental, and the terminals that
 * people attach to a shell disagree about it.
 */

import { eastAsianWidth } from 'get-east-asian-width';

const zeroWidth =
  /^[\p{Mn}\p{Me}\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u{e0001}\u{e0020}-\u{e007f}\u1160-\u11ff]$/u;

/** The number of cells of one code point; 0 for control characters. */
export function codePointWidth(code: number): 0 | 1 | 2 {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (code < 0x300) return 1;
  return zeroWidth.test(String.fromCodePoint(code)) ? 0 : eastAsianWidth(code);
}

/** The number of cells of text without control characters. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += codePointWidth(character.codePointAt(0) ?? 0);
  return width;
}

/** The argument of `terminal.unicode.register` of xterm.js. */
export interface CellWidthProvider {
  readonly version: string;
  /** The number of cells of one code point. */
  wcwidth(codePoint: number): 0 | 1 | 2;
  /** The properties of a code point after one with the properties `preceding`, in the encoding of xterm.js. */
  charProperties(codePoint: number, preceding: number): number;
}

/**
 * The widths for an xterm.js terminal. A character without a width joins the one before it, even if the cursor was moved in
 * between; the widths of xterm.js would give it a separate cell there.
 */
export const cellWidthProvider: CellWidthProvider = {
  version: 'convoy',
  wcwidth: codePointWidth,
  /** Bits 1 and 2 of the result are the width; bit 0 tells whether the character joins the one before. */
  charProperties(codePoint, preceding) {
    const width = codePointWidth(codePoint);
    return width === 0 ? (preceding & 6) | 1 : width << 1;
  },
};
