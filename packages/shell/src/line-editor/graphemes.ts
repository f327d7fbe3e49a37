/** Text as a person sees it: user-perceived characters, which may be several code points. Pure. */

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The user-perceived characters of a text. */
export function graphemes(text: string): string[] {
  // Plain text is by far the most common, and segmenting costs about 100 times as much.
  if (/^[\x20-\x7e\n]*$/.test(text)) return text.split('');
  return Array.from(segmenter.segment(text), (segment) => segment.segment);
}

/** The end of the user-perceived character that starts at `index`. */
export function nextGrapheme(text: string, index: number): number {
  const segment = segmenter.segment(text).containing(index);
  return segment === undefined ? text.length : segment.index + segment.segment.length;
}

/** The start of the user-perceived character that ends at `index`. */
export function previousGrapheme(text: string, index: number): number {
  return index <= 0 ? 0 : (segmenter.segment(text).containing(index - 1)?.index ?? 0);
}
