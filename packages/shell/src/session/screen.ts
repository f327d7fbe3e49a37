/**
 * A terminal without a display that sees everything a session prints, so that a viewer who comes later gets the screen
 * and the scroll-back as they are. It parses a little later than it is written to.
 */
// oxlint-disable-next-line import/default -- CommonJS without named exports at run time, whatever its types say
import serializeAddon from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import { cellWidthProvider } from '../cell-width.ts';
import type { OutputChunk } from './output-ring.ts';
import { maxPieceWork } from './output-work.ts';

export interface Snapshot {
  /** The newest chunk that `data` includes. Newer ones follow, each in its own write, so that a terminal can breathe. */
  readonly seq: number;
  /** Terminal text that draws screen and scroll-back on an empty terminal of this size. */
  readonly data: string;
  readonly cols: number;
  readonly rows: number;
}

const scrollback = 2000;
/** Most cells in a snapshot: in colours, 100,000 are three megabytes, and take a tenth of a second to write down. */
const maxSnapshotCells = 100_000;
/** For so long the same snapshot does for everybody who asks; newer output follows it. */
const snapshotMs = 250;
/** What has not been drawn yet, in cells, at which the node is made to wait, and at which it may go on. */
const highWater = 2 * maxPieceWork;
const lowWater = maxPieceWork / 2;

export class Screen {
  readonly #terminal: headless.Terminal;
  readonly #serializer: serializeAddon.SerializeAddon;
  /** What the output costs that is written, but not parsed. */
  #pendingWork = 0;
  #parsedSeq = 0;
  #lastSnapshot: { readonly snapshot: Snapshot; readonly at: number } | undefined;
  #waiters: (() => void)[] = [];

  constructor(size: { columns: number; rows: number }) {
    this.#terminal = new headless.Terminal({
      cols: size.columns,
      rows: size.rows,
      scrollback,
      allowProposedApi: true,
    });
    // oxlint-disable-next-line import/no-named-as-default-member -- the same
    this.#serializer = new serializeAddon.SerializeAddon();
    this.#terminal.loadAddon(this.#serializer);
    // Snapshots hold no links, and a mark for each of them would have to be moved with every line.
    this.#terminal.parser.registerOscHandler(8, () => true);
    this.#terminal.unicode.register(cellWidthProvider);
    this.#terminal.unicode.activeVersion = cellWidthProvider.version;
  }

  /** `work` is what drawing it costs, as output-work.ts counts. */
  write(chunk: OutputChunk, work: number = chunk.data.length): void {
    this.#pendingWork += work;
    this.#terminal.write(chunk.data, () => {
      this.#parsedSeq = chunk.seq;
      this.#pendingWork -= work;
      if (this.#pendingWork <= lowWater) this.#wake();
    });
  }

  /** Takes effect after what has been written. */
  resize(size: { columns: number; rows: number }): void {
    this.#terminal.write('', () => {
      this.#terminal.resize(size.columns, size.rows);
      this.#lastSnapshot = undefined;
    });
  }

  /** A promise while too much is waiting to be parsed. */
  whenReady(): Promise<void> | undefined {
    if (this.#pendingWork < highWater) return undefined;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /**
   * As far as it has been drawn, or was a moment ago: viewers that are too slow for a flood ask again and again.
   * `canFollow` tells whether the output behind a chunk is still held.
   */
  snapshot(canFollow: (seq: number) => boolean = () => true): Snapshot {
    const now = performance.now();
    const last = this.#lastSnapshot;
    const seq = this.#parsedSeq;
    const isNew = last !== undefined && (last.snapshot.seq === seq || now - last.at < snapshotMs);
    if (isNew && canFollow(last.snapshot.seq)) return last.snapshot;
    const { cols, rows } = this.#terminal;
    const lines = Math.max(0, Math.floor(maxSnapshotCells / cols) - rows);
    const data = this.#serializer.serialize({ scrollback: Math.min(scrollback, lines) });
    const snapshot = { seq, data, cols, rows };
    this.#lastSnapshot = { snapshot, at: now };
    return snapshot;
  }

  /** The text of screen and scroll-back, a line per row, blanks at the ends left out. */
  async text(): Promise<string> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve));
    const { active } = this.#terminal.buffer;
    const lines = Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  }

  dispose(): void {
    this.#wake();
    this.#terminal.dispose();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}

const maxCells = 1000;

/** The size of a screen for a terminal of that size; a terminal with an unknown size reports 0. */
export function usableSize(cols: number, rows: number): { columns: number; rows: number } {
  const within = (value: number, least: number, usual: number): number =>
    value > 0 ? Math.min(Math.max(Math.trunc(value), least), maxCells) : usual;
  return { columns: within(cols, 10, 80), rows: within(rows, 2, 24) };
}
