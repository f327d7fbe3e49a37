/** `convoy stop NODE`: stops a node that the console launched. */

import type { Command } from 'commander';
import { printResult } from '../../output.ts';
import { confirmIfProduction, type ConfirmFlags, yesOption } from '../../targets/clusters/confirm-change.ts';
import { nodeCalled } from '../../targets/console-nodes.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

type StopOptions = ConsoleOptions & ConfirmFlags;

async function runStop(node: string, options: StopOptions): Promise<void> {
  const ask = await clientOf(options);
  const { id, cluster, origin } = await nodeCalled(ask, node);
  // The console refuses to stop what it has not launched.
  if (origin === 'launched') await confirmIfProduction(ask, { verb: 'Stop', what: id, cluster }, options);
  await ask('DELETE /api/nodes/:name', { params: { name: id } });
  printResult(options, { node: id, stopped: true }, `${id} is stopped`);
}

export function configureStop(command: Command): void {
  addConsoleOptions(
    command
      .argument('<node>', 'name as `convoy list` shows it, or the part before the @')
      .option(...yesOption),
  );
  addExamples(command, 'convoy stop elixir-1@127.0.0.1', 'convoy stop elixir-1');
  command.action((name: string, options: StopOptions) => guarded(options, () => runStop(name, options)));
}
