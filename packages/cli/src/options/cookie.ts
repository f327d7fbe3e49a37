/** Finds the cookie a command is to use: what was asked for, else the console's, else the user's own. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { type ConfigPlaces, readConfigFile } from './config-file.ts';
import { dataDirOf } from './config.ts';
import { CliError } from '../errors.ts';
import { note } from '../output.ts';
import { readReleaseEnvironment, releaseProblems } from './release-environment.ts';

export interface CookieOptions {
  readonly cookie?: string | undefined;
  readonly cookieFile?: string;
  readonly dataDir?: string;
}

/** A cookie, and the number of the user whose file it is in, where it is in one. */
export interface FoundCookie {
  readonly cookie: string;
  readonly owner?: number | undefined;
}

function readCookieFile(file: string): FoundCookie {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError('CLI_NO_COOKIE', `the cookie file ${file} cannot be read`, { cause });
  }
  const { mode, uid } = statSync(file);
  if ((mode & 0o077) !== 0) {
    note(`convoy: ${file} can be read by others; chmod 600 it`);
  }
  const cookie = text.trim();
  if (cookie !== '') return { cookie, owner: uid };
  throw new CliError('CLI_NO_COOKIE', `the cookie file ${file} is empty`);
}

function fromEnvironment(env: NodeJS.ProcessEnv): FoundCookie | undefined {
  const file = env['CONVOY_COOKIE_FILE'];
  if (file !== undefined && file !== '') return readCookieFile(file);
  // An empty variable is one that was not set in a compose file or a unit.
  const given = env['CONVOY_COOKIE'];
  if (given !== undefined && given !== '') return { cookie: given };
  const { cookie: problem } = releaseProblems(env, hostname());
  if (problem === undefined) {
    const { cookie } = readReleaseEnvironment(env, hostname());
    return cookie === undefined ? undefined : { cookie };
  }
  throw new CliError('CLI_NO_COOKIE', problem.message, { remedy: problem.remedy });
}

/**
 * The cookie, from the first of: `--cookie-file`, `--cookie`, the environment (`CONVOY_COOKIE_FILE`, `CONVOY_COOKIE`,
 * `RELEASE_COOKIE`), `cookieFile` of the configuration file, the console's data directory, `~/.erlang.cookie`. Throws
 * CLI_NO_COOKIE when none has one.
 */
export async function findCookie(options: CookieOptions, sources: ConfigPlaces = {}): Promise<string> {
  return (await findCookieAndOwner(options, sources)).cookie;
}

/** The same, with whose it is: a node of that user may be shown what proves it. */
export async function findCookieAndOwner(
  options: CookieOptions,
  sources: ConfigPlaces = {},
): Promise<FoundCookie> {
  if (options.cookieFile !== undefined) return readCookieFile(options.cookieFile);
  if (options.cookie !== undefined) {
    note('convoy: everybody on this machine who can list processes sees --cookie; prefer --cookie-file');
    return { cookie: options.cookie };
  }
  const given = fromEnvironment(sources.env ?? process.env);
  if (given !== undefined) return given;
  const { cookieFile } = await readConfigFile(sources);
  if (typeof cookieFile === 'string') return readCookieFile(cookieFile);
  const home = sources.home ?? homedir();
  for (const file of [join(dataDirOf(options.dataDir), 'cookie'), join(home, '.erlang.cookie')]) {
    if (existsSync(file)) return readCookieFile(file);
  }
  throw new CliError('CLI_NO_COOKIE', 'no cookie was given and none was found', {
    remedy: 'Use --cookie-file FILE, or set CONVOY_COOKIE; all nodes of a cluster share one cookie.',
  });
}
