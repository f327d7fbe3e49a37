/**
 * How many terminal cells text takes, code point by code point: 0 for combining marks and joiners, 2 for East Asian
 * wide ones and emoji, else 1. The terminals of a session get the same rule (session/screen.ts), so that both count
 * alike; a terminal that draws joined emoji in one glyph may count less.
 */

const zeroWidth =
  /^[\p{Mn}\p{Me}\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u{e0001}\u{e0020}-\u{e007f}\u1160-\u11ff]$/u;
const emoji = /^\p{Emoji_Presentation}$/u;
const regionalIndicator = { first: 0x1f1e6, last: 0x1f1ff };

/** East Asian Width W and F outside of emoji, as inclusive ranges in ascending order (Unicode 16, gaps closed). */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x1d300, 0x1d376],
  [0x1f200, 0x1f202],
  [0x1f210, 0x1f23b],
  [0x1f240, 0x1f248],
  [0x1f250, 0x1f251],
  [0x20000, 0x3fffd],
];

/** Cells of one code point. Control characters count 0. */
export function codePointWidth(code: number): 0 | 1 | 2 {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (code < 0x300) return 1;
  const character = String.fromCodePoint(code);
  if (zeroWidth.test(character)) return 0;
  if (wideRanges.some(([first, last]) => code >= first && code <= last)) return 2;
  if (code >= regionalIndicator.first && code <= regionalIndicator.last) return 1;
  return emoji.test(character) ? 2 : 1;
}

/** Cells of text without control characters. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += codePointWidth(character.codePointAt(0) ?? 0);
  return width;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The user-perceived characters of a text. */
export function graphemes(text: string): string[] {
  // Plain text is by far the most common, and segmenting costs some 100 times as much.
  if (/^[\x20-\x7e\n]*$/.test(text)) return text.split('');
  return Array.from(segmenter.segment(text), (segment) => segment.segment);
}

/** The end of the user-perceived character that begins at `index`. */
export function nextGrapheme(text: string, index: number): number {
  const segment = segmenter.segment(text).containing(index);
  return segment === undefined ? text.length : segment.index + segment.segment.length;
}

/** The start of the user-perceived character that ends at `index`. */
export function previousGrapheme(text: string, index: number): number {
  return index <= 0 ? 0 : (segmenter.segment(text).containing(index - 1)?.index ?? 0);
}
