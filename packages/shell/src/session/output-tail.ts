/**
 * The last output line while it is unfinished, so that it can be redrawn with a prompt. Pure. `style` holds the colours in
 * effect at the start of the line, as control sequences.
 */

import { styleAfter } from './text-style.ts';

export interface OutputTail {
  readonly style: string;
  readonly text: string;
}

export const emptyTail: OutputTail = { style: '', text: '' };

/** A longer line is not redrawn: the prompt then goes below it. */
export const maxTailLength = 8192;

/** The tail after more output, which must have passed the filter of sanitize.ts. */
export function extendTail(tail: OutputTail, output: string): OutputTail {
  const end = output.lastIndexOf('\n');
  if (end < 0) return { style: tail.style, text: shorten(tail.text + output) };
  return {
    style: styleAfter(tail.style, tail.text + output.slice(0, end)),
    text: shorten(output.slice(end + 1)),
  };
}

/** The line as a terminal shows it: carriage returns and backspaces are applied, other movements are removed. */
export function visibleTail(tail: OutputTail): string {
  const cleared = tail.text.split(/\u001b\[[0-3]?J|\u001b\[[\d;]*[Hf]/u).at(-1) ?? '';
  const text = cleared.replaceAll(/\u001b(?:\[[0-9;:?]*[A-Za-ln-z@`]|[78DEM])|\u0007/g, '');
  const pieces = withoutErased(text).split('\r');
  return expandTabs(pieces.findLast((piece) => piece !== '') ?? '');
}

/** Each backspace removes the character before it. In one pass: a node may print any number of both. */
function withoutErased(text: string): string {
  if (!text.includes('\b')) return text;
  const kept: string[] = [];
  for (const character of text) {
    if (character === '\b') kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}

function expandTabs(text: string): string {
  let column = 0;
  let expanded = '';
  for (const character of text) {
    const width = character === '\t' ? 8 - (column % 8) : 1;
    expanded += character === '\t' ? ' '.repeat(width) : character;
    column += width;
  }
  return expanded;
}

/** Keeps one extra character, so that the length shows that the line was shortened. */
function shorten(text: string): string {
  return text.length > maxTailLength ? text.slice(-maxTailLength - 1) : text;
}
