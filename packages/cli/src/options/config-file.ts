/**
 * Finds and reads the configuration file. A file that is a program is run only where the user has said so: by naming it, or
 * by putting it into their own configuration folder. One that just stands in the working directory may be anybody's, from
 * an archive or a clone, and only data is read from there.
 */

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, extname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from '../errors.ts';
import { note } from '../output.ts';
import type { FileSettings } from './config-schema.ts';

/** Where a configuration file is looked for, for tests; by default this process, its working directory and home. */
export interface ConfigPlaces {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly folder?: string;
  readonly home?: string;
}

const dataFile = 'convoy.config.json';
const programFile = 'convoy.config.ts';
const programs: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];

/** Files already mentioned as not run: a command reads its settings several times. */
const mentioned = new Set<string>();

/** The settings of the file; empty when there is none. */
export async function readConfigFile(places: ConfigPlaces = {}): Promise<FileSettings> {
  const file = findConfigFile(places);
  if (file === undefined) return {};
  const value = await load(file);
  // Loaded only where there is a file: a command without one starts sooner.
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

/** `~/.config/convoy`, or where the platform says that such folders are. */
function userFolder(env: NodeJS.ProcessEnv, home: string): string {
  const configured = process.platform === 'win32' ? env['APPDATA'] : env['XDG_CONFIG_HOME'];
  // A relative path is invalid by the XDG specification, and would lead into the working directory.
  const base = configured !== undefined && isAbsolute(configured) ? configured : join(home, '.config');
  return join(base, 'convoy');
}

function mention(file: string): void {
  if (mentioned.has(file)) return;
  mentioned.add(file);
  const name = basename(file);
  note(
    `convoy: ${name} in this folder was not run; if you trust it, add --config ${name} or set CONVOY_CONFIG`,
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
    throw new CliError('CLI_BAD_CONFIG', `${file} cannot be read: ${String(cause)}`, { cause });
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** `JSON.parse` with the text of each number, which TypeScript's library does not know yet. */
const parseJson = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Refuses a number that JavaScript would round (a cookie of twenty digits): an option must be exactly what the file says. */
function parseExact(text: string): unknown {
  return parseJson(text, (key, value, { source }) => {
    if (typeof value === 'number' && source !== String(value)) throw inexactNumber(key, source ?? '');
    return value;
  });
}

export function inexactNumber(option: string, number: string): CliError {
  return new CliError('CLI_BAD_CONFIG', `${option} of the configuration file is the number ${number}`, {
    remedy: `Put it in quotes, "${number}", so that it is used exactly as written.`,
  });
}
