/** `convoy names NODE`: lists the registered names of a node, and those of `global`. */

import type { Command } from 'commander';
import type { NameListView, NodeNamesView } from '@convoy/console/protocol';
import { parseCount } from '../../../options/config.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../../options/shared-options.ts';
import { printResult } from '../../../output.ts';
import { inspectNode } from '../../../targets/inspecting/inspect-node.ts';
import { type Shown, valueOf } from '../../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../../targets/visits/visitor.ts';
import { fittedTable, terminalWidth } from '../../../terminal/fitted-table.ts';
import { countText } from '../../../terminal/units.ts';

interface NamesOptions extends ReachOptions {
  readonly limit?: string;
  readonly filter?: string;
}

async function runNames(name: string, options: NamesOptions): Promise<void> {
  const limit = parseCount(options.limit ?? '50', '--limit', [1, 1000]);
  await inspectNode(name, options, async (inspected) => {
    const answer = await inspected.names({ limit, filter: options.filter });
    const names = valueOf(answer);
    const text = namesText(names, terminalWidth(process.stdout));
    printResult(options, { node: inspected.node, ...names, cost: answer.cost }, text);
  });
}

/** The names as a table, with how many there are besides them. */
export function namesText({ registered, global }: Shown<NodeNamesView>, width: number | undefined): string {
  const isKnown = !('problem' in global);
  const cells = [...rowsOf('local', registered), ...(isKnown ? rowsOf('global', global) : [])];
  const columns = [
    { head: 'SCOPE', kind: 'whole-text' },
    { head: 'NAME', kind: 'text' },
    { head: 'PROCESS OR PORT', kind: 'whole-text' },
    { head: 'NODE', kind: 'text' },
  ] as const;
  const others = isKnown ? summaryOf('global', global) : `global: ${global.problem.message}`;
  return [fittedTable(columns, cells, width), summaryOf('registered', registered), others].join('\n');
}

function rowsOf(scope: string, { rows }: Shown<NameListView>): string[][] {
  return rows.map(({ name, process: holder, port }) => [
    scope,
    name,
    holder?.pid ?? port ?? '',
    holder?.node ?? '',
  ]);
}

function summaryOf(kind: string, { rows, matching, total }: Shown<NameListView>): string {
  const matched = matching === total ? '' : `${countText(matching)} that match, `;
  return `${countText(rows.length)} of ${matched}${countText(total)} ${kind} names`;
}

export function configureNames(command: Command): void {
  command
    .argument(...nodeArgument)
    .option('--filter <text>', 'only names with this text')
    .option('--limit <count>', 'how many of each kind, up to 1000 (else 50)');
  addReachOptions(command);
  addExamples(command, 'convoy names app@127.0.0.1 --filter cache', 'convoy names prod:app@10.0.0.5 --json');
  command.action((name: string, options: NamesOptions) => guarded(options, () => runNames(name, options)));
}
