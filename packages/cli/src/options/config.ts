/**
 * Resolves options from three places: flags first, then the environment (`CONVOY_DATA_DIR` for `--data-dir`), then the
 * configuration file (an object of option names in camel case; config-file.ts).
 */

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CliError } from '../errors.ts';
import { type ConfigPlaces, inexactNumber, readConfigFile } from './config-file.ts';
import type { FileSettings } from './config-schema.ts';
import { settingKinds, type SettingKind, type SettingName } from './setting-table.ts';

/** Sources of settings. Tests replace the default ones. */
export interface SettingSources extends ConfigPlaces {
  /** Values from other environment variables, such as `RELEASE_NODE`: they rank below `CONVOY_*` and above the file. */
  readonly derived?: Readonly<Record<string, unknown>>;
}

/** The environment variable of an option: `CONVOY_DATA_DIR` for `dataDir`. */
export function environmentName(option: string): string {
  return `CONVOY_${option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function parseFlag(text: string, name: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(text)) return true;
  if (/^(?:0|false|no|off)$/i.test(text)) return false;
  throw new CliError('CLI_BAD_OPTION', `${name}=${text} is neither yes nor no`, {
    remedy: 'Set it to 1 or 0.',
  });
}

function fromEnvironment(env: NodeJS.ProcessEnv, option: string, kind: SettingKind): unknown {
  const name = environmentName(option);
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  if (kind === 'list') return text.split(/[\s,]+/).filter((word) => word !== '');
  if (kind === 'topologies') return text.split(/\s+/).filter((word) => word !== '');
  return kind === 'flag' ? parseFlag(text, name) : text;
}

/** The value in the file, which the schema has checked: a list or a single value of the option's kind. */
function fromFile(file: FileSettings, option: SettingName): unknown {
  const value = file[option];
  if (settingKinds[option] === 'topologies') return value;
  return Array.isArray(value) ? value.map((item) => exactText(option, item)) : exactText(option, value);
}

function exactText(option: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  // In a TypeScript file the digits are already lost; all that can be seen is that there were too many.
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw inexactNumber(option, String(value));
  return String(value);
}

/** Fills in those of `options` that were not given as flags. Rejects with CLI_BAD_OPTION or CLI_BAD_CONFIG. */
export async function withSettings<Options extends object>(
  flags: Options,
  options: readonly SettingName[],
  sources: SettingSources = {},
): Promise<Options> {
  const env = sources.env ?? process.env;
  const file = await readConfigFile(sources);
  const filled = { ...flags } as Record<string, unknown>;
  for (const option of options) {
    filled[option] ??=
      fromEnvironment(env, option, settingKinds[option]) ??
      sources.derived?.[option] ??
      fromFile(file, option);
    if (filled[option] === undefined) delete filled[option];
  }
  return filled as Options;
}

/** The data directory of the console: the option, else `~/.convoy`. */
export function dataDirOf(option: string | undefined): string {
  return resolve(option ?? join(homedir(), '.convoy'));
}

/** `text` if it is one of `choices`; otherwise throws CLI_BAD_OPTION that lists them. */
export function oneOf<const Choice extends string>(
  text: string,
  choices: readonly Choice[],
  option: string,
): Choice {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new CliError('CLI_BAD_OPTION', `${option} ${text} is not a known value`, {
    remedy: `Use one of ${choices.join(', ')}.`,
  });
}

/** `read(value)`, or `undefined` for a value that was not given. */
export function ifGiven<Value, Result>(
  value: Value | undefined,
  read: (value: Value) => Result,
): Result | undefined {
  return value === undefined ? undefined : read(value);
}

/** Parses a whole number from `least` to `most`. Throws CLI_BAD_OPTION. */
export function parseCount(text: string, option: string, [least, most]: readonly [number, number]): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw new CliError('CLI_BAD_OPTION', `${option} ${text} is not a valid number`, {
    remedy: `Give a whole number from ${least} to ${most}.`,
  });
}

/** Parses a port number from 0 to 65535. Throws CLI_BAD_OPTION. */
export function parsePort(text: string, option: string): number {
  return parseCount(text, option, [0, 65_535]);
}

/** Parses `9100` or `9100-9110`. Throws CLI_BAD_OPTION. */
export function parsePortRange(text: string): number | { min: number; max: number } {
  const [low = '', high] = text.split('-');
  const min = parsePort(low, '--listen-port');
  if (high === undefined) return min;
  const max = parsePort(high, '--listen-port');
  if (min > 0 && max >= min) return { min, max };
  throw new CliError('CLI_BAD_OPTION', `--listen-port ${text} is not a valid range`, {
    remedy: 'Give the smaller port first, e.g. 9100-9110.',
  });
}
