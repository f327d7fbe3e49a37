/** `convoy clusters export`: prints the connections to attached clusters as JSON, without their cookies. */

import type { Command } from 'commander';
import { addConsoleOptions, addExamples, guarded } from '../../../options/shared-options.ts';
import { print, printableJson } from '../../../output.ts';
import { savedClustersOf } from '../../../targets/clusters/saved-clusters.ts';
import { clientOf, type ConsoleOptions } from '../../../targets/console-options.ts';

async function runExport(options: ConsoleOptions): Promise<void> {
  const ask = await clientOf(options);
  print(printableJson(savedClustersOf(await ask('GET /api/clusters'))));
}

export function configureExport(command: Command): void {
  command.description('print the connections to attached clusters as JSON, without their cookies');
  addConsoleOptions(command);
  addExamples(command, 'convoy clusters export > clusters.json');
  command.action(() => {
    const options = command.optsWithGlobals<ConsoleOptions>();
    return guarded(options, () => runExport(options));
  });
}
