/**
 * Command lines with which stock nodes use a bridge. The settings are in a file of emulator arguments that `ERL_ZFLAGS`
 * points to: this works the same for erl, iex and every program running on Erlang, and with folder names that contain
 * spaces.
 */

import { randomBytes } from 'node:crypto';
import { isLongHost, splitNodeName } from '@convoy/node/names';
import type { BridgeCommands } from './bridge.ts';

export interface CommandLineOptions {
  /** Full name of the remote node. Its form decides the form of the local name, as long and short names do not mix. */
  readonly node: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Host part of long names: a loopback address. */
  readonly longHost: string;
  /** Distinguishes nodes that visit the same remote node, from this user and others. Default: random for each line. */
  readonly suffix?: string;
}

export function formatCommands(options: CommandLineOptions): BridgeCommands {
  const { node, longHost } = options;
  const host = splitNodeName(node).host;
  const [kind, ownHost] = isLongHost(host) ? ['name', longHost] : ['sname', 'localhost'];
  const settings = Object.entries(options.environment).map(
    ([name, value]) => `${name}=${quoteForShell(value)}`,
  );
  const prefix = settings.map((setting) => `${setting} `).join('');
  const own = (program: string): string =>
    `${program}_${options.suffix ?? randomBytes(3).toString('hex')}@${ownHost}`;
  const iex = (): string => `${prefix}iex --${kind} ${own('iex')}`;
  const erl = (): string => `${prefix}erl -${kind} ${own('erl')}`;
  return {
    iex: iex(),
    erl: erl(),
    iexRemote: `${iex()} --remsh ${node}`,
    erlRemote: `${erl()} -remsh ${node}`,
  };
}

/** Formats emulator arguments as a file for `-args_file`. */
export function formatArgumentsFile(lines: readonly (readonly string[])[]): string {
  return lines.map((words) => `${words.map(quoteForErlang).join(' ')}\n`).join('');
}

/** The value of `ERL_ZFLAGS` that points to such a file. */
export function formatErlFlags(argumentsFile: string): string {
  return `-args_file ${quoteForErlang(argumentsFile)}`;
}

/** Quotes one word for `erl`, in flags and in argument files. */
function quoteForErlang(word: string): string {
  return word.replaceAll(/[\s"'#\\]/g, String.raw`\$&`);
}

function quoteForShell(word: string): string {
  return /^[\w./:@,=+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
