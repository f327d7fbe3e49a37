/** `convoy detach CLUSTER`: has the console leave a cluster and forget its cookie. The nodes keep running. */

import type { Command } from 'commander';
import { CliError } from '../../errors.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';
import { printResult } from '../../output.ts';
import { confirmOnProduction, type ConfirmFlags, yesOption } from '../../targets/clusters/confirm-change.ts';
import { clusterCalled } from '../../targets/clusters/find-cluster.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';

type DetachOptions = ConsoleOptions & ConfirmFlags;

async function runDetach(name: string, options: DetachOptions): Promise<void> {
  const ask = await clientOf(options);
  const cluster = await clusterCalled(ask, name);
  const { id, kind } = cluster;
  if (kind !== 'attached') {
    throw new CliError('CLI_BAD_OPTION', `${id} was not attached: its nodes are launched by the console`, {
      value: id,
      remedy: '`convoy clusters` lists the clusters; those with an entry were attached.',
    });
  }
  await confirmOnProduction({ verb: 'Leave', what: `the cluster ${id}` }, cluster, options);
  await ask('DELETE /api/clusters/:id', { params: { id } });
  printResult(options, { cluster: id, detached: true }, `${id} is detached; its nodes keep running`);
}

export function configureDetach(command: Command): void {
  addConsoleOptions(
    command
      .argument('<cluster>', 'id or label of the cluster, as `convoy clusters` shows it')
      .option(...yesOption),
  );
  addExamples(command, 'convoy detach prod');
  command.action((name: string, options: DetachOptions) => guarded(options, () => runDetach(name, options)));
}
