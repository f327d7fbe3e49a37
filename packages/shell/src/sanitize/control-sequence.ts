/**
 * Which control sequences (`ESC [`) of a node reach a terminal, and with which numbers. Pure. A terminal repeats
 * scrolling, inserting and deleting lines as often as it is told: `ESC [ 9999 S` took xterm.js 46 ms, so no number goes
 * beyond the screen, where more of it would change nothing.
 */

/** A screen, in cells. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Final letters whose numbers count columns, rows, or first rows and then columns; the others pick one of a few. */
const columnCounts = 'CDGIPXZ@`a';
const rowCounts = 'ABEFLMSTde';
const positions = 'Hf';
const choices = 'JKsu';

/** `parameters` is what stands between `ESC [` and the final letter. '' for a sequence that must not pass. */
export function safeSequence(parameters: string, final: string, size: ScreenSize): string {
  // Showing and hiding the cursor is the one private mode that programs need on a shared screen.
  if (parameters === '?25' && (final === 'h' || final === 'l')) return `\u001b[?25${final}`;
  if (final === 'm') return /^[\d;:]*$/.test(parameters) ? `\u001b[${parameters}m` : '';
  if (!/^[\d;]*$/.test(parameters)) return '';
  const limits = limitsOf(final, size);
  if (limits === undefined) return '';
  const numbers = parameters
    .split(';', limits.length)
    .map((text, index) => bounded(text, limits[index] ?? 0));
  return `\u001b[${numbers.join(';')}${final}`;
}

/** The greatest number in each place; `undefined` when the sequence must not pass. */
function limitsOf(final: string, { columns, rows }: ScreenSize): readonly number[] | undefined {
  if (columnCounts.includes(final)) return [columns];
  if (rowCounts.includes(final)) return [rows];
  if (positions.includes(final)) return [rows, columns];
  return choices.includes(final) ? [3] : undefined;
}

function bounded(text: string, limit: number): string {
  return text === '' ? '' : String(Math.min(Number(text), limit));
}
