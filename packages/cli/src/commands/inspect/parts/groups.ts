/** `convoy groups NODE`: lists the process groups of `pg`, as a node knows them. */

import type { Command } from 'commander';
import type { GroupScopeView } from '@convoy/console/protocol';
import { parseCount } from '../../../options/config.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../../options/shared-options.ts';
import { printResult } from '../../../output.ts';
import { inspectNode } from '../../../targets/inspecting/inspect-node.ts';
import { type Shown, valueOf } from '../../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../../targets/visits/visitor.ts';
import { fittedTable, terminalWidth } from '../../../terminal/fitted-table.ts';
import { countText } from '../../../terminal/units.ts';

interface GroupsOptions extends ReachOptions {
  readonly limit?: string;
  readonly filter?: string;
}

async function runGroups(name: string, options: GroupsOptions): Promise<void> {
  const limit = parseCount(options.limit ?? '50', '--limit', [1, 500]);
  await inspectNode(name, options, async (inspected) => {
    const answer = await inspected.groups({ limit, filter: options.filter });
    const scopes = valueOf(answer);
    const text = groupsText(scopes, terminalWidth(process.stdout));
    printResult(options, { node: inspected.node, scopes, cost: answer.cost }, text);
  });
}

/** The groups as a table; members are shown by node. */
export function groupsText(scopes: Shown<GroupScopeView[]>, width: number | undefined): string {
  if (scopes.length === 0) return 'pg is not started on this node.';
  const cells = scopes.flatMap(({ scope, groups }) =>
    groups.map(({ group, count, members }) => [
      scope,
      group,
      countText(count),
      membersText(members, count - members.length),
    ]),
  );
  const columns = [
    { head: 'SCOPE', kind: 'whole-text' },
    { head: 'GROUP', kind: 'text' },
    { head: 'MEMBERS', kind: 'number' },
    { head: 'PIDS BY NODE', kind: 'text' },
  ] as const;
  const summaries = scopes.map(({ scope, groups, matching, total }) => {
    const matched = matching === total ? '' : `${countText(matching)} that match, `;
    return `${countText(groups.length)} of ${matched}${countText(total)} groups of the scope ${scope}`;
  });
  return [fittedTable(columns, cells, width), ...summaries].join('\n');
}

function membersText(members: Shown<GroupScopeView>['groups'][number]['members'], missing: number): string {
  const byNode = Map.groupBy(members, ({ node }) => node);
  const parts = Array.from(byNode, ([node, some]) => `${node}: ${some.map(({ pid }) => pid).join(' ')}`);
  return [...parts, ...(missing > 0 ? [`and ${countText(missing)} more`] : [])].join(', ');
}

export function configureGroups(command: Command): void {
  command
    .argument(...nodeArgument)
    .option('--filter <text>', 'only groups with this text in their name')
    .option('--limit <count>', 'how many groups of each scope, up to 500 (else 50); the largest come first');
  addReachOptions(command);
  addExamples(
    command,
    'convoy groups app@127.0.0.1',
    'convoy groups prod:app@10.0.0.5 --filter orders --json',
  );
  command.action((name: string, options: GroupsOptions) => guarded(options, () => runGroups(name, options)));
}
