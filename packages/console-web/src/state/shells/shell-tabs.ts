/**
 * The shells as tabs. A tab is this page's; the shell behind it lives on the console and survives sockets and reloads.
 * Which terminal shows a tab is not known here: output goes to whoever listens for the tab's key.
 */

import type { Problem, ServerMessage, ShellKind, ShellView } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import type { TerminalSink } from '../../terminal/terminal-sink.ts';

export type ShellPhase =
  /** Asked for, not yet answered. */
  | 'opening'
  | 'live'
  /** The socket was lost, or has come back and the shell is being attached again. */
  | 'resuming'
  | 'ended'
  | 'failed';

export interface ShellTab {
  /** Stable on this page, also before the console gave the shell its id. */
  readonly key: string;
  readonly node: string;
  readonly phase: ShellPhase;
  readonly kind?: ShellKind | undefined;
  readonly shellId?: string;
  readonly problem?: Problem;
  /** Why it ended. */
  readonly reason?: string;
  /** The shell does not show what is typed: a password is asked for. */
  readonly isSecret?: boolean;
  /** There is output nobody has looked at. */
  readonly unseen: boolean;
}

export const shellTabs: Signal<readonly ShellTab[]> = signal([]);
const lastSeqs = new Map<string, number>();
/** Tabs that wait for a whole screen. */
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

export function addTabOf(shell: ShellView): ShellTab {
  const tab: ShellTab = { ...addTab(shell.node, shell.kind), shellId: shell.id, phase: 'resuming' };
  changeTab(tab.key, tab);
  return tab;
}

export function removeTab(key: string): void {
  lastSeqs.delete(key);
  overrun.delete(key);
  shellTabs.value = shellTabs.value.filter((tab) => tab.key !== key);
}

/** The last piece of output this page has of a tab, if any. */
export function lastSeqOfTab(key: string): number | undefined {
  return lastSeqs.get(key);
}

type ShellMessage = Extract<ServerMessage, { type: 'shell.snapshot' | 'shell.output' | 'shell.closed' }>;

/** From here on the tab skips output until it gets a whole screen. */
function startOverrun(tab: ShellTab, onOverrun: (tab: ShellTab) => void): void {
  overrun.add(tab.key);
  lastSeqs.delete(tab.key);
  onOverrun(tab);
}

export interface ShellReceiver {
  readonly sinkOf: (key: string) => TerminalSink;
  /** The tab's terminal cannot keep up; it wants the screen as it is once it has caught up. */
  readonly onOverrun: (tab: ShellTab) => void;
}

/** Takes in what the console says of a shell. */
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
      // An attach may send again what was already on its way.
      if (message.seq <= (lastSeqs.get(tab.key) ?? -1)) return;
      if (overrun.has(tab.key)) return;
      if (!sinkOf(tab.key).write(message.data)) return startOverrun(tab, onOverrun);
      lastSeqs.set(tab.key, message.seq);
      if (tab.phase !== 'live') changeTab(tab.key, { phase: 'live' });
      return;
    case 'shell.closed':
      changeTab(tab.key, { phase: 'ended', reason: message.reason });
  }
}
