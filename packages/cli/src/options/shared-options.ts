/** Options that several commands share, so that they look and behave the same everywhere. */

import type { Command } from 'commander';
import { printFailure, type OutputOptions } from '../output.ts';
import { addCarrierOptions } from './carrier-options.ts';
import { addOwnerOption } from './peer-owners.ts';
import { addSshOptions } from './ssh-options.ts';

/** Name and description of the node that a command reaches, for commander. */
export const nodeArgument = [
  '<node>',
  'name@host, or an id of `convoy list` such as prod:app@10.0.0.5; a bare name is on this machine',
] as const;

/** Adds the options that select a cookie. */
export function addCookieOptions(command: Command): Command {
  return command
    .option('--cookie-file <file>', 'file that contains the cookie (CONVOY_COOKIE_FILE; or CONVOY_COOKIE)')
    .option('--cookie <cookie>', 'the cookie itself; visible in process lists, so prefer --cookie-file')
    .option(
      '--data-dir <folder>',
      'data directory of the console whose cookie to use (CONVOY_DATA_DIR, else ~/.convoy)',
    );
}

/** Adds the options for reaching a node: cookie, way, transport, time limit, and `--json`. */
export function addReachOptions(command: Command): Command {
  addCookieOptions(command);
  command
    .option(
      '--via <target>',
      'connect through SSH: ssh://user@host[:port][,next-hop...] or railway:[project/environment/]service (CONVOY_VIA)',
    )
    .option(
      '--read-cookie',
      "with --via: read the cookie from ~/.erlang.cookie of the node's owner there, or from the service's variables",
    );
  return addOwnerOption(addCarrierOptions(addSshOptions(command)))
    .option('--timeout <seconds>', 'how long to wait (CONVOY_TIMEOUT, else 10)')
    .option('--json', 'print one JSON document');
}

/** Adds the options of commands that ask the running console. */
export function addConsoleOptions(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'data directory of the console (CONVOY_DATA_DIR, else ~/.convoy)')
    .option('--json', 'print one JSON document');
}

/** Adds `--config` to a command that has settings. It overrides the environment variable by setting it. */
export function addConfigOption(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file, .json or .ts (CONVOY_CONFIG)')
    .hook('preAction', (_, action) => {
      // The option may stand on the command of a nested one, such as `clusters` of `clusters set`.
      const { config } = action.optsWithGlobals<{ config?: string }>();
      if (config !== undefined) process.env['CONVOY_CONFIG'] = config;
    });
}

/** Appends examples to the help of a command. */
export function addExamples(command: Command, ...lines: string[]): Command {
  const title = lines.length === 1 ? 'Example:' : 'Examples:';
  return command.addHelpText('after', `\n${title}\n${lines.map((line) => `  $ ${line}`).join('\n')}`);
}

/** Runs the action of a command and reports an error as a message and an exit code. */
export async function guarded(options: OutputOptions, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    printFailure(options, error);
  }
}
