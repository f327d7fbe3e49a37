/** All commands of the palette, for the current nodes and preferences. */

import type { NodeView, ShellKind } from '@convoy/console/protocol';
import { nodeKinds } from '@convoy/node/names';
import { goTo, pageNames, type PageName } from '../router.ts';
import { askToDisconnect, join, restart, showLogs } from './actions.ts';
import { clusters } from './clusters/clusters.ts';
import { showCluster, shownCluster } from './clusters/shown-cluster.ts';
import { nodeTitle } from './clusters/node-titles.ts';
import { launchPlaces, placeInSentence } from './launching/launch-places.ts';
import { openDialog } from './page/dialogs.ts';
import { searchTab, showTab, toggleDock, toggleMaximised } from './shells/dock.ts';
import { consoleShells } from './shells/console-shells.ts';
import { fullShellName } from './shells/shell-names.ts';
import { type ShellTab, shellTabs } from './shells/shell-tabs.ts';
import { findNode, hasLog, insideRoute, kindNames, nodes, type ShownKind, upNodes } from './nodes/nodes.ts';
import { isRestartable } from './nodes/bulk-plan.ts';
import { peeringOf } from './nodes/peering.ts';
import { prefer, preferences } from './page/preferences.ts';
import { closeTab, endShell, openShell, showShell } from './shells/shells.ts';

interface Command {
  readonly id: string;
  readonly group: 'Nodes' | 'Shells' | 'Launch' | 'Go to' | 'View';
  readonly text: string;
  readonly kind?: ShownKind | undefined;
  readonly run: () => void;
}

/** A command that needs another choice before it does anything. */
export interface SteppedCommand extends Omit<Command, 'run'> {
  /** What is to be chosen: `Join web@h to…`. */
  readonly prompt: string;
  readonly choices: () => readonly Command[];
}

export type PaletteCommand = Command | SteppedCommand;

const pageTitles: Readonly<Record<PageName, string>> = {
  mesh: 'Mesh',
  nodes: 'Nodes',
  shells: 'Shells',
  logs: 'Logs',
  settings: 'Settings',
};

function pageCommands(): readonly Command[] {
  return pageNames.map((page) => ({
    id: `go-${page}`,
    group: 'Go to' as const,
    text: `Go to ${pageTitles[page]}`,
    run: () => goTo({ page }),
  }));
}

function launchCommands(): readonly Command[] {
  const ofKinds = nodeKinds.map((kind) => ({
    id: `launch-${kind}`,
    group: 'Launch' as const,
    text: `Launch ${kindNames[kind]} nodes…`,
    kind,
    run: () => {
      openDialog.value = { kind: 'launch', of: kind };
    },
  }));
  const inPlaces = launchPlaces.value
    .filter(({ isUp }) => isUp)
    .map((place) => ({
      id: `launch-in-${place.key}`,
      group: 'Launch' as const,
      text: `Launch nodes on ${placeInSentence(place)}…`,
      run: () => {
        openDialog.value = { kind: 'launch', place: place.key };
      },
    }));
  return [...ofKinds, ...inPlaces];
}

function shellCommand(node: NodeView, kind?: ShellKind): Command {
  return {
    id: `shell-${kind ?? 'auto'}-${node.id}`,
    group: 'Nodes',
    text:
      kind === undefined
        ? `Open shell on ${nodeTitle(node.id)}`
        : `Open ${kind} shell on ${nodeTitle(node.id)}`,
    kind: node.kind,
    run: () => openShell(node.id, kind),
  };
}

/** The nodes to join, and the peers to disconnect from, are asked for in a second step: a line per pair would be too many. */
function peerCommands(node: NodeView): readonly SteppedCommand[] {
  const { id, kind } = node;
  const title = nodeTitle(id);
  const { joinable, connected } = peeringOf(node, nodes.value);
  const step = (
    verb: string,
    others: readonly NodeView[],
    act: (other: NodeView) => void,
  ): readonly SteppedCommand[] => {
    const choices = (): readonly Command[] =>
      others.map((other) => ({
        ...{ id: `peer-${other.id}`, group: 'Nodes', kind: other.kind },
        text: nodeTitle(other.id),
        run: () => act(other),
      }));
    const text = `${verb}…`;
    if (others.length === 0) return [];
    return [
      {
        id: `${verb.split(' ', 1)[0]?.toLowerCase()}-${id}`,
        group: 'Nodes',
        text,
        kind,
        prompt: text,
        choices,
      },
    ];
  };
  return [
    ...step(`Join ${title} to`, joinable, (other) => void join(node, other)),
    ...step(`Disconnect ${title} from`, connected, (other) => void askToDisconnect(node, other)),
  ];
}

function restartCommand(node: NodeView): Command {
  const { id, kind } = node;
  return {
    ...{ id: `restart-${id}`, group: 'Nodes', kind },
    text: `Restart ${nodeTitle(id)}`,
    run: () => void restart(node),
  };
}

function nodeCommands(node: NodeView): readonly PaletteCommand[] {
  if (node.owner !== undefined) return [];
  const { id, kind } = node;
  const title = nodeTitle(id);
  const up = node.status === 'up';
  const logs: Command = {
    id: `logs-${id}`,
    group: 'Nodes',
    text: `Logs of ${title}`,
    kind,
    run: () => showLogs(id),
  };
  const inside: Command = {
    id: `inside-${id}`,
    group: 'Nodes',
    text: `Look inside ${title}`,
    kind,
    run: () => goTo(insideRoute(node)),
  };
  const remove: Command = {
    id: `delete-${id}`,
    group: 'Nodes',
    text: `Delete ${title}…`,
    kind,
    run: () => {
      openDialog.value = { kind: 'delete', node: id };
    },
  };
  const doctor: Command = {
    id: `doctor-${id}`,
    group: 'Nodes',
    text: `Ask the doctor about ${title}`,
    kind,
    run: () => {
      openDialog.value = { kind: 'doctor', request: { node: id } };
    },
  };
  return [
    ...(up && kind === 'elixir' ? [shellCommand(node, 'erl')] : []),
    ...(hasLog(node) ? [logs] : []),
    ...(node.origin === 'launched' ? [remove] : []),
    ...(up ? peerCommands(node) : []),
    inside,
    ...(isRestartable(node) ? [restartCommand(node)] : []),
    doctor,
  ];
}

function tabCommands(tab: ShellTab): readonly Command[] {
  const { key, shellId, phase } = tab;
  const name = fullShellName(tab);
  const kind = findNode(tab.node)?.kind ?? 'unknown';
  const command = (id: string, text: string, run: () => void): Command => ({
    id: `${id}-${key}`,
    group: 'Shells',
    text,
    kind,
    run,
  });
  const isOpen = shellId !== undefined && phase !== 'ended' && phase !== 'failed';
  return [
    command('show', `Show ${name}`, () => showTab(key)),
    command('search', `Search in ${name}`, () => searchTab(key)),
    command('close', `Close the tab of ${name}`, () => closeTab(key)),
    ...(isOpen ? [command('end', `End ${name}`, () => endShell(shellId))] : []),
  ];
}

function shellCommands(): readonly Command[] {
  const tabs = shellTabs.value;
  const others = consoleShells().filter(({ id }) => !tabs.some(({ shellId }) => shellId === id));
  const shown = others.map((shell): Command => ({
    id: `show-${shell.id}`,
    group: 'Shells',
    text: `Show ${fullShellName(shell)}`,
    kind: findNode(shell.node)?.kind ?? 'unknown',
    run: () => showShell(shell),
  }));
  return [...tabs.flatMap(tabCommands), ...shown];
}

/** Showing a cluster, its settings, and leaving it. */
function clusterCommands(): readonly Command[] {
  const all = clusters.value;
  const command = (id: string, text: string, run: () => void): Command => ({ id, group: 'View', text, run });
  return [
    ...(shownCluster.value === undefined
      ? []
      : [command('cluster-all', 'Show all clusters', () => showCluster(undefined))]),
    ...(all.length < 2 ? [] : all).flatMap(({ id, label, kind }) => [
      command(`cluster-${id}`, `Show the cluster ${label}`, () => showCluster(id)),
      command(`cluster-settings-${id}`, `Settings of the cluster ${label}…`, () => {
        openDialog.value = { kind: 'cluster', cluster: id };
      }),
      ...(kind === 'attached'
        ? [
            command(`cluster-leave-${id}`, `Leave the cluster ${label}…`, () => {
              openDialog.value = { kind: 'leaveCluster', cluster: id };
            }),
          ]
        : []),
    ]),
  ];
}

function viewCommands(): readonly Command[] {
  const { theme, contrast, screenReader } = preferences.value;
  const view = (id: string, text: string, run: () => void): Command => ({ id, group: 'View', text, run });
  return [
    ...(theme === 'dark' ? [] : [view('theme-dark', 'Theme: dark', () => prefer({ theme: 'dark' }))]),
    ...(theme === 'light' ? [] : [view('theme-light', 'Theme: light', () => prefer({ theme: 'light' }))]),
    ...(theme === 'system' ? [] : [view('theme-system', 'Theme: system', () => prefer({ theme: 'system' }))]),
    view('connect', 'Connect a node…', () => {
      openDialog.value = { kind: 'connect' };
    }),
    ...clusterCommands(),
    view('ssh', 'Connect over SSH…', () => {
      openDialog.value = { kind: 'ssh' };
    }),
    view('railway', 'Connect Railway…', () => {
      openDialog.value = { kind: 'railway' };
    }),
    view('contrast', contrast === 'more' ? 'Contrast: system' : 'Contrast: high', () =>
      prefer({ contrast: contrast === 'more' ? 'system' : 'more' }),
    ),
    view('keys', 'Show the keys', () => {
      openDialog.value = { kind: 'keys' };
    }),
    view('dock', 'Show or fold the shells', toggleDock),
    view('dock-maximise', 'Maximise or restore the shells', toggleMaximised),
    view('screen-reader', `Screen reader mode: ${screenReader ? 'off' : 'on'}`, () =>
      prefer({ screenReader: !screenReader }),
    ),
  ];
}

/** All commands, the most used ones first. */
export function allCommands(): readonly PaletteCommand[] {
  return [
    ...upNodes.value.map((node) => shellCommand(node)),
    ...launchCommands(),
    ...pageCommands(),
    ...viewCommands(),
    ...shellCommands(),
    ...nodes.value.flatMap(nodeCommands),
  ];
}
