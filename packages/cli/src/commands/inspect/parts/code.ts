/** `convoy code [CLUSTER]`: says which nodes of a cluster of the console run different code. */

import type { Command } from 'commander';
import type { ClusterView, CodeComparisonView } from '@convoy/console/protocol';
import { CliError } from '../../../errors.ts';
import { addConsoleOptions, addExamples, guarded } from '../../../options/shared-options.ts';
import { printResult } from '../../../output.ts';
import { clusterCalled } from '../../../targets/clusters/find-cluster.ts';
import type { ConsoleClient } from '../../../targets/console-client.ts';
import { clientOf, type ConsoleOptions } from '../../../targets/console-options.ts';
import { type Shown, valueOf } from '../../../targets/inspecting/inspected-node.ts';
import { countText } from '../../../terminal/units.ts';

async function runCode(name: string | undefined, options: ConsoleOptions): Promise<void> {
  const ask = await clientOf(options);
  const { id } = name === undefined ? await onlyCluster(ask) : await clusterCalled(ask, name);
  const answer = await ask('GET /api/clusters/:id/code', { params: { id } });
  const code = valueOf<CodeComparisonView>(answer);
  printResult(options, { cluster: id, ...code, cost: answer.cost }, codeText(id, code));
}

async function onlyCluster(ask: ConsoleClient): Promise<ClusterView> {
  const clusters = await ask('GET /api/clusters');
  const [first, second] = clusters;
  if (first !== undefined && second === undefined) return first;
  throw new CliError('CLI_BAD_OPTION', `the console has ${clusters.length} clusters, and none was named`, {
    remedy: `Name one of ${clusters.map(({ id }) => id).join(', ')}.`,
  });
}

/** The modules that differ, with the nodes that have each code. */
export function codeText(cluster: string, code: Shown<CodeComparisonView>): string {
  const { nodes, modules, differing, problems, total } = code;
  const lines = modules.flatMap(({ module, groups }) => [
    module,
    ...groups.map(({ md5, nodes: some }) => `  ${md5.slice(0, 12)}  ${some.join(', ')}`),
  ]);
  const failed = Object.entries(problems).map(([node, { message }]) => `${node}: ${message}`);
  const compared = `${countText(nodes.length)} of ${countText(total)} nodes of ${cluster}`;
  const more = differing > modules.length ? `, of which ${countText(modules.length)} are shown` : '';
  const summary =
    differing === 0
      ? `no different code on ${compared}`
      : `${countText(differing)} ${differing === 1 ? 'module differs' : 'modules differ'} on ${compared}${more}`;
  return [...lines, ...failed, summary].join('\n');
}

export function configureCode(command: Command): void {
  command.argument('[cluster]', 'id or label of the cluster (else the only one)');
  addConsoleOptions(command);
  addExamples(command, 'convoy code', 'convoy code prod --json');
  command.action((name: string | undefined, options: ConsoleOptions) =>
    guarded(options, () => runCode(name, options)),
  );
}
