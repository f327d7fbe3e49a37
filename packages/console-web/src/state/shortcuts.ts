/** Keyboard shortcuts of the page. While the user types, only those with Ctrl or Cmd are active. */

import { goTo, type PageName } from '../router.ts';
import { openDialog } from './page/dialogs.ts';
import { dockSize, requestTerminalFocus, toggleDock, toggleMaximised } from './shells/dock.ts';

export interface Shortcut {
  readonly keys: readonly string[];
  readonly does: string;
}

/** Takes a key that was pressed outside a text field. Returns whether it meant something. */
type KeyTaker = (event: KeyboardEvent) => boolean;

const takers = new Set<KeyTaker>();

/** Adds keys of what is on the page now. Returns a function that removes them. */
export function addKeys(taker: KeyTaker): () => void {
  takers.add(taker);
  return () => void takers.delete(taker);
}

export const shortcuts: readonly Shortcut[] = [
  { keys: ['?'], does: 'Show the keys' },
  { keys: ['Ctrl', 'K'], does: 'Open the command palette; in a shell, kill the line' },
  { keys: ['F1'], does: 'Open the command palette, also in a shell' },
  { keys: ['Ctrl', '`'], does: 'Show or hide the shells' },
  { keys: ['Ctrl', 'Shift', '`'], does: 'Maximise the shells' },
  { keys: ['F6'], does: 'Switch between the page and the shell' },
  { keys: ['G', 'then', 'M N S L'], does: 'Go to Mesh, Nodes, Shells, Logs' },
  { keys: ['C'], does: 'Launch nodes; on a row of the nodes, in its place' },
  { keys: ['/'], does: 'Filter the list' },
  { keys: ['J', 'K'], does: 'Nodes: go to the next or the previous row' },
  { keys: ['O'], does: 'Nodes: show or hide the details of the row' },
  { keys: ['I'], does: 'Nodes: look inside the node of the row' },
  { keys: ['X'], does: 'Nodes: select the row; with Shift, all rows from the last selected one' },
  { keys: ['Shift', 'A'], does: 'Nodes: select all that are shown' },
  { keys: ['Esc'], does: 'Nodes: clear the selection' },
  {
    keys: ['S', 'R', 'Del'],
    does: 'Nodes: open a shell, launch again, delete: the selected nodes or the row',
  },
  { keys: ['L'], does: 'Nodes: show the log of the row' },
  {
    keys: ['J', 'K'],
    does: 'Logs: go to the next or the previous line; in the list, the arrow keys as well',
  },
  { keys: ['O'], does: 'Logs: show or hide the details of the line' },
  { keys: ['P', 'F'], does: 'Logs: pause or resume; follow the newest lines' },
  { keys: ['Ctrl', 'C'], does: 'In a shell: copy the selection, or interrupt' },
  { keys: ['Ctrl', 'Shift', 'F'], does: 'In a shell: search' },
];

const pagesByKey: Readonly<Record<string, PageName>> = {
  m: 'mesh',
  n: 'nodes',
  s: 'shells',
  l: 'logs',
  ',': 'settings',
};
const chordMs = 1200;

let chordUntil = 0;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && /^(?:checkbox|radio|range)$/.test(target.type)) return false;
  return target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function togglePalette(): void {
  openDialog.value = openDialog.value?.kind === 'palette' ? undefined : { kind: 'palette' };
}

function takePaletteKey(): boolean {
  togglePalette();
  return true;
}

function takeControlKey(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key === 'k' && !event.shiftKey) togglePalette();
  else if (key === '`') toggleDock();
  else if (key === '~') toggleMaximised();
  else return false;
  return true;
}

/** Moves the focus out of a terminal, which uses Tab itself, and back. */
function changeSide(target: EventTarget | null): boolean {
  const isInTerminal = target instanceof Element && target.closest('.shell-terminal') !== null;
  if (isInTerminal) document.getElementById('content')?.focus();
  else if (dockSize.value === 'folded') return false;
  else requestTerminalFocus();
  return true;
}

function takePlainKey(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  const page = Date.now() < chordUntil ? pagesByKey[key] : undefined;
  chordUntil = 0;
  if (page !== undefined) goTo({ page });
  else if ([...takers].some((take) => take(event))) return true;
  else if (key === '?') openDialog.value = { kind: 'keys' };
  else if (key === 'g') chordUntil = Date.now() + chordMs;
  else if (key === 'c') openDialog.value = { kind: 'launch' };
  else if (key === '/') return focusFilter();
  else return false;
  return true;
}

function focusFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>('input[data-filter]');
  filter?.focus();
  return filter !== null;
}

export function startShortcuts(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const isControl = (event.ctrlKey || event.metaKey) && !event.altKey;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const hasDialog = openDialog.value !== undefined || document.querySelector('dialog[open]') !== null;
    let isTaken = false;
    const canToggle = !hasDialog || openDialog.value?.kind === 'palette';
    if (isControl && canToggle) isTaken = takeControlKey(event);
    else if (event.key === 'F1' && isPlain && canToggle) isTaken = takePaletteKey();
    else if (event.key === 'F6' && isPlain && !hasDialog) isTaken = changeSide(event.target);
    else if (isPlain && !hasDialog && !isTyping(event.target)) isTaken = takePlainKey(event);
    if (isTaken) event.preventDefault();
  });
}
