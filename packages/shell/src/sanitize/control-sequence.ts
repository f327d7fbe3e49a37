/**
 * Which control sequences (`ESC [`) of a node reach a terminal, and with which numbers. Pure. A terminal repeats scrolling,
 * inserting and deleting lines without a limit: `ESC [ 9999 S` took xterm.js 46 ms, so numbers are limited to the size of
 * the screen, beyond which they would have no further effect.
 */

/** A screen, in cells. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Final letters whose numbers are columns, rows, or rows and columns; the others choose from a few options. */
const columnCounts = 'CDGIPXZ@`a';
const rowCounts = 'ABEFLMSTde';
const positions = 'Hf';
const choices = 'JKsu';

/** The safe form of a sequence, '' if it must not pass. `parameters` is the text between `ESC [` and the final letter. */
export function safeSequence(parameters: string, final: string, size: ScreenSize): string {
  // Showing and hiding the cursor is the only private mode that programs need on a shared screen.
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

/** The greatest allowed number for each parameter; `undefined` if the sequence must not pass. */
function limitsOf(final: string, { columns, rows }: ScreenSize): readonly number[] | undefined {
  if (columnCounts.includes(final)) return [columns];
  if (rowCounts.includes(final)) return [rows];
  if (positions.includes(final)) return [rows, columns];
  return choices.includes(final) ? [3] : undefined;
}

function bounded(text: string, limit: number): string {
  return text === '' ? '' : String(Math.min(Number(text), limit));
}
