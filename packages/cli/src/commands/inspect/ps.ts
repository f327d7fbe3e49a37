/** `convoy ps NODE`: lists the processes of a node that work most, or have most memory or the longest queues. */

import type { Command } from 'commander';
import { ifGiven, oneOf, parseCount } from '../../options/config.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../options/shared-options.ts';
import { printResult } from '../../output.ts';
import { inspectNode } from '../../targets/inspecting/inspect-node.ts';
import { valueOf } from '../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../targets/visits/visitor.ts';
import { terminalWidth } from '../../terminal/fitted-table.ts';
import { processTable } from './process-table.ts';

interface PsOptions extends ReachOptions {
  readonly sort?: string;
  readonly limit?: string;
  readonly filter?: string;
  readonly window?: string;
}

const sorts = ['memory', 'queue', 'reductions'] as const;

async function runPs(name: string, options: PsOptions): Promise<void> {
  const sort = oneOf(options.sort ?? 'memory', sorts, '--sort');
  const limit = parseCount(options.limit ?? '20', '--limit', [1, 500]);
  const windowMs = ifGiven(options.window, (text) => parseCount(text, '--window', [0, 60]) * 1000);
  await inspectNode(name, options, async (inspected) => {
    const answer = await inspected.processes({ sort, limit, filter: options.filter, windowMs });
    const list = valueOf(answer);
    const text = processTable(list, sort, terminalWidth(process.stdout));
    printResult(options, { node: inspected.node, ...list, cost: answer.cost }, text);
  });
}

export function configurePs(command: Command): void {
  command
    .argument(...nodeArgument)
    .option('--sort <order>', 'memory, queue or reductions per second (else memory)')
    .option('--limit <count>', 'how many processes to list, up to 500 (else 20)')
    .option('--filter <text>', 'only processes with this text in their name, initial call or label')
    .option(
      '--window <seconds>',
      'with --sort reductions: how long to count (else 1); 0 lists reductions since the start of each process',
    );
  addReachOptions(command);
  addExamples(
    command,
    'convoy ps app@127.0.0.1 --sort queue',
    'convoy ps prod:app@10.0.0.5 --sort reductions --limit 5',
    'convoy ps app@127.0.0.1 --filter cache --json',
  );
  command.action((name: string, options: PsOptions) => guarded(options, () => runPs(name, options)));
}
