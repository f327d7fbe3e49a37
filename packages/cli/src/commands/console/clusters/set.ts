/** `convoy clusters set CLUSTER`: changes the label, the colour or the marks of a cluster. */

import type { Command } from 'commander';
import { clusterColors } from '@convoy/console/protocol';
import { CliError } from '../../../errors.ts';
import { ifGiven, oneOf } from '../../../options/config.ts';
import { addConsoleOptions, addExamples, guarded } from '../../../options/shared-options.ts';
import { printResult } from '../../../output.ts';
import { clusterTable } from '../../../targets/clusters/cluster-table.ts';
import { clusterCalled } from '../../../targets/clusters/find-cluster.ts';
import { clientOf, type ConsoleOptions } from '../../../targets/console-options.ts';

interface SetOptions extends ConsoleOptions {
  readonly label?: string;
  readonly color?: string;
  readonly production?: boolean;
  readonly acting?: boolean;
}

async function runSet(name: string, options: SetOptions): Promise<void> {
  const { label, production, acting } = options;
  const color = ifGiven(options.color, (given) => oneOf(given, clusterColors, '--color'));
  const change = { label, color, production, acting };
  if (Object.values(change).every((value) => value === undefined)) {
    throw new CliError('CLI_BAD_OPTION', 'nothing was given to change', {
      remedy: 'Add --label, --color, --production, --no-production, --acting or --no-acting.',
    });
  }
  const ask = await clientOf(options);
  const { id } = await clusterCalled(ask, name);
  const changed = await ask('PATCH /api/clusters/:id', { params: { id }, body: change });
  printResult(options, changed, clusterTable([changed]));
}

export function configureSet(command: Command): void {
  command
    .description('change the label, the colour or the marks of a cluster')
    .argument('<cluster>', 'id or label of the cluster')
    .option('--label <label>', 'its name for people')
    .option('--color <color>', 'blue, green, amber, red, violet, teal, pink or grey')
    .option('--production', 'mark it as production: changing acts there ask first, and --no-acting follows')
    .option('--no-production', 'remove the mark, and --acting follows')
    .option('--acting', 'allow users to act inside of its nodes: kill processes, trace, send messages')
    .option('--no-acting', 'do not allow it');
  addConsoleOptions(command);
  addExamples(
    command,
    'convoy clusters set prod --label "Shop, Frankfurt" --color red',
    'convoy clusters set prod --acting',
  );
  command.action((name: string) => {
    const options = command.optsWithGlobals<SetOptions>();
    return guarded(options, () => runSet(name, options));
  });
}
