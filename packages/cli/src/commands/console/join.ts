/** `convoy join A B`: has node A of the console connect to node B. */

import type { Command } from 'commander';
import { printResult } from '../../output.ts';
import { confirmIfProduction, type ConfirmFlags, yesOption } from '../../targets/clusters/confirm-change.ts';
import { pairCalled } from '../../targets/console-nodes.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

type JoinOptions = ConsoleOptions & ConfirmFlags;

async function runJoin(nodeA: string, nodeB: string, options: JoinOptions): Promise<void> {
  const ask = await clientOf(options);
  const [a, b] = await pairCalled(ask, [nodeA, nodeB]);
  const act = { verb: 'Connect', what: `${a.name} to ${b.name}`, cluster: a.cluster };
  await confirmIfProduction(ask, act, options);
  await ask('POST /api/nodes/:name/join', { params: { name: a.id }, body: { peer: b.name } });
  printResult(options, { a: a.id, b: b.id, connected: true }, `${a.id} and ${b.id} are connected`);
}

export function configureJoin(command: Command): void {
  command
    .argument('<a>', 'node that connects')
    .argument('<b>', 'its peer')
    .option(...yesOption);
  addConsoleOptions(command);
  addExamples(
    command,
    'convoy join ts-1@127.0.0.1 elixir-1@127.0.0.1',
    'convoy join prod:web@10.0.0.6 prod:app@10.0.0.5',
  );
  command.action((a: string, b: string, options: JoinOptions) =>
    guarded(options, () => runJoin(a, b, options)),
  );
}
