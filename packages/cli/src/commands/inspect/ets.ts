/** `convoy ets NODE [TABLE]`: the largest ETS tables of a node, or the first rows of one. */

import type { Command } from 'commander';
import { oneOf, parseCount } from '../../options/config.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../options/shared-options.ts';
import { printResult } from '../../output.ts';
import { inspectNode } from '../../targets/inspecting/inspect-node.ts';
import {
  type InspectedNode,
  type Shown,
  type TableContentView,
  type TableListView,
  valueOf,
} from '../../targets/inspecting/inspected-node.ts';
import type { ListedRows } from '../../targets/inspecting/inspected-parts.ts';
import type { ReachOptions } from '../../targets/visits/visitor.ts';
import { cutText, fittedTable, terminalWidth } from '../../terminal/fitted-table.ts';
import { bytesText, countText } from '../../terminal/units.ts';

interface EtsOptions extends ReachOptions {
  readonly sort?: string;
  readonly limit?: string;
  readonly key?: string;
}

async function runEts(name: string, table: string | undefined, options: EtsOptions): Promise<void> {
  const sort = oneOf(options.sort ?? 'memory', ['memory', 'size'], '--sort');
  const limit = parseCount(options.limit ?? '20', '--limit', [1, table === undefined ? 500 : 200]);
  await inspectNode(name, options, (inspected) =>
    table === undefined
      ? printTables(inspected, { sort, limit }, options)
      : printRows(inspected, { table, limit, key: options.key }, options),
  );
}

async function printTables(
  inspected: InspectedNode,
  { sort, limit }: { readonly sort: 'memory' | 'size'; readonly limit: number },
  options: EtsOptions,
): Promise<void> {
  const answer = await inspected.tables(sort, limit);
  const list = valueOf(answer);
  printResult(options, { node: inspected.node, ...list, cost: answer.cost }, tableText(list));
}

async function printRows(
  inspected: InspectedNode,
  { table, ...listed }: ListedRows & { readonly table: string },
  options: EtsOptions,
): Promise<void> {
  const answer = await inspected.rows(table, listed);
  const content = valueOf(answer);
  const text = rowsText(content, terminalWidth(process.stdout));
  printResult(options, { node: inspected.node, table, ...content, cost: answer.cost }, text);
}

/** Rows of a table, with how many there are besides them. */
export function rowsText({ rows, total, found }: Shown<TableContentView>, width: number | undefined): string {
  const lines = rows.map((row) => (width === undefined ? row : cutText(row, width)));
  const shown = countText(rows.length);
  const summary =
    found === undefined
      ? `${shown} of ${countText(total)} rows`
      : `${shown} of ${countText(found)} rows with this key, of ${countText(total)} rows`;
  return [...lines, summary].join('\n');
}

function tableText({ total, rows }: Shown<TableListView>): string {
  const cells = rows.map((row) => [
    row.table,
    row.name === row.table ? '' : row.name,
    bytesText(row.memoryBytes),
    countText(row.size),
    row.type ?? '',
    row.protection ?? '',
    row.owner ?? '',
  ]);
  const columns = [
    { head: 'TABLE', kind: 'text' },
    { head: 'NAME', kind: 'text' },
    { head: 'MEMORY', kind: 'number' },
    { head: 'ROWS', kind: 'number' },
    { head: 'TYPE', kind: 'whole-text' },
    { head: 'PROTECTION', kind: 'whole-text' },
    { head: 'OWNER', kind: 'whole-text' },
  ] as const;
  const summary = `${countText(rows.length)} of ${countText(total)} tables`;
  return [fittedTable(columns, cells, terminalWidth(process.stdout)), summary].join('\n');
}

export function configureEts(command: Command): void {
  command
    .argument(...nodeArgument)
    .argument('[table]', 'a table, as the list shows it (else the tables are listed)')
    .option('--sort <order>', 'memory or size (else memory)')
    .option('--limit <count>', 'how many tables, up to 500, or rows, up to 200 (else 20)')
    .option('--key <term>', 'only the rows with this key, an Erlang term: {user,<<"anna">>}');
  addReachOptions(command);
  addExamples(
    command,
    'convoy ets app@127.0.0.1 --sort size',
    'convoy ets prod:app@10.0.0.5 sessions --limit 5',
    'convoy ets app@127.0.0.1 sessions --key \'{user,<<"anna">>}\'',
    'convoy ets app@127.0.0.1 --json',
  );
  command.action((name: string, table: string | undefined, options: EtsOptions) =>
    guarded(options, () => runEts(name, table, options)),
  );
}
