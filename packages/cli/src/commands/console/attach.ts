/** `convoy attach NODE...`: has the console attach a running cluster, waits until a member has answered, and prints the members. */

import type { Command } from 'commander';
import { ifGiven, withSettings } from '../../options/config.ts';
import {
  addClusterWayOptions,
  type AttachFlags,
  attachRequestOf,
} from '../../options/attach/attach-options.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';
import { CliError } from '../../errors.ts';
import { note, printResult } from '../../output.ts';
import { attachCluster, noteDiagnosis } from '../../targets/clusters/attach-cluster.ts';
import { nodeTable } from '../../targets/clusters/node-table.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { fullNodeName, timeoutOf } from '../../targets/visits/visitor.ts';

interface AttachOptions extends ConsoleOptions, AttachFlags {
  readonly timeout?: string;
}

const defaultTimeout = '60';

async function runAttach(names: readonly string[], flags: AttachOptions): Promise<void> {
  // What CONVOY_DISCOVER finds is a cluster of its own, so it does not add to nodes that are named.
  const found = names.length === 0 ? (['discover'] as const) : [];
  const options = await withSettings(flags, ['timeout', ...found]);
  const timeoutMs = timeoutOf({ timeout: options.timeout ?? defaultTimeout });
  const nodes = names.map(fullNodeName);
  const ask = await clientOf(options);
  const request = await attachRequestOf(nodes, options);
  note(`Connecting to ${[...nodes, ...(request.discover ?? [])].join(', ')}`);
  try {
    const attached = await attachCluster(ask, request, { timeoutMs });
    const { cluster } = attached;
    const by = ifGiven(cluster.entry, (entry) => ` through ${entry}`) ?? '';
    const table = nodeTable(attached.nodes, [cluster]);
    printResult(options, attached, `${cluster.id} is attached${by}\n${table}`);
  } catch (error) {
    if (error instanceof CliError) noteDiagnosis(error.diagnosis);
    throw error;
  }
}

export function configureAttach(command: Command): void {
  command
    .argument('[node...]', 'members to enter by, tried in this order: name@host; one is enough')
    .option('--name <name>', 'what to call the cluster, e.g. prod (else it is made of the first name)')
    .option(
      '--discover <topology...>',
      'topology that finds members, e.g. dns:query=api.internal,basename=api (CONVOY_DISCOVER, if no node is named)',
    );
  addClusterWayOptions(command)
    .option(
      '--color <color>',
      'its colour: blue, green, amber, red, violet, teal, pink or grey (else a free one)',
    )
    .option('--production', 'mark it as production: changing acts there ask first')
    .option('--no-keep', 'do not attach it again when the console restarts')
    .option('--timeout <seconds>', 'how long to wait (CONVOY_TIMEOUT, else 60)');
  addConsoleOptions(command);
  addExamples(
    command,
    'convoy attach app@10.0.0.5 --cookie-file ~/prod.cookie --name prod --production',
    'convoy attach app@db1 --via ssh://ops@db1.example',
    'convoy attach app@web.railway.internal --via railway:shop/production',
    'convoy attach --discover dns:query=api.internal,basename=api --proto inet6',
  );
  command.action((names: string[], options: AttachOptions) =>
    guarded(options, () => runAttach(names, options)),
  );
}
