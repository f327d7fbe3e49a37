/** `convoy list`: lists the nodes of the console and their connections, once or whenever they change. */

import type { Command } from 'commander';
import type { NodeView } from '@convoy/console/protocol';
import { withSettings } from '../../options/config.ts';
import { formatTable, print, printableLine, printResult } from '../../output.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { followConsole } from '../../targets/live-console.ts';
import { WatchedNodes } from '../../targets/watched-nodes.ts';
import { createRepaint } from '../../terminal/repaint.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

interface ListOptions extends ConsoleOptions {
  readonly watch?: boolean;
}

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

async function runList(flags: ListOptions): Promise<void> {
  const options = await withSettings(flags, ['dataDir']);
  if (options.watch === true) return watchNodes(options);
  const ask = await clientOf(options);
  const nodes = await ask('GET /api/nodes');
  printResult(options, nodes, formatNodes(nodes));
}

/** Shows the nodes whenever the table of them changes, until the console ends. */
async function watchNodes(options: ListOptions): Promise<void> {
  const repaint = createRepaint(process.stdout);
  let shown: string | undefined;
  const watched = new WatchedNodes((nodes) => {
    const text = formatNodes(nodes);
    if (text === shown) return;
    shown = text;
    if (options.json === true) print(printableLine(nodes));
    else repaint(text);
  });
  await followConsole(options.dataDir, watched, new AbortController().signal);
}

export function configureList(command: Command): void {
  command.option('-w, --watch', 'show the list again whenever it changes, until the console ends');
  addConsoleOptions(command);
  addExamples(command, 'convoy list', 'convoy list --json', 'convoy list --watch');
  command.action((options: ListOptions) =>
    guarded({ json: options.json === true, isStream: options.watch }, () => runList(options)),
  );
}
