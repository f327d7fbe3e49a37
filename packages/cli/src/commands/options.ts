/** Options that several commands share, so that they read and behave the same everywhere. */

import type { Command } from 'commander';
import { printFailure, type OutputOptions } from '../output.ts';

export function withReachOptions(command: Command): Command {
  return command
    .option('--cookie-file <file>', 'file that holds the cookie')
    .option('--cookie <cookie>', 'the cookie itself; visible in process lists, prefer --cookie-file')
    .option('--data-dir <folder>', 'data directory of the console whose cookie to use')
    .option('--timeout <seconds>', 'how long to wait', '10')
    .option('--json', 'print one JSON document');
}

export function withConsoleOptions(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'data directory of the console (CONVOY_DATA_DIR, else ~/.convoy)')
    .option('--json', 'print one JSON document');
}

export function withExample(command: Command, ...lines: string[]): Command {
  const title = lines.length === 1 ? 'Example:' : 'Examples:';
  return command.addHelpText('after', `\n${title}\n${lines.map((line) => `  $ ${line}`).join('\n')}`);
}

/** Runs an action and turns what it throws into a message and an exit code. */
export async function guarded(options: OutputOptions, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    printFailure(options, error);
  }
}
