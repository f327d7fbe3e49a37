/** `convoy disconnect A B`: has node A of the console disconnect from node B. */

import type { Command } from 'commander';
import { printResult } from '../../output.ts';
import { fullNameOf } from '../../targets/console-nodes.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

async function runDisconnect(nodeA: string, nodeB: string, options: ConsoleOptions): Promise<void> {
  const ask = await clientOf(options);
  const [a, b] = [await fullNameOf(ask, nodeA), await fullNameOf(ask, nodeB)];
  await ask('POST /api/nodes/:name/disconnect', { params: { name: a }, body: { peer: b } });
  printResult(options, { a, b, disconnected: true }, `${a} and ${b} are disconnected`);
}

export function configureDisconnect(command: Command): void {
  command.argument('<a>', 'node that disconnects').argument('<b>', 'its peer');
  addConsoleOptions(command);
  addExamples(command, 'convoy disconnect ts-1@127.0.0.1 elixir-1@127.0.0.1');
  command.action((a: string, b: string, options: ConsoleOptions) =>
    guarded(options, () => runDisconnect(a, b, options)),
  );
}
