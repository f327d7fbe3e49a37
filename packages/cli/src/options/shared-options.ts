/** Options that several commands share, so that they read and behave the same everywhere. */

import type { Command } from 'commander';
import { printFailure, type OutputOptions } from '../output.ts';
import { addCarrierOptions } from './carrier-options.ts';
import { addOwnerOption } from './peer-owners.ts';
import { addSshOptions } from './ssh-options.ts';

export function addCookieOptions(command: Command): Command {
  return command
    .option('--cookie-file <file>', 'file that holds the cookie (CONVOY_COOKIE_FILE; or CONVOY_COOKIE)')
    .option('--cookie <cookie>', 'the cookie itself; visible in process lists, prefer --cookie-file')
    .option('--data-dir <folder>', 'console whose cookie to use (CONVOY_DATA_DIR, else ~/.convoy)');
}

export function addReachOptions(command: Command): Command {
  addCookieOptions(command);
  command
    .option(
      '--via <target>',
      'through SSH: ssh://user@host[:port][,next-hop...], or railway:[project/environment/]service (CONVOY_VIA)',
    )
    .option(
      '--read-cookie',
      "with --via: take the cookie from ~/.erlang.cookie of the node's owner there, or the service's variables",
    );
  return addOwnerOption(addCarrierOptions(addSshOptions(command)))
    .option('--timeout <seconds>', 'how long to wait (CONVOY_TIMEOUT, else 10)')
    .option('--json', 'print one JSON document');
}

export function addConsoleOptions(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'data directory of the console (CONVOY_DATA_DIR, else ~/.convoy)')
    .option('--json', 'print one JSON document');
}

/** Every command that has settings takes it. It goes the way of the variable, which it overrides. */
export function addConfigOption(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file to use, .json or .ts (CONVOY_CONFIG)')
    .hook('preAction', (_, action) => {
      const { config } = action.opts<{ config?: string }>();
      if (config !== undefined) process.env['CONVOY_CONFIG'] = config;
    });
}

export function addExamples(command: Command, ...lines: string[]): Command {
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
