/**
 * A terminal without a display that sees everything a session prints, so that a viewer who comes later gets the screen
 * and the scroll-back as they are. It parses a little later than it is written to.
 */
// oxlint-disable-next-line import/default -- CommonJS without named exports at run time, whatever its types say
import serializeAddon from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import { codePointWidth } from '../line-editor/width.ts';
import type { OutputChunk } from './output-ring.ts';

export interface Snapshot {
  /** The newest chunk that `data` includes. */
  readonly seq: number;
  /** Terminal text that draws screen and scroll-back on an empty terminal of this size. */
  readonly data: string;
  readonly cols: number;
  readonly rows: number;
}

const scrollback = 2000;
/** Output not yet parsed at which the node is made to wait, and at which it may go on. */
const highWater = 512 * 1024;
const lowWater = 128 * 1024;

export class Screen {
  readonly #terminal: headless.Terminal;
  readonly #serializer: serializeAddon.SerializeAddon;
  /** Written, but not parsed. */
  #pending: OutputChunk[] = [];
  #pendingLength = 0;
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
    this.#terminal.unicode.register(unicodeWidths);
    this.#terminal.unicode.activeVersion = unicodeWidths.version;
  }

  write(chunk: OutputChunk): void {
    this.#pending.push(chunk);
    this.#pendingLength += chunk.data.length;
    this.#terminal.write(chunk.data, () => {
      this.#pending.shift();
      this.#pendingLength -= chunk.data.length;
      if (this.#pendingLength <= lowWater) this.#wake();
    });
  }

  /** Takes effect after what has been written. */
  resize(size: { columns: number; rows: number }): void {
    this.#terminal.write('', () => this.#terminal.resize(size.columns, size.rows));
  }

  /** A promise while too much is waiting to be parsed. */
  whenReady(): Promise<void> | undefined {
    if (this.#pendingLength < highWater) return undefined;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** `lastSeq` is the newest chunk written. What is not parsed yet follows the picture as it is. */
  snapshot(lastSeq: number): Snapshot {
    const data = this.#serializer.serialize() + this.#pending.map((chunk) => chunk.data).join('');
    return { seq: lastSeq, data, cols: this.#terminal.cols, rows: this.#terminal.rows };
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

/** Our own widths, so that the line editor and the terminal agree on where the cursor is. */
const unicodeWidths = {
  version: 'convoy',
  wcwidth: codePointWidth,
  /** xterm.js packs the width into bits 1 and 2, and into bit 0 whether the character joins the one before. */
  charProperties(codePoint: number, preceding: number): number {
    const own = codePointWidth(codePoint);
    const before = (preceding >> 1) & 3;
    const joins = own === 0 && preceding !== 0 && before > 0;
    return ((joins ? before : own) << 1) | (joins ? 1 : 0);
  },
};
