/** `convoy list`: lists the nodes of the console and their connections, once or whenever they change. */

import type { Command } from 'commander';
import type { ClusterView, NodeView } from '@convoy/console/protocol';
import { withSettings } from '../../options/config.ts';
import { print, printableLine, printResult } from '../../output.ts';
import { clusterCalled } from '../../targets/clusters/find-cluster.ts';
import { nodeTable } from '../../targets/clusters/node-table.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { followConsole } from '../../targets/live-console.ts';
import { WatchedNodes } from '../../targets/watched-nodes.ts';
import { createRepaint } from '../../terminal/repaint.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

interface ListOptions extends ConsoleOptions {
  readonly watch?: boolean;
  readonly cluster?: string;
}

async function runList(flags: ListOptions): Promise<void> {
  const options = await withSettings(flags, ['dataDir']);
  const ask = await clientOf(options);
  const only = options.cluster === undefined ? undefined : (await clusterCalled(ask, options.cluster)).id;
  if (options.watch === true) return watchNodes(options, only);
  const [nodes, clusters] = [await ask('GET /api/nodes'), await ask('GET /api/clusters')];
  const shown = within(nodes, only);
  printResult(options, shown, nodeTable(shown, clustersOf(clusters, only)));
}

function within(nodes: readonly NodeView[], only: string | undefined): readonly NodeView[] {
  return only === undefined ? nodes : nodes.filter(({ cluster }) => cluster === only);
}

function clustersOf(clusters: readonly ClusterView[], only: string | undefined): readonly ClusterView[] {
  return only === undefined ? clusters : clusters.filter(({ id }) => id === only);
}

/** Shows the nodes whenever the table of them changes, until the console ends. */
async function watchNodes(options: ListOptions, only: string | undefined): Promise<void> {
  const repaint = createRepaint(process.stdout);
  let shown: string | undefined;
  const watched = new WatchedNodes((nodes, clusters) => {
    const text = nodeTable(within(nodes, only), clustersOf(clusters, only));
    if (text === shown) return;
    shown = text;
    if (options.json === true) print(printableLine(within(nodes, only)));
    else repaint(text);
  });
  await followConsole(options.dataDir, watched, new AbortController().signal);
}

export function configureList(command: Command): void {
  command
    .option('--cluster <cluster>', 'only the nodes of this cluster, by its id or label')
    .option('-w, --watch', 'show the list again whenever it changes, until the console ends');
  addConsoleOptions(command);
  addExamples(
    command,
    'convoy list',
    'convoy list --cluster prod',
    'convoy list --json',
    'convoy list --watch',
  );
  command.action((options: ListOptions) =>
    guarded({ json: options.json === true, isStream: options.watch }, () => runList(options)),
  );
}
