/**
 * Text of others as it may stand between text of ours. Characters that turn the direction of writing reorder everything
 * up to the end of the line, also what is not theirs: a node's name or a line of its log could read as something else.
 * Pure.
 */

/** Marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm, and its line and paragraph separators. */
const turning = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** `text` with each such character as its code point: `app<U+202E>`. Letters that are written from the right stay. */
export function visibleText(text: string): string {
  return text.replaceAll(turning, (character) => `<U+${codeOf(character)}>`);
}

function codeOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}
