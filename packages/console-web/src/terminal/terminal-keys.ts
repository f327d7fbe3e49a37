/** Binds a terminal to its pane: sends typed keys to the shell and leaves the page's shortcuts to the page. */

import type { Terminal } from '@xterm/xterm';
import type { ShellTerminal } from './terminal-registry.ts';
import { cleanPaste, clearKeys, isReply, keyAction, linesToConfirm } from './terminal-input.ts';

export interface TerminalListener {
  /** Keys, pastes and compositions of the user. */
  type(data: string): void;
  askToPaste(text: string, lines: number): void;
  search(): void;
}

function copySelection(terminal: Terminal): void {
  if (!terminal.hasSelection()) return;
  const text = terminal.getSelection();
  void navigator.clipboard?.writeText(text);
  terminal.clearSelection();
}

function takeKey(event: KeyboardEvent, terminal: Terminal, listener: TerminalListener): boolean {
  if (event.type !== 'keydown') return true;
  switch (keyAction(event, terminal.hasSelection())) {
    case 'copy':
      copySelection(terminal);
      event.preventDefault();
      return false;
    case 'search':
      event.preventDefault();
      listener.search();
      return false;
    case 'browser':
      return false;
    case 'shell':
      return true;
  }
}

/** Binds the keys. Returns a function that unbinds them. */
export function bindTerminalKeys(shown: ShellTerminal, listener: TerminalListener): () => void {
  const { terminal, element } = shown;
  terminal.attachCustomKeyEventHandler((event) => takeKey(event, terminal, listener));
  const data = terminal.onData((text) => {
    if (!isReply(text)) listener.type(clearKeys(text));
  });
  const paste = (event: ClipboardEvent): void => {
    // Before xterm.js, which would send it as it is.
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = cleanPaste(event.clipboardData?.getData('text/plain') ?? '');
    const lines = linesToConfirm(text);
    if (lines !== undefined) listener.askToPaste(text, lines);
    else if (text !== '') terminal.paste(text);
  };
  element.addEventListener('paste', paste, true);
  return () => {
    data.dispose();
    terminal.attachCustomKeyEventHandler(() => true);
    element.removeEventListener('paste', paste, true);
  };
}
