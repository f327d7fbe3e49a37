/** Opens, resumes and closes shells: coordinates tabs, terminals and the live socket. */

import type { Problem, ShellKind, ShellView } from '@convoy/console/protocol';
import { disposeTerminal, terminalOf } from '../../terminal/terminal-registry.ts';
import { dockPanes, dockSize, focusedTab, leaveDock, requestTerminalFocus, showTab } from './dock.ts';
import { sendMessage } from '../../console-link/live-link.ts';
import {
  confirmInput,
  detachInputs,
  endInput,
  forgetInput,
  inputClientOf,
  refuseInput,
} from './shell-input.ts';
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

interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** The size last sent to the console, by tab. */
const knownSizes = new Map<string, Size>();
/** Keys of tabs by the id of their pending request. */
const requests = new Map<string, string>();
/** Shells to close, because their tab was closed while there was no socket. */
const toClose = new Set<string>();
let nextRequest = 1;

function requestFor(key: string): string {
  const requestId = `${key}-${nextRequest++}`;
  requests.set(requestId, key);
  return requestId;
}

function allowed({ cols, rows }: Size): Size {
  const clamp = (value: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.floor(value)));
  return { cols: clamp(cols, 10, 500), rows: clamp(rows, 3, 300) };
}

/** Opens a shell on a node and shows it. The request is sent once the terminal knows its size. */
export function openShell(node: string, kind?: ShellKind): void {
  const tab = addTab(node, kind);
  showTab(tab.key);
}

/** Called when a terminal has been fitted to its pane. */
export function announceSize(key: string, wanted: Size): void {
  const size = allowed(wanted);
  const tab = findTab((one) => one.key === key);
  if (tab === undefined) return;
  if (tab.phase === 'opening' && !knownSizes.has(key)) return askToOpen(key, size);
  const known = knownSizes.get(key);
  if (known?.cols === size.cols && known.rows === size.rows) return;
  if (tab.shellId === undefined || tab.phase !== 'live') return;
  if (sendMessage({ type: 'shell.resize', shellId: tab.shellId, ...size })) knownSizes.set(key, size);
}

function askToOpen(key: string, size: Size): void {
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
  if (sent) knownSizes.set(key, size);
  else
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
  changeTab(key, { shellId: shell.id, kind: shell.kind, phase: 'live' });
  // A new shell has taken nothing yet.
  confirmInput(key, 0);
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

export function closeShell(key: string): void {
  const tab = findTab((one) => one.key === key);
  if (tab === undefined) return;
  if (tab.shellId !== undefined && tab.phase !== 'ended') closeOnConsole(tab.shellId);
  leaveDock(key);
  forgetTab(key);
  if (shellTabs.value.length > 0) requestTerminalFocus();
}

/** Without a socket the shell is closed at the next welcome. */
function closeOnConsole(shellId: string): void {
  if (!sendMessage({ type: 'shell.close', shellId })) toClose.add(shellId);
}

function forgetTab(key: string): void {
  removeTab(key);
  forgetInput(key);
  disposeTerminal(key);
  knownSizes.delete(key);
}

/** Closes the tabs of ended shells on a deleted node. */
export function forgetShells(node: string): void {
  const ended = shellTabs.value.filter(
    (tab) => tab.node === node && (tab.phase === 'ended' || tab.phase === 'failed'),
  );
  for (const { key } of ended) closeShell(key);
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

/** After every welcome: attaches to the open shells again, and shows those that were open before a reload. */
export function resumeShells(all: readonly ShellView[]): void {
  const shells = all.filter(({ id }) => !toClose.has(id));
  for (const { id } of all) if (toClose.has(id)) sendMessage({ type: 'shell.close', shellId: id });
  toClose.clear();
  const open = new Map(shells.map((shell) => [shell.id, shell]));
  for (const tab of shellTabs.value) {
    if (tab.shellId === undefined || tab.phase === 'ended' || tab.phase === 'failed') continue;
    if (open.has(tab.shellId)) attach(tab.key, tab.shellId);
    else {
      changeTab(tab.key, { phase: 'ended', reason: 'the console no longer has this shell' });
      endInput(tab.key);
    }
  }
  const held = new Set(shellTabs.value.map((tab) => tab.shellId));
  const fresh = shells.filter((shell) => !held.has(shell.id)).map(addTabOf);
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
  changeTab(key, { phase: 'live' });
  // Another page may have changed the size in the meantime.
  const size = knownSizes.get(key);
  if (size !== undefined) sendMessage({ type: 'shell.resize', shellId, ...size });
}
