/** What shells are called, so that those of several hosts, and several of one node, can be told apart. */

import type { NodeView, ShellKind, ShellView } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import { nodeName, nodeTitle } from '../clusters/node-titles.ts';
import { findNode, nodes } from '../nodes/nodes.ts';
import { consoleShells } from './console-shells.ts';
import { type ShellTab, shellTabs } from './shell-tabs.ts';

export const shellNames: Readonly<Record<ShellKind, string>> = { iex: 'IEx', erl: 'erl', ts: 'TypeScript' };

/** The kinds of shell that a node can run, the default first. */
export function shellKindsOf(node: NodeView): readonly ShellKind[] {
  if (node.kind === 'typescript') return ['ts'];
  if (node.kind === 'elixir') return ['iex', 'erl'];
  return node.kind === 'unknown' ? ['iex', 'erl', 'ts'] : ['erl'];
}

/** The part of a shell or a tab that its name is made of. */
type Named = Pick<ShellTab, 'node' | 'kind' | 'number'> | Pick<ShellView, 'node' | 'kind' | 'number'>;

/** `IEx 2`, or `Shell` while its kind is not known. */
export function shellName({ kind, number = 1 }: Named): string {
  const name = kind === undefined ? 'Shell' : shellNames[kind];
  return number === 1 ? name : `${name} ${number}`;
}

/** `IEx 2 on app@db1`. */
export function fullShellName(shell: Named): string {
  return `${shellName(shell)} on ${nodeTitle(shell.node)}`;
}

/** Whether the host must be said: another node has the same name on another host. */
export function needsHost(node: string): boolean {
  const { name, host } = splitNodeName(nodeName(node));
  const known = [
    ...nodes.value.map((view) => view.name),
    ...shellTabs.value.map((tab) => nodeName(tab.node)),
  ];
  return known.some((other) => {
    const parts = splitNodeName(other);
    return parts.name === name && parts.host !== host;
  });
}

/** What tells a shell from the others of its node; `undefined` where it is the only one, of the usual kind. */
export function distinctionOf(shell: Named): string | undefined {
  const view = findNode(shell.node);
  const isUsual = view === undefined || shell.kind === undefined || shellKindsOf(view)[0] === shell.kind;
  const others = [...consoleShells(), ...shellTabs.value].filter(({ node }) => node === shell.node);
  const isOnly = others.every(({ number }) => number === undefined || number === shell.number);
  return isOnly && isUsual
    ? undefined
    : `${shell.kind === undefined ? '' : shellNames[shell.kind]} ${shell.number ?? ''}`.trim();
}
