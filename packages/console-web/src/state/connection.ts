/** Applies messages of the live socket to the state of the page, and restores subscriptions after every reconnect. */

import type { Problem, ServerMessage } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { terminalOf } from '../terminal/terminal-registry.ts';
import { dockPanes, dockSize } from './shells/dock.ts';
import { startLink } from '../console-link/live-link.ts';
import { noteConsoleBack, noteConsoleLost } from './console-gone.ts';
import { dropCluster, putCluster, replaceClusters } from './clusters/clusters.ts';
import { logReceiver } from './logs/log-link.ts';
import {
  isTraceMessage,
  loseTrace,
  refuseTrace,
  takeTraceMessage,
  type TraceMessage,
} from './inside/trace.ts';
import { consoleInfo, dropNode, findNode, putNode, replaceNodes } from './nodes/nodes.ts';
import { dropConsoleShell } from './shells/console-shells.ts';
import { takeSize } from './shells/shell-sizes.ts';
import { changeTab, findTab, takeShellMessage } from './shells/shell-tabs.ts';
import { endInput, guardInputs, holdInputs } from './shells/shell-input.ts';
import {
  bindShell,
  failRequest,
  forgetShells,
  resumeShells,
  resyncShell,
  suspendShells,
  takeConfirmation,
  takeEcho,
  takeRefusal,
  takeShell,
} from './shells/shells.ts';
import { showProblem } from './page/toasts.ts';

/** Whether the first welcome has arrived. Until then the nodes are unknown, which differs from having none. */
export const isWelcomed: Signal<boolean> = signal(false);
/** Why the console cannot write its audit log; `undefined` while it can. */
export const auditProblem: Signal<Problem | undefined> = signal(undefined);
const receiver = { sinkOf: terminalOf, onOverrun: resyncShell };

export function startConnection(): void {
  startLink({ takeMessage: takeAnyMessage, loseLink, loseSession: () => holdInputs('signedOut') });
}

function loseLink(): void {
  noteConsoleLost();
  loseTrace();
  suspendShells();
}

guardInputs();

function takeAnyMessage(message: ServerMessage): void {
  if (isTraceMessage(message)) takeTraceMessage(message);
  else takeMessage(message);
}

function takeMessage(message: Exclude<ServerMessage, TraceMessage>): void {
  switch (message.type) {
    case 'welcome':
      takeWelcome(message);
      return;
    case 'node':
      putNode(message.node);
      return;
    case 'node.gone':
      if (message.isRelaunched === true) logReceiver()?.restart(message.name);
      else forgetNode(message.name);
      return;
    case 'cluster':
      putCluster(message.cluster);
      return;
    case 'cluster.gone':
      dropCluster(message.id);
      return;
    case 'logs':
    case 'logs.state':
      logReceiver()?.take(message);
      return;
    case 'shell.opened':
      bindShell(message.requestId, message.shell);
      return;
    case 'shell':
      takeShell(message.shell);
      return;
    case 'shell.size':
      takeSize(message);
      return;
    case 'problem':
      takeProblem(message.requestId, message.problem);
      return;
    case 'audit':
      auditProblem.value = message.problem;
      return;
    case 'shell.output':
      markUnseen(message.shellId);
      takeShellMessage(message, receiver);
      return;
    case 'shell.snapshot':
      takeShellMessage(message, receiver);
      return;
    case 'shell.closed':
      takeEnd(message);
      return;
    case 'shell.taken':
      takeConfirmation(message.shellId, message.seq);
      return;
    case 'shell.echo':
      takeEcho(message.shellId, message.echo);
      return;
    case 'shell.refused':
      takeRefusal(message.shellId);
      return;
    case 'pong': // The socket itself measures by it.
  }
}

function takeEnd(message: Extract<ServerMessage, { type: 'shell.closed' }>): void {
  dropConsoleShell(message.shellId);
  takeShellMessage(message, receiver);
  endInputOf(message.shellId);
}

function forgetNode(id: string): void {
  forgetShells(id);
  dropNode(id);
}

function takeWelcome(welcome: Extract<ServerMessage, { type: 'welcome' }>): void {
  // They may have been launched again meanwhile.
  for (const { id, startedAt } of welcome.nodes)
    if (startedAt !== (findNode(id)?.startedAt ?? startedAt)) logReceiver()?.restart(id);
  consoleInfo.value = welcome.info;
  replaceClusters(welcome.clusters);
  replaceNodes(welcome.nodes);
  isWelcomed.value = true;
  noteConsoleBack();
  // The console sends it again right after the welcome if it still applies.
  auditProblem.value = undefined;
  resumeShells(welcome.shells);
  logReceiver()?.resume();
}

function endInputOf(shellId: string): void {
  const tab = findTab((one) => one.shellId === shellId);
  if (tab !== undefined) endInput(tab.key);
}

function takeProblem(requestId: string | undefined, problem: Problem): void {
  if (requestId !== undefined && (failRequest(requestId, problem) || refuseTrace(requestId, problem))) return;
  showProblem(problem);
}

function markUnseen(shellId: string): void {
  const tab = findTab((one) => one.shellId === shellId);
  if (tab === undefined || tab.unseen) return;
  const isSeen = dockSize.value !== 'folded' && dockPanes.value.includes(tab.key);
  if (!isSeen) changeTab(tab.key, { unseen: true });
}
