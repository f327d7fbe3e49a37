/** `convoy clusters import FILE`: attaches the clusters of a file that `convoy clusters export` has printed. */

import type { Command } from 'commander';
import { CliError } from '../../../errors.ts';
import { exitCodeFor } from '../../../exit-codes.ts';
import type { ClusterCookie } from '../../../options/attach/cluster-cookie.ts';
import { timeoutOf } from '../../../targets/visits/visitor.ts';
import { addConsoleOptions, addExamples, guarded } from '../../../options/shared-options.ts';
import { describeError, note, type Problem, printResult } from '../../../output.ts';
import { attachCluster, noteDiagnosis } from '../../../targets/clusters/attach-cluster.ts';
import { cookiesOf, readSavedClusters, type SavedCluster } from '../../../targets/clusters/saved-clusters.ts';
import type { ConsoleClient } from '../../../targets/console-client.ts';
import { clientOf, type ConsoleOptions } from '../../../targets/console-options.ts';

interface ImportOptions extends ConsoleOptions {
  readonly cookieFile?: readonly string[];
  readonly timeout?: string;
}

const defaultTimeout = '60';

interface Imported {
  readonly cluster: string;
  readonly attached: boolean;
  readonly error?: Problem;
}

async function runImport(file: string, options: ImportOptions): Promise<void> {
  const clusters = readSavedClusters(file);
  const timeoutMs = timeoutOf({ timeout: options.timeout ?? defaultTimeout });
  const ask = await clientOf(options);
  // All files are known before the first cluster is attached.
  const cookies = await cookiesOf(clusters, options.cookieFile ?? []);
  const outcomes: Imported[] = [];
  for (const cluster of clusters) outcomes.push(await attachOne(ask, { cluster, cookies, timeoutMs }));
  const attached = outcomes.filter((outcome) => outcome.attached).length;
  printResult(options, outcomes, `${attached} of ${outcomes.length} clusters are attached`);
  const failed = outcomes.find(({ error }) => error !== undefined);
  if (failed?.error !== undefined) process.exitCode = exitCodeFor(failed.error.code);
}

/** Attaches one. A failure is reported and does not keep the others from being attached. */
async function attachOne(
  ask: ConsoleClient,
  how: {
    readonly cluster: SavedCluster;
    readonly cookies: ReadonlyMap<string, ClusterCookie>;
    readonly timeoutMs: number;
  },
): Promise<Imported> {
  const { cluster, cookies, timeoutMs } = how;
  const { id, label, color, production, acting, request } = cluster;
  try {
    const { cookieFile: _elsewhere, ...way } = request;
    const body = { ...way, ...cookies.get(id), name: id, color, production };
    const { nodes } = await attachCluster(ask, body, { timeoutMs });
    if (label !== id || acting === production) {
      await ask('PATCH /api/clusters/:id', { params: { id }, body: { label, acting } });
    }
    note(`ok  ${id}: ${nodes.length} nodes`);
    return { cluster: id, attached: true };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    noteDiagnosis(error.diagnosis);
    const problem = describeError(error);
    note(`FAILED  ${id}: ${problem.message} [${problem.reason ?? problem.code}]`);
    if (problem.remedy !== undefined) note(`  ${problem.remedy}`);
    return { cluster: id, attached: false, error: problem };
  }
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

export function configureImport(command: Command): void {
  command
    .description('attach the clusters of an exported file')
    .argument('<file>', 'a file that `convoy clusters export` has printed')
    .option(
      '--cookie-file <cluster=file>',
      'file that contains the cookie of a cluster; may be repeated (else you are asked)',
      collect,
    )
    .option('--timeout <seconds>', 'how long to wait for each cluster (default 60)');
  addConsoleOptions(command);
  addExamples(command, 'convoy clusters import clusters.json --cookie-file prod=/etc/prod.cookie');
  command.action((file: string) => {
    const options = command.optsWithGlobals<ImportOptions>();
    return guarded(options, () => runImport(file, options));
  });
}
