/** `convoy tree NODE [APP]`: the applications of a node, or the supervision tree of one. */

import type { Command } from 'commander';
import type { StartedApplicationView } from '@convoy/console/protocol';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../options/shared-options.ts';
import { printResult } from '../../output.ts';
import { inspectNode } from '../../targets/inspecting/inspect-node.ts';
import { type Shown, valueOf } from '../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../targets/visits/visitor.ts';
import { fittedTable, terminalWidth } from '../../terminal/fitted-table.ts';
import { treeText } from './tree-text.ts';

async function runTree(name: string, application: string | undefined, options: ReachOptions): Promise<void> {
  const width = terminalWidth(process.stdout);
  await inspectNode(name, options, async (inspected) => {
    const { node } = inspected;
    if (application === undefined) {
      const answer = await inspected.applications();
      const applications = valueOf(answer);
      const text = applicationTable(applications, width);
      return printResult(options, { node, applications, cost: answer.cost }, text);
    }
    const answer = await inspected.tree(application);
    const tree = valueOf(answer);
    printResult(options, { node, application, tree, cost: answer.cost }, treeText(tree, width));
  });
}

function applicationTable(applications: Shown<StartedApplicationView[]>, width: number | undefined): string {
  const rows = applications.map(({ name, version, root, description, problem }) => [
    name,
    version,
    root ?? '',
    problem?.message ?? description,
  ]);
  return fittedTable(
    [
      { head: 'APPLICATION', kind: 'whole-text' },
      { head: 'VERSION', kind: 'whole-text' },
      { head: 'ROOT', kind: 'whole-text' },
      { head: 'DESCRIPTION', kind: 'text' },
    ],
    rows,
    width,
  );
}

export function configureTree(command: Command): void {
  command
    .argument(...nodeArgument)
    .argument('[application]', 'an application of the node (else the applications are listed)');
  addReachOptions(command);
  addExamples(
    command,
    'convoy tree app@127.0.0.1',
    'convoy tree prod:app@10.0.0.5 shop',
    'convoy tree app@127.0.0.1 kernel --json',
  );
  command.action((name: string, application: string | undefined, options: ReachOptions) =>
    guarded(options, () => runTree(name, application, options)),
  );
}
