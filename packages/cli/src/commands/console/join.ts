/** `convoy join A B`: has node A of the console connect to node B. */

import type { Command } from 'commander';
import { printResult } from '../../output.ts';
import { fullNameOf } from '../../targets/console-nodes.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

async function runJoin(nodeA: string, nodeB: string, options: ConsoleOptions): Promise<void> {
  const ask = await clientOf(options);
  const [a, b] = [await fullNameOf(ask, nodeA), await fullNameOf(ask, nodeB)];
  await ask('POST /api/nodes/:name/join', { params: { name: a }, body: { peer: b } });
  printResult(options, { a, b, connected: true }, `${a} and ${b} are connected`);
}

export function configureJoin(command: Command): void {
  command.argument('<a>', 'node that connects').argument('<b>', 'its peer');
  addConsoleOptions(command);
  addExamples(command, 'convoy join ts-1@127.0.0.1 elixir-1@127.0.0.1');
  command.action((a: string, b: string, options: ConsoleOptions) =>
    guarded(options, () => runJoin(a, b, options)),
  );
}
