/**
 * Makes text from others safe to show next to our own. Bidirectional control characters reorder everything up to the end
 * of the line, including text that is not theirs: a node's name or a line of its log could read as something else. Pure.
 */

/** Marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm, and its line and paragraph separators. */
const bidiControls = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Replaces each such character by its code point: `app<U+202E>`. Letters of right-to-left scripts stay. */
export function visibleText(text: string): string {
  return text.replaceAll(bidiControls, (character) => `<U+${codeOf(character)}>`);
}

function codeOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}
