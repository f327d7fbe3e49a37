/**
 * The last output line as long as it is unfinished, so that it can be drawn again around a prompt. Pure. `style` is
 * the colours in force where the line begins, as control sequences.
 */

import { styleAfter } from './text-style.ts';

export interface OutputTail {
  readonly style: string;
  readonly text: string;
}

export const emptyTail: OutputTail = { style: '', text: '' };

/** A line longer than this is not drawn again: the prompt then goes below it. */
export const maxTailLength = 8192;

/** The tail after more output, which has passed the filter of sanitize.ts. */
export function extendTail(tail: OutputTail, output: string): OutputTail {
  const end = output.lastIndexOf('\n');
  if (end < 0) return { style: tail.style, text: shorten(tail.text + output) };
  return {
    style: styleAfter(tail.style, tail.text + output.slice(0, end)),
    text: shorten(output.slice(end + 1)),
  };
}

/** What a terminal shows of the line: carriage returns and backspaces done, other movements left out. */
export function visibleTail(tail: OutputTail): string {
  const cleared = tail.text.split(/\u001b\[[0-3]?J|\u001b\[[\d;]*[Hf]/u).at(-1) ?? '';
  const text = cleared.replaceAll(/\u001b(?:\[[0-9;:?]*[A-Za-ln-z@`]|[78DEM])|\u0007/g, '');
  const pieces = withoutErased(text).split('\r');
  return expandTabs(pieces.findLast((piece) => piece !== '') ?? '');
}

/** Each backspace takes back the character before it. In one pass: a node may print as many of both as it likes. */
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

/** Keeps one character too many, so that the length shows that something is missing. */
function shorten(text: string): string {
  return text.length > maxTailLength ? text.slice(-maxTailLength - 1) : text;
}
