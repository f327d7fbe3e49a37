/**
 * The shells as tabs. A tab belongs to this page; its shell lives on the console and survives sockets and reloads. Tabs do
 * not know their terminals: output goes to the sink for the tab's key.
 */

import type { Problem, ServerMessage, ShellKind, ShellView } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import type { TerminalSink, TerminalSize } from '../../terminal/terminal-sink.ts';

export type ShellPhase =
  /** Requested, but not answered yet. */
  | 'opening'
  | 'live'
  /** The socket was lost, or has come back and the shell is being attached again. */
  | 'resuming'
  | 'ended'
  | 'failed';

export interface ShellTab {
  /** Stable on this page, even before the shell has an id. */
  readonly key: string;
  /** The id of its node. */
  readonly node: string;
  readonly phase: ShellPhase;
  readonly kind?: ShellKind | undefined;
  readonly shellId?: string;
  /** Tells the shells of a node apart. */
  readonly number?: number;
  /** The size of the shell, while it is that of another page's window. */
  readonly foreignSize?: TerminalSize | undefined;
  readonly problem?: Problem;
  /** Why it ended. */
  readonly reason?: string;
  /** The shell does not show what is typed: a password is asked for. */
  readonly isSecret?: boolean;
  /** Whether there is output that has not been shown. */
  readonly unseen: boolean;
}

export const shellTabs: Signal<readonly ShellTab[]> = signal([]);
const lastSeqs = new Map<string, number>();
/** Tabs that are waiting for a whole screen. */
const overrun = new Set<string>();
let nextKey = 1;

export function findTab(match: (tab: ShellTab) => boolean): ShellTab | undefined {
  return shellTabs.value.find(match);
}

export function changeTab(key: string, change: Partial<ShellTab>): void {
  shellTabs.value = shellTabs.value.map((tab) => (tab.key === key ? { ...tab, ...change } : tab));
}

export function addTab(node: string, kind?: ShellKind): ShellTab {
  const key = `shell-${nextKey++}`;
  const tab: ShellTab = {
    key,
    node,
    phase: 'opening',
    unseen: false,
    kind,
  };
  shellTabs.value = [...shellTabs.value, tab];
  return tab;
}

export function addTabOf({ id: shellId, node, kind, number }: ShellView): ShellTab {
  const tab: ShellTab = { ...addTab(node, kind), shellId, number, phase: 'resuming' };
  changeTab(tab.key, tab);
  return tab;
}

export function removeTab(key: string): void {
  lastSeqs.delete(key);
  overrun.delete(key);
  shellTabs.value = shellTabs.value.filter((tab) => tab.key !== key);
}

/** Number of the last output that this page has for a tab. */
export function lastSeqOfTab(key: string): number | undefined {
  return lastSeqs.get(key);
}

type ShellMessage = Extract<ServerMessage, { type: 'shell.snapshot' | 'shell.output' | 'shell.closed' }>;

/** Makes a tab skip output until it receives a whole screen. */
function startOverrun(tab: ShellTab, onOverrun: (tab: ShellTab) => void): void {
  overrun.add(tab.key);
  lastSeqs.delete(tab.key);
  onOverrun(tab);
}

export interface ShellReceiver {
  readonly sinkOf: (key: string) => TerminalSink;
  /** Called when a tab's terminal cannot keep up and needs the current screen later. */
  readonly onOverrun: (tab: ShellTab) => void;
}

/** Applies a message about a shell. */
export function takeShellMessage(message: ShellMessage, { sinkOf, onOverrun }: ShellReceiver): void {
  const tab = findTab((one) => one.shellId === message.shellId);
  if (tab === undefined) return;
  switch (message.type) {
    case 'shell.snapshot':
      overrun.delete(tab.key);
      lastSeqs.set(tab.key, message.seq);
      sinkOf(tab.key).restore(message);
      if (tab.phase !== 'live') changeTab(tab.key, { phase: 'live' });
      return;
    case 'shell.output':
      // After an attach, output that was in transit may arrive twice.
      if (message.seq <= (lastSeqs.get(tab.key) ?? -1)) return;
      if (overrun.has(tab.key)) return;
      if (!sinkOf(tab.key).write(message.data)) return startOverrun(tab, onOverrun);
      if (message.cols !== undefined && message.rows !== undefined)
        sinkOf(tab.key).resize({ cols: message.cols, rows: message.rows });
      lastSeqs.set(tab.key, message.seq);
      if (tab.phase !== 'live') changeTab(tab.key, { phase: 'live' });
      return;
    case 'shell.closed':
      changeTab(tab.key, { phase: 'ended', reason: message.reason });
  }
}
