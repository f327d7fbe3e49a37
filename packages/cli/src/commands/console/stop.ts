/** `convoy stop NODE`: stops a node that the console launched. */

import type { Command } from 'commander';
import { printResult } from '../../output.ts';
import { fullNameOf } from '../../targets/console-nodes.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

async function runStop(node: string, options: ConsoleOptions): Promise<void> {
  const ask = await clientOf(options);
  const name = await fullNameOf(ask, node);
  await ask('DELETE /api/nodes/:name', { params: { name } });
  printResult(options, { node: name, stopped: true }, `${name} is stopped`);
}

export function configureStop(command: Command): void {
  addConsoleOptions(command.argument('<node>', 'name as `convoy list` shows it, or the part before the @'));
  addExamples(command, 'convoy stop elixir-1@127.0.0.1', 'convoy stop elixir-1');
  command.action((name: string, options: ConsoleOptions) => guarded(options, () => runStop(name, options)));
}
