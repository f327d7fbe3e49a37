/**
 * Options from three places: flags first, then the environment (`CONVOY_DATA_DIR` for `--data-dir`), then
 * `convoy.config.ts` or `convoy.config.json` in the working directory (an object of option names in camel case).
 */

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from '../errors.ts';

export type Settings = Readonly<Record<string, unknown>>;

/**
 * How the text of a variable is read. `list` is separated by commas or spaces, `topologies` by spaces only; in a file a
 * topology may be an object.
 */
export type SettingKind = 'text' | 'flag' | 'list' | 'topologies';

/** Where settings come from, for tests; by default this process and its working directory. */
export interface SettingSources {
  readonly env?: NodeJS.ProcessEnv;
  readonly folder?: string;
  /** What other environment variables say (`RELEASE_NODE`): after `CONVOY_*`, before the file. */
  readonly derived?: Settings;
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** `JSON.parse` with the text of each number, which TypeScript's library does not know yet. */
const parseJson = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Refuses a number that JavaScript would round (a cookie of twenty digits): an option must be exactly what the file says. */
function parseConfig(text: string): unknown {
  return parseJson(text, (key, value, { source }) => {
    if (typeof value === 'number' && source !== String(value)) throw inexactNumber(key, source ?? '');
    return value;
  });
}

function inexactNumber(option: string, number: string): CliError {
  return new CliError('CLI_BAD_CONFIG', `${option} of the configuration file is the number ${number}`, {
    remedy: `Put it in quotes, "${number}", so that it is used exactly as written.`,
  });
}

async function loadConfig(file: string): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return parseConfig(readFileSync(file, 'utf8'));
    return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('CLI_BAD_CONFIG', `${file} cannot be read: ${String(cause)}`, { cause });
  }
}

/** The settings of the configuration file in `folder`; empty when there is none. */
export async function readConfigFile(folder: string): Promise<Settings> {
  const files = ['convoy.config.ts', 'convoy.config.json'].map((name) => join(folder, name));
  const file = files.find((one) => existsSync(one));
  if (file === undefined) return {};
  const value = await loadConfig(file);
  if (isSettings(value)) return value;
  throw new CliError('CLI_BAD_CONFIG', `${file} holds no object`, {
    remedy: 'Write the options as one object, e.g. {"port": 4000}; a .ts file exports it as default.',
  });
}

/** `CONVOY_DATA_DIR` for `dataDir`. */
export function environmentName(option: string): string {
  return `CONVOY_${option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function parseFlag(text: string, name: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(text)) return true;
  if (/^(?:0|false|no|off)$/i.test(text)) return false;
  throw new CliError('CLI_BAD_OPTION', `${name}=${text} says neither yes nor no`, {
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

function fromFile(file: Settings, option: string, kind: SettingKind): unknown {
  const value = file[option];
  if (value === undefined) return undefined;
  if (kind === 'flag' && typeof value === 'boolean') return value;
  if (kind === 'text' && (typeof value === 'string' || typeof value === 'number'))
    return textOf(option, value);
  if (kind === 'list' && Array.isArray(value)) return value.map((item) => textOf(option, item));
  if (kind === 'topologies' && Array.isArray(value) && value.every(isTopology)) return value;
  const wanted = {
    text: 'text or a number',
    flag: 'true or false',
    list: 'a list of texts',
    topologies: 'a list of texts or of objects with a strategy',
  }[kind];
  throw new CliError('CLI_BAD_CONFIG', `${option} of the configuration file is not ${wanted}`);
}

function textOf(option: string, value: unknown): string {
  // In a TypeScript file the digits are lost already: all that is left is that they were too many.
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw inexactNumber(option, String(value));
  }
  return String(value);
}

function isTopology(value: unknown): boolean {
  return typeof value === 'string' || (isSettings(value) && typeof value['strategy'] === 'string');
}

/** Fills every option in `kinds` that no flag gave. */
export async function withSettings<Options extends object>(
  flags: Options,
  kinds: Readonly<Record<string, SettingKind>>,
  sources: SettingSources = {},
): Promise<Options> {
  const env = sources.env ?? process.env;
  const file = await readConfigFile(sources.folder ?? process.cwd());
  const filled = { ...flags } as Record<string, unknown>;
  for (const [option, kind] of Object.entries(kinds)) {
    filled[option] ??=
      fromEnvironment(env, option, kind) ?? sources.derived?.[option] ?? fromFile(file, option, kind);
    if (filled[option] === undefined) delete filled[option];
  }
  return filled as Options;
}

/** Where the console keeps its state: the option, else `~/.convoy`. */
export function dataDirOf(option: string | undefined): string {
  return resolve(option ?? join(homedir(), '.convoy'));
}

/** `text` when it is one of `choices`; throws CLI_BAD_OPTION that lists them. */
export function oneOf<const Choice extends string>(
  text: string,
  choices: readonly Choice[],
  option: string,
): Choice {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new CliError('CLI_BAD_OPTION', `${option} ${text} is not known`, {
    remedy: `Use one of ${choices.join(', ')}.`,
  });
}

/** A whole number from `least` to `most`, from text. */
export function parseCount(text: string, option: string, [least, most]: readonly [number, number]): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw new CliError('CLI_BAD_OPTION', `${option} ${text} is no number from ${least} to ${most}`);
}

/** A port number from 0 to 65535, from text. */
export function parsePort(text: string, option: string): number {
  return parseCount(text, option, [0, 65_535]);
}

/** `9100` or `9100-9110`. */
export function parsePortRange(text: string): number | { min: number; max: number } {
  const [low = '', high] = text.split('-');
  const min = parsePort(low, '--listen-port');
  if (high === undefined) return min;
  const max = parsePort(high, '--listen-port');
  if (min > 0 && max >= min) return { min, max };
  throw new CliError('CLI_BAD_OPTION', `--listen-port ${text} is an empty range`, {
    remedy: 'Give the smaller port first, e.g. 9100-9110.',
  });
}
