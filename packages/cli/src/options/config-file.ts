/**
 * Finds and reads the configuration file. A file that is a program runs only with the user's consent: when the user names
 * it, or has put it into their own configuration folder. A file in the working directory may come from someone else, in an
 * archive or a clone, so only data is read from there.
 */

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, extname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from '../errors.ts';
import { note } from '../output.ts';
import type { FileSettings } from './config-schema.ts';

/** Where to look for a configuration file. Default: environment, working directory and home of this process; tests set others. */
export interface ConfigPlaces {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly folder?: string;
  readonly home?: string;
}

const dataFile = 'convoy.config.json';
const programFile = 'convoy.config.ts';
const programs: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];

/** Files already reported as not run: a command reads its settings several times. */
const mentioned = new Set<string>();

/** The settings of the file; empty when there is none. */
export async function readConfigFile(places: ConfigPlaces = {}): Promise<FileSettings> {
  const file = findConfigFile(places);
  if (file === undefined) return {};
  const value = await load(file);
  // Loaded only if there is a file: commands without one start sooner.
  const { checkSettings } = await import('./config-schema.ts');
  return checkSettings(value, file);
}

function findConfigFile({
  env = process.env,
  folder = process.cwd(),
  home,
}: ConfigPlaces): string | undefined {
  const named = env['CONVOY_CONFIG'];
  if (named !== undefined && named !== '') return resolve(folder, named);
  const own = userFolder(env, home ?? homedir());
  const files = [join(folder, dataFile), join(own, dataFile), join(own, programFile)];
  const found = files.find((file) => existsSync(file));
  const ignored = join(folder, programFile);
  if (found !== ignored && existsSync(ignored)) mention(ignored);
  return found;
}

/** `~/.config/convoy`, or the equivalent folder of the platform. */
function userFolder(env: NodeJS.ProcessEnv, home: string): string {
  const configured = process.platform === 'win32' ? env['APPDATA'] : env['XDG_CONFIG_HOME'];
  // The XDG specification forbids relative paths, and one would point into the working directory.
  const base = configured !== undefined && isAbsolute(configured) ? configured : join(home, '.config');
  return join(base, 'convoy');
}

function mention(file: string): void {
  if (mentioned.has(file)) return;
  mentioned.add(file);
  const name = basename(file);
  note(
    `convoy: ${name} in this folder was ignored, because it is a program; if you trust it, add --config ${name} or set CONVOY_CONFIG`,
  );
}

async function load(file: string): Promise<unknown> {
  const extension = extname(file);
  if (extension !== '.json' && !programs.includes(extension)) {
    throw new CliError('CLI_BAD_CONFIG', `${file} is not a configuration file`, {
      remedy: `Name a file that ends in .json, ${programs.join(', ')}.`,
    });
  }
  try {
    if (extension === '.json') return parseExact(readFileSync(file, 'utf8'));
    return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('CLI_BAD_CONFIG', `${file} cannot be read: ${String(cause)}`, {
      remedy: 'Check its path, its permissions and its syntax.',
      cause,
    });
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** `JSON.parse` whose reviver gets the source text of each number, which TypeScript's library does not declare yet. */
const parseJson = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Rejects numbers that JavaScript would round, such as a cookie of twenty digits: an option must be exactly what the file says. */
function parseExact(text: string): unknown {
  return parseJson(text, (key, value, { source }) => {
    if (typeof value === 'number' && source !== String(value)) throw inexactNumber(key, source ?? '');
    return value;
  });
}

/** The error for a number in the configuration file that JavaScript cannot hold exactly. */
export function inexactNumber(option: string, number: string): CliError {
  return new CliError(
    'CLI_BAD_CONFIG',
    `${option} in the configuration file is the number ${number}, which JavaScript rounds`,
    {
      remedy: `Put it in quotes: "${number}".`,
    },
  );
}
