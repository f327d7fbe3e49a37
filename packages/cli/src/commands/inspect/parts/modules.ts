/** `convoy modules NODE [MODULE]`: lists the loaded modules of a node, or shows one of them. */

import type { Command } from 'commander';
import type { ModuleListView } from '@convoy/console/protocol';
import { parseCount } from '../../../options/config.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../../options/shared-options.ts';
import { printResult } from '../../../output.ts';
import { inspectNode } from '../../../targets/inspecting/inspect-node.ts';
import { type InspectedNode, type Shown, valueOf } from '../../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../../targets/visits/visitor.ts';
import { fittedTable, terminalWidth } from '../../../terminal/fitted-table.ts';
import { countText } from '../../../terminal/units.ts';
import { moduleText } from './module-text.ts';

interface ModulesOptions extends ReachOptions {
  readonly limit?: string;
  readonly filter?: string;
  readonly old?: boolean;
  readonly doc?: string;
}

/** As many processes are asked whether they run old code. */
const oldCodeProcesses = 100_000;

async function runModules(name: string, module: string | undefined, options: ModulesOptions): Promise<void> {
  const limit = parseCount(options.limit ?? '50', '--limit', [1, 2000]);
  await inspectNode(name, options, (inspected) =>
    module === undefined ? printModules(inspected, limit, options) : printModule(inspected, module, options),
  );
}

async function printModules(inspected: InspectedNode, limit: number, options: ModulesOptions): Promise<void> {
  const answer = await inspected.modules({ limit, filter: options.filter, oldOnly: options.old === true });
  const list = valueOf(answer);
  const text = moduleTable(list, terminalWidth(process.stdout));
  printResult(options, { node: inspected.node, ...list, cost: answer.cost }, text);
}

async function printModule(inspected: InspectedNode, module: string, options: ModulesOptions): Promise<void> {
  const asked = { doc: options.doc, ...(options.old === true ? { oldCodeProcesses } : {}) };
  const answer = await inspected.module(module, asked);
  const details = valueOf(answer);
  printResult(options, { node: inspected.node, ...details, cost: answer.cost }, moduleText(details));
}

/** The modules, with how many there are besides them. */
export function moduleTable(list: Shown<ModuleListView>, width: number | undefined): string {
  const cells = list.rows.map(({ module, vsn, md5, hasOldCode, path, origin }) => [
    module,
    hasOldCode ? 'old code' : '',
    md5?.slice(0, 12) ?? '',
    vsn ?? '',
    path ?? origin ?? '',
  ]);
  const columns = [
    { head: 'MODULE', kind: 'text' },
    { head: 'OLD', kind: 'whole-text' },
    { head: 'MD5', kind: 'whole-text' },
    { head: 'VSN', kind: 'text' },
    { head: 'PATH', kind: 'text' },
  ] as const;
  const { rows, matching, total, withOldCode } = list;
  const matched = matching === total ? '' : `${countText(matching)} that match, `;
  const summary = `${countText(rows.length)} of ${matched}${countText(total)} modules, ${countText(withOldCode)} with old code`;
  return [fittedTable(columns, cells, width), summary].join('\n');
}

export function configureModules(command: Command): void {
  command
    .argument(...nodeArgument)
    .argument('[module]', 'a loaded module, e.g. lists or Enum (else the modules are listed)')
    .option('--filter <text>', 'only modules with this text in their name')
    .option('--old', 'only modules with old code; of one module: the processes that run its old code')
    .option('--doc <function>', 'with a module: the documentation of a function, e.g. map/2')
    .option('--limit <count>', 'how many modules to list, up to 2000 (else 50)');
  addReachOptions(command);
  addExamples(
    command,
    'convoy modules app@127.0.0.1 --filter shop',
    'convoy modules prod:app@10.0.0.5 --old',
    'convoy modules app@127.0.0.1 Enum --doc map/2',
  );
  command.action((name: string, module: string | undefined, options: ModulesOptions) =>
    guarded(options, () => runModules(name, module, options)),
  );
}
