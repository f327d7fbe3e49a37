/**
 * A headless terminal that gets everything a session prints, so that a later viewer gets the current screen and scroll-back.
 * It parses a little later than it is written to.
 */
// oxlint-disable-next-line import/default -- CommonJS without named exports at run time, whatever its types say
import serializeAddon from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import { cellWidthProvider } from '../cell-width.ts';
import type { OutputChunk } from './output-ring.ts';
import { maxPieceWork } from './output-work.ts';

/** The screen and scroll-back of a session at one moment. */
export interface Snapshot {
  /** The newest chunk that `data` includes. Write each newer chunk separately, so that a terminal can yield in between. */
  readonly seq: number;
  /** Terminal text that draws the screen and scroll-back on an empty terminal of this size. */
  readonly data: string;
  readonly cols: number;
  readonly rows: number;
}

const scrollback = 2000;
/** Maximum cells in a snapshot: in colour, 100,000 are three megabytes and take a tenth of a second to serialize. */
const maxSnapshotCells = 100_000;
/** How long a snapshot is reused; newer output follows it. */
const snapshotMs = 250;
/** Cost of output that is not drawn yet, in cells, at which the node must wait, and at which it may continue. */
const highWater = 2 * maxPieceWork;
const lowWater = maxPieceWork / 2;

export class Screen {
  readonly #terminal: headless.Terminal;
  readonly #serializer: serializeAddon.SerializeAddon;
  /** The cost of output that is written but not parsed yet. */
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
    // Snapshots contain no links, and a marker for each link would have to be moved with every line.
    this.#terminal.parser.registerOscHandler(8, () => true);
    this.#terminal.unicode.register(cellWidthProvider);
    this.#terminal.unicode.activeVersion = cellWidthProvider.version;
  }

  /** Writes output. `work` is the cost of drawing it, as computed by output-work.ts. */
  write(chunk: OutputChunk, work: number = chunk.data.length): void {
    this.#pendingWork += work;
    this.#terminal.write(chunk.data, () => {
      this.#parsedSeq = chunk.seq;
      this.#pendingWork -= work;
      if (this.#pendingWork <= lowWater) this.#wake();
    });
  }

  /** Resizes the screen, after everything written so far. `seq` is the number of the chunk that says so. */
  resize(size: { columns: number; rows: number }, seq: number = this.#parsedSeq): void {
    this.#terminal.write('', () => {
      this.#terminal.resize(size.columns, size.rows);
      this.#parsedSeq = seq;
      this.#lastSnapshot = undefined;
    });
  }

  /** Returns a promise while too much output is waiting to be parsed. */
  whenReady(): Promise<void> | undefined {
    if (this.#pendingWork < highWater) return undefined;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /**
   * The screen as drawn now, or a moment ago: viewers that are too slow for a flood of output ask again and again.
   * `canFollow` tells whether the output after a chunk is still available.
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

  /** The text of the screen and scroll-back, one line per row, without trailing blanks. */
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

/** A valid screen size for a terminal of that size; a terminal of unknown size reports 0. */
export function usableSize(cols: number, rows: number): { columns: number; rows: number } {
  const within = (value: number, least: number, usual: number): number =>
    value > 0 ? Math.min(Math.max(Math.trunc(value), least), maxCells) : usual;
  return { columns: within(cols, 10, 80), rows: within(rows, 2, 24) };
}
