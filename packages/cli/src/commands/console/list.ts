/** `convoy list`: lists the nodes of the console and their connections. */

import type { Command } from 'commander';
import type { NodeView } from '@convoy/console/protocol';
import { formatTable, printResult } from '../../output.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

function formatNodes(nodes: readonly NodeView[]): string {
  if (nodes.length === 0) return 'No nodes. Launch one with `convoy launch ts`.';
  const rows = nodes.map(({ name, kind, status, version = '', peers }) => [
    name,
    kind,
    status,
    version,
    peers.join(' '),
  ]);
  return formatTable([['NODE', 'KIND', 'STATUS', 'VERSION', 'PEERS'], ...rows]);
}

async function runList(options: ConsoleOptions): Promise<void> {
  const ask = await clientOf(options);
  const nodes = await ask('GET /api/nodes');
  printResult(options, nodes, formatNodes(nodes));
}

/** Defines the options and the action of the command. */
export function configureList(command: Command): void {
  addConsoleOptions(command);
  addExamples(command, 'convoy list', 'convoy list --json');
  command.action((options: ConsoleOptions) => guarded(options, () => runList(options)));
}
