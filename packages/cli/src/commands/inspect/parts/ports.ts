/** `convoy ports NODE`: lists the ports and sockets of a node, and who has them. */

import type { Command } from 'commander';
import type { PortListView } from '@convoy/console/protocol';
import { ifGiven, oneOf, parseCount } from '../../../options/config.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../../options/shared-options.ts';
import { printResult } from '../../../output.ts';
import { inspectNode } from '../../../targets/inspecting/inspect-node.ts';
import { type Shown, valueOf } from '../../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../../targets/visits/visitor.ts';
import { fittedTable, terminalWidth } from '../../../terminal/fitted-table.ts';
import { bytesText, countText } from '../../../terminal/units.ts';

interface PortsOptions extends ReachOptions {
  readonly sort?: string;
  readonly limit?: string;
  readonly filter?: string;
  readonly port?: string;
}

async function runPorts(name: string, options: PortsOptions): Promise<void> {
  const sort = oneOf(options.sort ?? 'queue', ['queue', 'input', 'output'], '--sort');
  const limit = parseCount(options.limit ?? '20', '--limit', [1, 500]);
  const port = ifGiven(options.port, (text) => parseCount(text, '--port', [1, 65_535]));
  await inspectNode(name, options, async (inspected) => {
    const answer = await inspected.ports({ sort, limit, port, filter: options.filter });
    const list = valueOf(answer);
    const text = portTable(list, terminalWidth(process.stdout));
    printResult(options, { node: inspected.node, ...list, cost: answer.cost }, text);
  });
}

/** The ports, with how many there are besides them. */
export function portTable(list: Shown<PortListView>, width: number | undefined): string {
  const cells = list.rows.map((row) => [
    row.id,
    row.name,
    row.ownerName ?? row.ownerCall ?? '',
    row.owner ?? '',
    addressText(row.local),
    addressText(row.remote),
    bytesText(row.inputBytes),
    bytesText(row.outputBytes),
    bytesText(row.queueBytes),
  ]);
  const columns = [
    { head: 'PORT', kind: 'whole-text' },
    { head: 'NAME', kind: 'text' },
    { head: 'OWNER', kind: 'text' },
    { head: 'PID', kind: 'whole-text' },
    { head: 'LOCAL', kind: 'text' },
    { head: 'REMOTE', kind: 'text' },
    { head: 'IN', kind: 'number' },
    { head: 'OUT', kind: 'number' },
    { head: 'QUEUE', kind: 'number' },
  ] as const;
  const { rows, matching, total, seen } = list;
  const matched = matching === seen ? '' : `${countText(matching)} that match, `;
  const looked = seen === total ? '' : `, of which ${countText(seen)} were looked at`;
  const summary = `${countText(rows.length)} of ${matched}${countText(total)} ports and sockets${looked}`;
  return [fittedTable(columns, cells, width), summary].join('\n');
}

function addressText(address: Shown<PortListView>['rows'][number]['local']): string {
  if (address === undefined) return '';
  const { host, port } = address;
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function configurePorts(command: Command): void {
  command
    .argument(...nodeArgument)
    .option('--port <number>', 'only those with this port number at either end')
    .option('--filter <text>', 'only those with this text in their name, an address or the name of the owner')
    .option('--sort <order>', 'queue (bytes that wait to be sent), input or output (else queue)')
    .option('--limit <count>', 'how many to list, up to 500 (else 20)');
  addReachOptions(command);
  addExamples(
    command,
    'convoy ports app@127.0.0.1 --port 4000',
    'convoy ports prod:app@10.0.0.5 --sort input --limit 5',
    'convoy ports app@127.0.0.1 --filter 10.0.0.7 --json',
  );
  command.action((name: string, options: PortsOptions) => guarded(options, () => runPorts(name, options)));
}
