/** `convoy clusters reconnect CLUSTER`: has all visible nodes of a cluster connect to each other again. */

import type { Command } from 'commander';
import { exitCodes } from '../../../exit-codes.ts';
import { addConsoleOptions, addExamples, guarded } from '../../../options/shared-options.ts';
import { printResult } from '../../../output.ts';
import {
  confirmOnProduction,
  type ConfirmFlags,
  yesOption,
} from '../../../targets/clusters/confirm-change.ts';
import { clusterCalled } from '../../../targets/clusters/find-cluster.ts';
import { clientOf, type ConsoleOptions } from '../../../targets/console-options.ts';

type ReconnectOptions = ConsoleOptions & ConfirmFlags;
type Link = readonly [string, string];

async function runReconnect(name: string, options: ReconnectOptions): Promise<void> {
  const ask = await clientOf(options);
  const cluster = await clusterCalled(ask, name);
  const { id } = cluster;
  await confirmOnProduction(
    { verb: 'Connect', what: `all nodes of ${id} with each other` },
    cluster,
    options,
  );
  const result = await ask('POST /api/clusters/:id/reconnect', { params: { id } });
  const { connected, missing, absent } = result;
  const lines = [
    ...connected.map(([one, other]) => `${one} and ${other} are connected`),
    ...missing.map(([one, other]: Link) => `${one} and ${other} are still not connected`),
    ...absent.map((node) => `${node} could not be brought back`),
  ];
  const isWhole = missing.length === 0 && absent.length === 0;
  const summary = isWhole ? [`All nodes of ${id} are connected with each other`] : [];
  printResult(options, { cluster: id, ...result }, [...lines, ...summary].join('\n'));
  if (!isWhole) process.exitCode = exitCodes.failed;
}

export function configureReconnect(command: Command): void {
  command
    .description('connect all nodes of a cluster with each other, also those that have left it')
    .argument('<cluster>', 'id or label of the cluster')
    .option(...yesOption);
  addConsoleOptions(command);
  addExamples(command, 'convoy clusters reconnect prod');
  command.action((name: string) => {
    const options = command.optsWithGlobals<ReconnectOptions>();
    return guarded(options, () => runReconnect(name, options));
  });
}
