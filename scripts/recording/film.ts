/**
 * A terminal session as an animated picture: an SVG with all frames one below the other, which a style sheet moves past a window. It
 * plays wherever pictures are shown, without a script. Where nothing moves, or nothing should, it shows the last frame. Pure.
 */

import type { Frame, Run } from './screen.ts';

/** How the film is drawn. */
export interface FilmOptions {
  readonly cols: number;
  readonly rows: number;
  /** Describes it for people who do not see it. */
  readonly title: string;
  /** How long the last frame stays before the film starts again, in seconds. */
  readonly lastSeconds: number;
}

const cell = { width: 8.4, height: 18 };
const margin = 16;
const background = '#14161b';
/** Sets the window apart from a dark page. */
const border = '#3b4048';
const foreground = '#d6dae2';
/** The sixteen colours of terminals, in the tones of the console, each readable on the background. */
const palette = [
  '#7d8590',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#d6dae2',
  '#8b949e',
  '#e88388',
  '#b5d99c',
  '#ebd09c',
  '#85c1f5',
  '#d7a1e7',
  '#7fcbd5',
  '#ffffff',
] as const;
const dim = '#8b949e';

/**
 * The SVG of the last frame alone. Browsers do not tell a picture that its reader wants nothing to move; a page chooses between the two.
 */
export function stillOf(frames: readonly Frame[], options: FilmOptions): string {
  return filmOf(frames.slice(-1), options);
}

/** The SVG of a film. */
export function filmOf(frames: readonly Frame[], options: FilmOptions): string {
  const { cols, rows, title, lastSeconds } = options;
  const [width, height] = [Math.ceil(cols * cell.width) + 2 * margin, rows * cell.height + 2 * margin];
  const seconds = (frames.at(-1)?.at ?? 0) + lastSeconds;
  const lines = new Map<string, number>();
  const drawn = frames.map((frame, index) => drawFrame(frame, { top: index * height, lines }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${styleOf(frames, { height, seconds })}</style>`,
    `<defs>${definitionsOf(lines)}</defs>`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" fill="${background}" stroke="${border}"/>`,
    `<g class="film">${drawn.join('')}</g>`,
    '</svg>\n',
  ].join('\n');
}

function styleOf(
  frames: readonly Frame[],
  { height, seconds }: { readonly height: number; readonly seconds: number },
): string {
  const shift = (index: number): string => `transform:translateY(-${index * height}px)`;
  const stops = frames.map(({ at }, index) => `${((at / seconds) * 100).toFixed(2)}%{${shift(index)}}`);
  const movement = [
    `.film{${shift(frames.length - 1)}}`,
    `@keyframes film{${stops.join('')}}`,
    `@media (prefers-reduced-motion:no-preference){.film{animation:film ${seconds.toFixed(1)}s step-end infinite}}`,
  ];
  return [
    `text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:${foreground}}`,
    '.b{font-weight:600}',
    ...(frames.length > 1 ? movement : []),
  ].join('');
}

/** Each line that is shown, once, and the cursor. */
function definitionsOf(lines: ReadonlyMap<string, number>): string {
  const drawn = Array.from(lines, ([line, number]) => `<g id="l${number}">${line}</g>`);
  const cursor = `<rect id="c" y="1" width="${cell.width}" height="${cell.height - 3}" fill="${foreground}" opacity=".7"/>`;
  return [...drawn, cursor].join('');
}

function drawFrame(
  { rows, cursor }: Frame,
  { top, lines }: { readonly top: number; readonly lines: Map<string, number> },
): string {
  const yOf = (row: number): number => top + margin + row * cell.height;
  const uses = rows.flatMap((runs, row) => {
    if (runs.length === 0) return [];
    const line = runs.map(drawRun).join('');
    const number = lines.get(line) ?? lines.size;
    lines.set(line, number);
    return [`<use href="#l${number}" y="${yOf(row)}"/>`];
  });
  return [...uses, `<use href="#c" x="${xOf(cursor.column)}" y="${yOf(cursor.row)}"/>`].join('');
}

function drawRun({ column, text, color, isBold }: Run): string {
  // Every character at its place, whatever the font.
  const length = (text.length * cell.width).toFixed(1);
  const fill = color === undefined ? foreground : color === 'dim' ? dim : (palette[color] ?? foreground);
  const look = `${isBold ? ' class="b"' : ''}${fill === foreground ? '' : ` style="fill:${fill}"`}`;
  return `<text x="${xOf(column)}" y="13" textLength="${length}"${look}>${escape(text)}</text>`;
}

function xOf(column: number): string {
  return (margin + column * cell.width).toFixed(1);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
