/** `convoy mnesia NODE [TABLE]`: lists the Mnesia tables of a node, or shows rows of one. */

import type { Command } from 'commander';
import type { MnesiaOverviewView } from '@convoy/console/protocol';
import { parseCount } from '../../../options/config.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../../options/shared-options.ts';
import { printResult } from '../../../output.ts';
import { inspectNode } from '../../../targets/inspecting/inspect-node.ts';
import { type Shown, valueOf } from '../../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../../targets/visits/visitor.ts';
import { fittedTable, terminalWidth } from '../../../terminal/fitted-table.ts';
import { bytesText, countText } from '../../../terminal/units.ts';
import { rowsText } from '../ets.ts';

interface MnesiaOptions extends ReachOptions {
  readonly limit?: string;
  readonly key?: string;
}

async function runMnesia(name: string, table: string | undefined, options: MnesiaOptions): Promise<void> {
  const limit = parseCount(options.limit ?? '20', '--limit', [1, 200]);
  const width = terminalWidth(process.stdout);
  await inspectNode(name, options, async (inspected) => {
    const { node } = inspected;
    if (table === undefined) {
      const answer = await inspected.mnesia();
      const mnesia = valueOf(answer);
      return printResult(options, { node, ...mnesia, cost: answer.cost }, mnesiaText(mnesia, width));
    }
    const answer = await inspected.mnesiaRows(table, { limit, key: options.key });
    const content = valueOf(answer);
    printResult(options, { node, table, ...content, cost: answer.cost }, rowsText(content, width));
  });
}

/** The tables, with the nodes that have them. */
export function mnesiaText(mnesia: Shown<MnesiaOverviewView>, width: number | undefined): string {
  const cells = mnesia.tables.map(({ table, type, storage, size, bytes, copies }) => [
    table,
    type ?? '',
    storage ?? 'elsewhere',
    countText(size),
    bytesText(bytes),
    [
      ...copies.ram.map((node) => `ram: ${node}`),
      ...copies.disc.map((node) => `disc: ${node}`),
      ...copies.discOnly.map((node) => `disc only: ${node}`),
    ].join(', '),
  ]);
  const columns = [
    { head: 'TABLE', kind: 'text' },
    { head: 'TYPE', kind: 'whole-text' },
    { head: 'HERE', kind: 'whole-text' },
    { head: 'ROWS', kind: 'number' },
    { head: 'SIZE', kind: 'number' },
    { head: 'COPIES', kind: 'text' },
  ] as const;
  const { runningNodes, nodes, total, tables } = mnesia;
  const running = `running on ${countText(runningNodes.length)} of ${countText(nodes.length)} nodes`;
  const summary = `${countText(tables.length)} of ${countText(total)} tables, ${running}`;
  return [fittedTable(columns, cells, width), summary].join('\n');
}

export function configureMnesia(command: Command): void {
  command
    .argument(...nodeArgument)
    .argument('[table]', 'a table (else the tables are listed)')
    .option('--limit <count>', 'how many rows, up to 200 (else 20)')
    .option('--key <term>', 'only the rows with this key, an Erlang term: {user,<<"anna">>}');
  addReachOptions(command);
  addExamples(command, 'convoy mnesia app@127.0.0.1', 'convoy mnesia prod:app@10.0.0.5 orders --key 7');
  command.action((name: string, table: string | undefined, options: MnesiaOptions) =>
    guarded(options, () => runMnesia(name, table, options)),
  );
}
