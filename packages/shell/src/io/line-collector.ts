/**
 * Takes the input for a request out of the available characters: the part of group.erl that needs no help from the node.
 * Pure. The node itself collects `get_until` (input-requests.ts).
 */

/** Available input. `eof`: the user has ended the input. */
export type InputBuffer = { readonly text: string; readonly eof: boolean };

export const emptyBuffer: InputBuffer = { text: '', eof: false };

export type Collected =
  | { readonly kind: 'more' }
  | { readonly kind: 'text'; readonly text: string; readonly rest: InputBuffer }
  | { readonly kind: 'eof'; readonly rest: InputBuffer };

/** One line with its newline; without a newline if the input ends there. */
export function collectLine(buffer: InputBuffer): Collected {
  const end = buffer.text.indexOf('\n') + 1;
  if (end > 0) return taken(buffer, end);
  return buffer.eof ? atEnd(buffer) : { kind: 'more' };
}

/** Exactly `count` characters (code points); fewer if the input ends before. */
export function collectChars(buffer: InputBuffer, count: number): Collected {
  const characters = Array.from(buffer.text.slice(0, 2 * count)).slice(0, count);
  if (characters.length === count) return taken(buffer, characters.join('').length);
  return buffer.eof ? atEnd(buffer) : { kind: 'more' };
}

function taken(buffer: InputBuffer, length: number): Collected {
  return {
    kind: 'text',
    text: buffer.text.slice(0, length),
    rest: { ...buffer, text: buffer.text.slice(length) },
  };
}

/** The end is reported once: the next request waits for the user again. */
function atEnd(buffer: InputBuffer): Collected {
  if (buffer.text === '') return { kind: 'eof', rest: emptyBuffer };
  return { kind: 'text', text: buffer.text, rest: { text: '', eof: true } };
}
