/** `convoy restart NODE...`: has the console stop nodes that it launched and launch them again, one after the other. */

import type { Command } from 'commander';
import type { LaunchView } from '@convoy/console/protocol';
import { note, printResult } from '../../output.ts';
import { confirmIfProduction, type ConfirmFlags, yesOption } from '../../targets/clusters/confirm-change.ts';
import type { ConsoleClient } from '../../targets/console-client.ts';
import { type FoundNode, nodeCalled } from '../../targets/console-nodes.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { followLaunch } from '../../targets/followed-launch.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

type RestartOptions = ConsoleOptions & ConfirmFlags;

/** The nodes that are called so, each once. Rejects if one of them is unknown, before any is restarted. */
async function nodesCalled(ask: ConsoleClient, names: readonly string[]): Promise<readonly FoundNode[]> {
  const nodes = new Map<string, FoundNode>();
  for (const name of names) {
    const node = await nodeCalled(ask, name);
    nodes.set(node.id, node);
  }
  return [...nodes.values()];
}

/** Asks once for each cluster that is marked as production. */
async function confirmAll(
  ask: ConsoleClient,
  nodes: readonly FoundNode[],
  options: RestartOptions,
): Promise<void> {
  // The console refuses to restart what it has not launched.
  const launched = nodes.filter(({ origin }) => origin === 'launched');
  for (const cluster of new Set(launched.map((node) => node.cluster))) {
    const what = launched.flatMap(({ id, cluster: of }) => (of === cluster ? [id] : [])).join(', ');
    await confirmIfProduction(ask, { verb: 'Restart', what, cluster }, options);
  }
}

async function runRestart(names: readonly string[], options: RestartOptions): Promise<void> {
  const ask = await clientOf(options);
  const nodes = await nodesCalled(ask, names);
  await confirmAll(ask, nodes, options);
  const views: LaunchView[] = [];
  for (const [at, { id }] of nodes.entries()) {
    const waiting = nodes.slice(at + 1).map((node) => node.id);
    const rest = waiting.length === 0 ? undefined : `Not restarted: ${waiting.join(', ')}.`;
    if (nodes.length > 1) note(`restarting ${id}`);
    const launch = await ask('POST /api/nodes/:name/restart', { params: { name: id } });
    views.push(await followLaunch(ask, launch, rest));
  }
  printResult(options, views, views.map(({ node }) => `${node} is restarted`).join('\n'));
}

export function configureRestart(command: Command): void {
  addConsoleOptions(
    command
      .argument('<node...>', 'names as `convoy list` shows them, or the parts before the @')
      .option(...yesOption),
  );
  addExamples(command, 'convoy restart worker', 'convoy restart worker-1 worker-2 worker-3 --yes');
  command.action((names: string[], options: RestartOptions) =>
    guarded(options, () => runRestart(names, options)),
  );
}
