/**
 * The sizes of shells. A shell has one size for all pages that show it: that of the window in which was typed last.
 * Each page declares the size that its window has room for, and shows the shell letterboxed while it has another.
 */

import type { ServerMessage } from '@convoy/console/protocol';
import { sendMessage } from '../../console-link/live-link.ts';
import { terminalOf } from '../../terminal/terminal-registry.ts';
import type { TerminalSize } from '../../terminal/terminal-sink.ts';
import { changeTab, findTab } from './shell-tabs.ts';

/** The size that this page has declared last, by tab. */
const declared = new Map<string, TerminalSize>();

function allowed({ cols, rows }: TerminalSize): TerminalSize {
  const clamp = (value: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.floor(value)));
  return { cols: clamp(cols, 10, 500), rows: clamp(rows, 3, 300) };
}

function isSame(one: TerminalSize | undefined, other: TerminalSize): boolean {
  return one?.cols === other.cols && one.rows === other.rows;
}

/** Call this when the place of a terminal, or its shell, has changed. `ask` is called with the size for a shell to be opened. */
export function fitShell(key: string, ask: (size: TerminalSize) => void): void {
  const tab = findTab((one) => one.key === key);
  if (tab === undefined) return;
  const shown = terminalOf(key);
  if (tab.phase !== 'live') return fitWithoutShell(key, ask);
  // Its own size is drawn by the answer of the console: in between, letters would become smaller for a moment.
  const isForeign = shown.isBoxed || tab.foreignSize !== undefined;
  const room = shown.measure();
  if (isForeign) shown.draw();
  if (room === undefined || tab.shellId === undefined || isSame(declared.get(key), allowed(room))) return;
  declare(key, tab.shellId, { size: allowed(room), take: false });
}

function fitWithoutShell(key: string, ask: (size: TerminalSize) => void): void {
  const phase = findTab((one) => one.key === key)?.phase;
  const shown = terminalOf(key);
  if (phase === 'resuming') return shown.draw();
  const room = shown.fit();
  if (phase !== 'opening' || room === undefined || declared.has(key)) return;
  declared.set(key, allowed(room));
  ask(allowed(room));
}

/** Gives the shell the size of this page's window. */
export function takeOverSize(key: string): void {
  const shellId = findTab((one) => one.key === key)?.shellId;
  const size = declared.get(key);
  if (shellId !== undefined && size !== undefined) declare(key, shellId, { size, take: true });
}

/** Declares the size again, after the shell was attached by another socket. */
export function declareAgain(key: string, shellId: string): void {
  const size = declared.get(key);
  if (size !== undefined) declare(key, shellId, { size, take: false });
}

function declare(key: string, shellId: string, { size, take }: { size: TerminalSize; take: boolean }): void {
  if (sendMessage({ type: 'shell.resize', shellId, ...size, ...(take ? { take } : {}) }))
    declared.set(key, size);
}

/** The size of the shell as the console says. */
export function takeSize({
  shellId,
  cols,
  rows,
  isOwn,
}: Extract<ServerMessage, { type: 'shell.size' }>): void {
  const tab = findTab((one) => one.shellId === shellId);
  if (tab === undefined) return;
  const size = { cols, rows };
  const isForeign = !isOwn && !isSame(declared.get(tab.key), size);
  changeTab(tab.key, { foreignSize: isForeign ? size : undefined });
  const shown = terminalOf(tab.key);
  const { terminal } = shown;
  shown.whenDrawn(() => {
    if (isSame(terminal, size)) shown.draw();
    else shown.resize(size);
  });
}

export function forgetSize(key: string): void {
  declared.delete(key);
}
