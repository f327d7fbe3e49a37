/** Opens, resumes, leaves and ends shells: coordinates tabs, terminals and the live socket. */

import type { Problem, ShellKind, ShellView } from '@convoy/console/protocol';
import { disposeTerminal, terminalOf } from '../../terminal/terminal-registry.ts';
import type { TerminalSize } from '../../terminal/terminal-sink.ts';
import {
  consoleShells,
  dropConsoleShell,
  isWaiting,
  otherViewersOf,
  putConsoleShell,
  replaceConsoleShells,
} from './console-shells.ts';
import { dockPanes, dockSize, focusedTab, leaveDock, requestTerminalFocus, showTab } from './dock.ts';
import { sendMessage } from '../../console-link/live-link.ts';
import { nodeTitle } from '../clusters/node-titles.ts';
import { openDialog } from '../page/dialogs.ts';
import { showMessage } from '../page/toasts.ts';
import { hasLeft, keepLeft, noteLeft, noteReturned } from './left-shells.ts';
import {
  confirmInput,
  detachInputs,
  endInput,
  forgetInput,
  inputClientOf,
  refuseInput,
} from './shell-input.ts';
import { declareAgain, fitShell, forgetSize } from './shell-sizes.ts';
import {
  addTab,
  addTabOf,
  changeTab,
  findTab,
  lastSeqOfTab,
  removeTab,
  shellTabs,
  type ShellTab,
} from './shell-tabs.ts';

/** Keys of tabs by the id of their pending request. */
const requests = new Map<string, string>();
/** Shells to end, because that was asked for while there was no socket. */
const toClose = new Set<string>();
/** Whether the console has told this page of its shells. */
let isResumed = false;
let nextRequest = 1;

function requestFor(key: string): string {
  const requestId = `${key}-${nextRequest++}`;
  requests.set(requestId, key);
  return requestId;
}

/** Opens a shell on a node, by its id, and shows it. The request is sent once the terminal knows its size. */
export function openShell(node: string, kind?: ShellKind): void {
  const tab = addTab(node, kind);
  showTab(tab.key);
}

/** Call this when the pane of a tab has been shown or resized. */
export function fitTab(key: string): void {
  fitShell(key, (size) => askToOpen(key, size));
}

function askToOpen(key: string, size: TerminalSize): void {
  const tab = findTab((one) => one.key === key);
  if (tab === undefined) return;
  const sent = sendMessage({
    type: 'shell.open',
    requestId: requestFor(key),
    node: tab.node,
    client: inputClientOf(key),
    kind: tab.kind,
    ...size,
  });
  if (sent) return;
  changeTab(key, {
    phase: 'failed',
    problem: {
      code: 'NOT_CONNECTED',
      message: 'The page is not connected to the console.',
      remedy: 'Try again when the page shows Live.',
    },
  });
}

export function bindShell(requestId: string, shell: ShellView): void {
  const key = requests.get(requestId);
  requests.delete(requestId);
  if (key === undefined) return;
  if (findTab((tab) => tab.key === key) === undefined) {
    // Closed here before the console had opened it.
    sendMessage({ type: 'shell.close', shellId: shell.id });
    return;
  }
  const { id: shellId, kind, number } = shell;
  putConsoleShell(shell);
  changeTab(key, { shellId, kind, number, phase: 'live' });
  // A new shell has taken nothing yet.
  confirmInput(key, 0);
}

/** A shell was opened or has changed. One of a console that was restarted may have found its node. */
export function takeShell(shell: ShellView): void {
  putConsoleShell(shell);
  const tab = findTab(({ shellId }) => shellId === shell.id);
  if (tab?.phase === 'resuming' && shell.isWaiting !== true) changeTab(tab.key, { phase: 'live' });
}

export function takeConfirmation(shellId: string, seq: number): void {
  const key = keyOf(shellId);
  if (key !== undefined) confirmInput(key, seq);
}

export function takeEcho(shellId: string, echo: boolean): void {
  const key = keyOf(shellId);
  if (key !== undefined) changeTab(key, { isSecret: !echo });
}

/** Input arrived with a gap: nothing more is sent until the console reports what it has taken and the user decides. */
export function takeRefusal(shellId: string): void {
  const key = keyOf(shellId);
  if (key === undefined) return;
  refuseInput(key);
  attach(key, shellId);
}

function keyOf(shellId: string): string | undefined {
  return findTab((tab) => tab.shellId === shellId && tab.phase !== 'ended')?.key;
}

/** Applies a problem to the tab that made the request. Returns `false` if the request is unknown. */
export function failRequest(requestId: string, problem: Problem): boolean {
  const key = requests.get(requestId);
  requests.delete(requestId);
  if (key === undefined) return false;
  changeTab(key, { phase: 'failed', problem });
  return true;
}

/** Opens a new shell in the same tab. */
export function reopenShell(key: string): void {
  const tab = findTab((one) => one.key === key);
  if (tab === undefined) return;
  forgetTab(key);
  const fresh = addTab(tab.node, tab.kind);
  dockPanes.value = dockPanes.value.map((pane) => (pane === key ? fresh.key : pane));
  showTab(fresh.key);
}

/** Closes a tab. Its shell stays open on the console, for other pages and for later. */
export function closeTab(key: string): void {
  const tab = findTab((one) => one.key === key);
  if (tab === undefined) return;
  const { shellId, node, phase } = tab;
  if (shellId !== undefined && phase !== 'ended') {
    if (otherViewersOf(shellId, { isHere: true }) === 0)
      showMessage(`The shell on ${nodeTitle(node)} stays open for half an hour. The Shells page lists it.`);
    sendMessage({ type: 'shell.detach', shellId });
    noteLeft(shellId);
  }
  dropTab(key);
}

/** Shows a shell that is open on the console. */
export function showShell(shell: ShellView): void {
  const tab = findTab(({ shellId }) => shellId === shell.id);
  if (tab !== undefined) return showTab(tab.key);
  noteReturned(shell.id);
  const fresh = addTabOf(shell);
  attach(fresh.key, shell.id);
  showTab(fresh.key);
}

/** Ends a shell, after asking if other pages show it too. */
export function endShell(shellId: string): void {
  const isHere = findTab((tab) => tab.shellId === shellId) !== undefined;
  if (otherViewersOf(shellId, { isHere }) > 0) openDialog.value = { kind: 'endShell', shellId };
  else endShellNow(shellId);
}

/** Ends a shell for all pages. Without a socket it is ended at the next welcome. */
export function endShellNow(shellId: string): void {
  if (!sendMessage({ type: 'shell.close', shellId })) toClose.add(shellId);
  const tab = findTab((one) => one.shellId === shellId);
  dropConsoleShell(shellId);
  if (tab !== undefined) dropTab(tab.key);
}

function dropTab(key: string): void {
  leaveDock(key);
  forgetTab(key);
  if (shellTabs.value.length > 0) requestTerminalFocus();
  // The button that closed it is gone, too.
  else document.getElementById('content')?.focus();
}

function forgetTab(key: string): void {
  removeTab(key);
  forgetInput(key);
  disposeTerminal(key);
  forgetSize(key);
}

/** Closes the tabs of ended shells on a deleted node. */
export function forgetShells(node: string): void {
  const ended = shellTabs.value.filter(
    (tab) => tab.node === node && (tab.phase === 'ended' || tab.phase === 'failed'),
  );
  for (const { key } of ended) closeTab(key);
}

export function suspendShells(): void {
  requests.clear();
  detachInputs();
  for (const tab of shellTabs.value) {
    if (tab.phase === 'live') changeTab(tab.key, { phase: 'resuming' });
    if (tab.phase === 'opening') forgetOpening(tab.key);
  }
}

function forgetOpening(key: string): void {
  changeTab(key, {
    phase: 'failed',
    problem: {
      code: 'NOT_CONNECTED',
      message: 'The connection was lost while the shell opened.',
      remedy: 'Open it again.',
    },
  });
}

/**
 * After every welcome: attaches to the shells of the tabs again. After the first one, also to those that were open
 * before a reload or are open on other pages; later, the Shells page lists what others have opened.
 */
export function resumeShells(all: readonly ShellView[]): void {
  const shells = all.filter(({ id }) => !toClose.has(id));
  for (const { id } of all) if (toClose.has(id)) sendMessage({ type: 'shell.close', shellId: id });
  toClose.clear();
  replaceConsoleShells(shells);
  const open = new Map(shells.map((shell) => [shell.id, shell]));
  keepLeft(new Set(open.keys()));
  for (const tab of shellTabs.value) {
    if (tab.shellId === undefined || tab.phase === 'ended' || tab.phase === 'failed') continue;
    if (open.has(tab.shellId)) attach(tab.key, tab.shellId);
    else {
      changeTab(tab.key, { phase: 'ended', reason: 'the console no longer has this shell' });
      endInput(tab.key);
    }
  }
  if (!isResumed) restoreTabs();
  isResumed = true;
}

function restoreTabs(): void {
  const held = new Set(shellTabs.value.map((tab) => tab.shellId));
  const fresh = consoleShells()
    .filter(({ id }) => !held.has(id) && !hasLeft(id))
    .map(addTabOf);
  for (const tab of fresh) if (tab.shellId !== undefined) attach(tab.key, tab.shellId);
  const first = fresh[0];
  if (first === undefined || dockPanes.value.length > 0) return;
  dockPanes.value = [first.key];
  focusedTab.value = first.key;
  dockSize.value = 'open';
}

/** Requests the current screen once the terminal has drawn its backlog, so that a flood of output is not queued. */
export function resyncShell({ key, shellId }: ShellTab): void {
  if (shellId !== undefined) terminalOf(key).whenDrawn(() => attach(key, shellId));
}

function attach(key: string, shellId: string): void {
  const afterSeq = lastSeqOfTab(key);
  // A new terminal takes the whole screen.
  terminalOf(key);
  const sent = sendMessage({
    type: 'shell.attach',
    requestId: requestFor(key),
    shellId,
    client: inputClientOf(key),
    afterSeq,
  });
  if (!sent) return;
  changeTab(key, { phase: isWaiting(shellId) ? 'resuming' : 'live' });
  declareAgain(key, shellId);
}
