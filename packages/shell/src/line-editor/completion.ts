/** The result of a completion, and the layout of its matches under the line. Pure. */

import { visibleText } from '@convoy/node';
import { codePointWidth, textWidth } from '../cell-width.ts';

export interface MatchSection {
  readonly title: string | undefined;
  readonly items: readonly string[];
}

export interface Completion {
  /** Text to insert at the cursor. */
  readonly insert: string;
  readonly sections: readonly MatchSection[];
}

export const noCompletion: Completion = { insert: '', sections: [] };

/** Maximum number of shown matches; a shell's whole list of modules is longer and useless. */
const maxShown = 300;
const gap = 2;

/** The longest common prefix of all items. */
export function commonPrefix(items: readonly string[]): string {
  const [first = '', ...others] = items;
  let length = first.length;
  for (const item of others) {
    while (length > 0 && !item.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}

/** A match as printable text of bounded length: it comes from a node. */
export function cleanMatch(text: string, maxLength: number = 200): string {
  const clean = visibleText(text.slice(0, 2 * maxLength)).replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
  return clean.length > maxLength ? `${clean.slice(0, maxLength)}...` : clean;
}

/** The matches as lines of columns, filled top to bottom as `ls` does. */
export function formatMatches(sections: readonly MatchSection[], columns: number): string[] {
  const lines: string[] = [];
  let room = maxShown;
  let hidden = 0;
  for (const section of sections) {
    const items = section.items.slice(0, room);
    hidden += section.items.length - items.length;
    room -= items.length;
    if (items.length === 0) continue;
    if (section.title !== undefined) lines.push(section.title);
    for (const line of inColumns(items, columns)) lines.push(line);
  }
  if (hidden > 0) lines.push(`(${hidden} more)`);
  return lines;
}

function inColumns(items: readonly string[], columns: number): string[] {
  const widest = items.reduce((most, item) => Math.max(most, textWidth(item)), 0) + gap;
  const perLine = Math.max(1, Math.floor((columns - 1 + gap) / widest));
  const count = Math.ceil(items.length / perLine);
  const lines: string[] = [];
  for (let row = 0; row < count; row += 1) {
    const cells = items.filter((_, index) => index % count === row);
    lines.push(
      cutToWidth(cells.map((cell) => cell + ' '.repeat(widest - textWidth(cell))).join(''), columns - 1),
    );
  }
  return lines;
}

function cutToWidth(text: string, width: number): string {
  let used = 0;
  let cut = '';
  for (const character of text.trimEnd()) {
    used += codePointWidth(character.codePointAt(0) ?? 0);
    if (used > width) return cut;
    cut += character;
  }
  return cut;
}
