/**
 * Shows a terminal of one size in a place of another. A terminal that is larger than its place gets smaller letters,
 * down to a size that can still be read, and is then scrolled; one that is smaller leaves the rest of the place empty.
 */

import type { FitAddon } from '@xterm/addon-fit';
import type { Terminal } from '@xterm/xterm';
import type { TerminalSize } from './terminal-sink.ts';

const smallestFont = 6;
const fontStep = 0.5;
/** The scroll bar that xterm.js puts at the right of the rows. */
const scrollBarWidth = 14;

export interface LetterboxOptions {
  readonly terminal: Terminal;
  readonly fitter: FitAddon;
  /** Fills the place, and contains the terminal. */
  readonly host: HTMLElement;
  /** The size of the letters where the terminal fits. */
  readonly fontSize: () => number;
}

export class Letterbox {
  readonly #options: LetterboxOptions;

  constructor(options: LetterboxOptions) {
    this.#options = options;
  }

  /** Whether the terminal has another size than its place. */
  get isBoxed(): boolean {
    return this.#options.host.classList.contains('is-boxed');
  }

  /** The size that would fill the place; `undefined` while it is not on screen. */
  measure(): TerminalSize | undefined {
    const { fitter, host, fontSize } = this.#options;
    if (!host.isConnected || host.clientHeight === 0 || host.clientWidth === 0) return undefined;
    this.#setFont(fontSize());
    const room = fitter.proposeDimensions();
    return room === undefined || Number.isNaN(room.cols) || Number.isNaN(room.rows) ? undefined : room;
  }

  /** Draws the terminal in its place, whatever sizes they have. */
  draw(): void {
    const { terminal, host, fontSize } = this.#options;
    const room = this.measure();
    const frame = terminal.element;
    if (room === undefined || frame === undefined) return;
    const isBoxed = terminal.cols !== room.cols || terminal.rows !== room.rows;
    host.classList.toggle('is-boxed', isBoxed);
    frame.style.width = '';
    if (!isBoxed) return;
    const scale = Math.min(1, room.cols / terminal.cols, room.rows / terminal.rows);
    let font = Math.max(smallestFont, Math.floor((fontSize() * scale) / fontStep) * fontStep);
    this.#setFont(font);
    // Cells are whole pixels high: all rows together may be a little more than their share.
    while (font > smallestFont && !this.#fits()) this.#setFont((font -= fontStep));
    frame.style.width = `${this.#screenSize().width + scrollBarWidth}px`;
  }

  #fits(): boolean {
    const { host } = this.#options;
    const { width, height } = this.#screenSize();
    return width + scrollBarWidth <= host.clientWidth && height <= host.clientHeight;
  }

  #screenSize(): { readonly width: number; readonly height: number } {
    const screen = this.#options.terminal.element?.querySelector<HTMLElement>('.xterm-screen');
    return { width: screen?.offsetWidth ?? 0, height: screen?.offsetHeight ?? 0 };
  }

  #setFont(size: number): void {
    const { options } = this.#options.terminal;
    if (options.fontSize !== size) options.fontSize = size;
  }
}
