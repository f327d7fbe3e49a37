/** `convoy logs NODE`: prints the output of a launched node. */

import type { Command } from 'commander';
import { parseCount, withSettings } from '../../options/config.ts';
import { printResult } from '../../output.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

interface LogsOptions extends ConsoleOptions {
  readonly lines?: string;
}

async function runLogs(name: string, flags: LogsOptions): Promise<void> {
  const options = await withSettings(flags, ['lines']);
  const count = parseCount(options.lines ?? '100', '--lines', [1, 100_000]);
  const ask = await clientOf(options);
  const lines = await ask('GET /api/nodes/:name/logs', { params: { name }, query: { lines: String(count) } });
  printResult(options, lines, lines.map((line) => line.text).join('\n'));
}

/** Defines the arguments, options and action of the command. */
export function configureLogs(command: Command): void {
  command
    .argument('<node>', 'full name of the node, as `convoy list` shows it')
    .option('--lines <count>', 'how many of the last lines (CONVOY_LINES, else 100)');
  addConsoleOptions(command);
  addExamples(command, 'convoy logs ts-1@127.0.0.1 --lines 20');
  command.action((name: string, options: LogsOptions) => guarded(options, () => runLogs(name, options)));
}
