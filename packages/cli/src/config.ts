/**
 * Options from three places: flags first, then `CONVOY_*` of the environment, then `convoy.config.json` or
 * `convoy.config.ts` in the working directory (an object of option names in camel case).
 */

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from './errors.ts';

export type Settings = Readonly<Record<string, unknown>>;

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The settings of the configuration file in `folder`; empty when there is none. */
export async function readConfigFile(folder: string): Promise<Settings> {
  for (const name of ['convoy.config.ts', 'convoy.config.json']) {
    const file = join(folder, name);
    if (!existsSync(file)) continue;
    let value: unknown;
    try {
      if (name.endsWith('.ts'))
        value = ((await import(pathToFileURL(file).href)) as { default: unknown }).default;
      else value = JSON.parse(readFileSync(file, 'utf8'));
    } catch (cause) {
      throw new CliError('CLI_BAD_CONFIG', `${file} cannot be read: ${String(cause)}`, { cause });
    }
    if (isSettings(value)) return value;
    throw new CliError('CLI_BAD_CONFIG', `${file} holds no object`, {
      remedy: 'Write the options as one object, e.g. {"port": 4000}.',
    });
  }
  return {};
}

/** `CONVOY_DATA_DIR` for `dataDir`. */
export function environmentName(option: string): string {
  return `CONVOY_${option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Fills every option in `names` that no flag gave, from the environment or the configuration file. */
export async function withSettings<Options extends object>(
  flags: Options,
  names: readonly string[],
  source: { env?: NodeJS.ProcessEnv; folder?: string } = {},
): Promise<Options> {
  const env = source.env ?? process.env;
  const file = await readConfigFile(source.folder ?? process.cwd());
  const filled: Record<string, unknown> = { ...flags };
  for (const name of names) filled[name] ??= env[environmentName(name)] ?? file[name];
  return filled as Options;
}

/** Where the console keeps its state: the option, else `~/.convoy`. */
export function dataDirOf(option: string | undefined): string {
  return resolve(option ?? join(homedir(), '.convoy'));
}

/** A port number from 0 to 65535, from text. */
export function parsePort(text: string | number, option: string): number {
  const port = typeof text === 'number' ? text : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new CliError('CLI_BAD_OPTION', `${option} ${text} is no port`, {
    remedy: 'Give a number from 0 to 65535.',
  });
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
