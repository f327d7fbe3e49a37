/** `convoy clusters`: lists the clusters of the console, and changes, exports, imports and repairs them. */

import type { Command } from 'commander';
import { addConsoleOptions, addExamples, guarded } from '../../../options/shared-options.ts';
import { printResult } from '../../../output.ts';
import { clusterTable } from '../../../targets/clusters/cluster-table.ts';
import { clientOf, type ConsoleOptions } from '../../../targets/console-options.ts';
import { configureExport } from './export.ts';
import { configureImport } from './import.ts';
import { configureReconnect } from './reconnect.ts';
import { configureSet } from './set.ts';

async function runClusters(options: ConsoleOptions): Promise<void> {
  const ask = await clientOf(options);
  const clusters = await ask('GET /api/clusters');
  printResult(options, clusters, clusterTable(clusters));
}

export function configureClusters(command: Command): void {
  addConsoleOptions(command);
  configureSet(command.command('set'));
  configureReconnect(command.command('reconnect'));
  configureExport(command.command('export'));
  configureImport(command.command('import'));
  addExamples(
    command,
    'convoy clusters',
    'convoy clusters set prod --color red --production',
    'convoy clusters reconnect prod',
    'convoy clusters export > clusters.json',
  );
  command.action((options: ConsoleOptions) => guarded(options, () => runClusters(options)));
}
