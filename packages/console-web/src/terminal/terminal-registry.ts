/**
 * The xterm.js terminals, one per tab, kept as long as the tab exists. Output is written whether or not the terminal is on
 * screen; a pane shows a terminal by adopting its element.
 */

import { cellWidthProvider } from '@convoy/shell/cell-width';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { type ITerminalOptions, Terminal } from '@xterm/xterm';
import { preferences } from '../state/page/preferences.ts';
import { Letterbox } from './letterbox.ts';
import { silenceQueries } from './terminal-input.ts';
import { readTerminalTheme } from './terminal-palette.ts';
import type { TerminalSink, TerminalSize } from './terminal-sink.ts';

export interface ShellTerminal extends TerminalSink {
  readonly terminal: Terminal;
  readonly search: SearchAddon;
  /** Contains the terminal; moved into the pane that shows it. */
  readonly element: HTMLElement;
  /** Calls `then` once all output so far has been parsed. */
  whenDrawn(then: () => void): void;
  /** Puts the terminal into `parent`. */
  mount(parent: HTMLElement): void;
  /** The size that would fill its pane; `undefined` while it is not on screen. Call `draw` afterwards. */
  measure(): TerminalSize | undefined;
  /** Whether the terminal has another size than its pane. */
  readonly isBoxed: boolean;
  /** Draws the terminal in its pane, letterboxed where their sizes differ. */
  draw(): void;
  /** Gives the terminal the size of its pane and returns that size; `undefined` while it is not on screen. */
  fit(): TerminalSize | undefined;
}

const terminals = new Map<string, ShellTerminal>();
const scrollbackLines = 5000;
/** Maximum number of unparsed characters. With more, the response to Ctrl-C would arrive seconds late in a flood of output. */
const mostUndrawn = 1_500_000;

function openLink(_event: MouseEvent, uri: string): void {
  if (/^https?:/i.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
}

function terminalOptions(): ITerminalOptions {
  const { terminalFontSize, screenReader } = preferences.value;
  const font = getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim();
  return {
    theme: readTerminalTheme(),
    fontFamily: font === '' ? 'monospace' : font,
    fontSize: terminalFontSize,
    lineHeight: 1.25,
    scrollback: scrollbackLines,
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    minimumContrastRatio: 4.5,
    screenReaderMode: screenReader,
    macOptionIsMeta: true,
    linkHandler: { activate: openLink },
    // Registering character widths is not yet a stable API of xterm.js.
    allowProposedApi: true,
  };
}

function createTerminal(): ShellTerminal {
  const terminal = new Terminal(terminalOptions());
  const fitter = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fitter);
  terminal.loadAddon(search);
  terminal.loadAddon(new WebLinksAddon(openLink));
  terminal.unicode.register(cellWidthProvider);
  terminal.unicode.activeVersion = cellWidthProvider.version;
  silenceQueries(terminal);
  const element = document.createElement('div');
  element.className = 'terminal-host';
  const fontSize = (): number => preferences.value.terminalFontSize;
  const letterbox = new Letterbox({ terminal, fitter, host: element, fontSize });
  return {
    ...createSink(terminal, () => letterbox.draw()),
    terminal,
    search,
    element,
    whenDrawn: (then) => terminal.write('', then),
    mount(parent) {
      parent.append(element);
      if (terminal.element === undefined) terminal.open(element);
    },
    measure: () => letterbox.measure(),
    get isBoxed() {
      return letterbox.isBoxed;
    },
    draw: () => letterbox.draw(),
    fit() {
      const room = letterbox.measure();
      if (room !== undefined) terminal.resize(room.cols, room.rows);
      letterbox.draw();
      return room;
    },
  };
}

/** Writes to a terminal. `redraw` is called when its size has changed. */
function createSink(terminal: Terminal, redraw: () => void): TerminalSink {
  let undrawn = 0;
  const setSize = ({ cols, rows }: TerminalSize): void =>
    terminal.resize(Math.max(2, cols), Math.max(1, rows));
  return {
    write(data) {
      if (undrawn > mostUndrawn) return false;
      undrawn += data.length;
      terminal.write(data, () => {
        undrawn -= data.length;
      });
      return true;
    },
    resize(size) {
      terminal.write('', () => {
        setSize(size);
        redraw();
      });
    },
    restore({ data, ...size }) {
      terminal.reset();
      setSize(size);
      terminal.write(data, redraw);
    },
  };
}

/** The terminal of a tab, created on first use. */
export function terminalOf(key: string): ShellTerminal {
  let terminal = terminals.get(key);
  if (terminal === undefined) {
    terminal = createTerminal();
    terminals.set(key, terminal);
  }
  return terminal;
}

export function disposeTerminal(key: string): void {
  const terminal = terminals.get(key);
  terminals.delete(key);
  terminal?.terminal.dispose();
  terminal?.element.remove();
}

/** Applies the preferences and the theme of the page to every terminal. */
export function restyleTerminals(): void {
  if (terminals.size === 0) return;
  const { theme, screenReaderMode } = terminalOptions();
  for (const shown of terminals.values()) {
    const { terminal } = shown;
    if (theme !== undefined) terminal.options.theme = theme;
    if (screenReaderMode !== undefined) terminal.options.screenReaderMode = screenReaderMode;
    shown.draw();
  }
}
