/** Finds the cookie for a command: the one that was given, else the console's, else the user's own. */

import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { type ConfigPlaces, readConfigFile } from './config-file.ts';
import { dataDirOf } from './config.ts';
import { CliError } from '../errors.ts';
import { note } from '../output.ts';
import { readReleaseEnvironment, releaseProblems } from './release-environment.ts';

/** The flags that select a cookie. */
export interface CookieOptions {
  readonly cookie?: string | undefined;
  readonly cookieFile?: string;
  readonly dataDir?: string;
}

/** A cookie, and the uid of the owner of its file if it was read from one. */
export interface FoundCookie {
  readonly cookie: string;
  readonly owner?: number | undefined;
}

/** The text of a file with secrets, and the uid of its owner. Throws CLI_NO_COOKIE when it cannot be read. */
export function readSecretFile(file: string): { readonly text: string; readonly uid: number } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new CliError('CLI_NO_COOKIE', `the cookie file ${file} cannot be read`, {
      remedy: 'Check the path and that you may read the file.',
      cause,
    });
  }
  const { mode, uid } = statSync(file);
  if ((mode & 0o077) !== 0) {
    note(`convoy: other users can read ${file}; run chmod 600 on it`);
  }
  // A cookie may have any Latin-1 characters, and old files have them as one byte each.
  return { text: isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1'), uid };
}

function readCookieFile(file: string): FoundCookie {
  const { text, uid } = readSecretFile(file);
  const cookie = text.trim();
  if (cookie !== '') return { cookie, owner: uid };
  throw new CliError('CLI_NO_COOKIE', `the cookie file ${file} is empty`, {
    remedy: 'Write the cookie of the cluster into the file, or name another file.',
  });
}

/** The cookie that the environment gives. Throws CLI_NO_COOKIE if it gives one that cannot be used. */
export function cookieFromEnvironment(env: NodeJS.ProcessEnv): FoundCookie | undefined {
  const file = env['CONVOY_COOKIE_FILE'];
  if (file !== undefined && file !== '') return readCookieFile(file);
  // Compose files and systemd units pass variables that are not set as empty ones.
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
 * Finds the cookie, in this order: `--cookie-file`, `--cookie`, the environment (`CONVOY_COOKIE_FILE`, `CONVOY_COOKIE`,
 * `RELEASE_COOKIE`), `cookieFile` of the configuration file, the console's data directory, `~/.erlang.cookie`. Rejects
 * with CLI_NO_COOKIE if none of them has a cookie.
 */
export async function findCookie(options: CookieOptions, sources: ConfigPlaces = {}): Promise<string> {
  return (await findCookieAndOwner(options, sources)).cookie;
}

/** Like `findCookie`, with the owner of the cookie file: nodes of that user may receive proof of the cookie. */
export async function findCookieAndOwner(
  options: CookieOptions,
  sources: ConfigPlaces = {},
): Promise<FoundCookie> {
  if (options.cookieFile !== undefined) return readCookieFile(options.cookieFile);
  if (options.cookie !== undefined) {
    note('convoy: every user of this machine who can list processes sees --cookie; prefer --cookie-file');
    return { cookie: options.cookie };
  }
  const given = cookieFromEnvironment(sources.env ?? process.env);
  if (given !== undefined) return given;
  const { cookieFile } = await readConfigFile(sources);
  if (typeof cookieFile === 'string') return readCookieFile(cookieFile);
  const home = sources.home ?? homedir();
  for (const file of [join(dataDirOf(options.dataDir), 'cookie'), join(home, '.erlang.cookie')]) {
    if (existsSync(file)) return readCookieFile(file);
  }
  throw new CliError('CLI_NO_COOKIE', 'no cookie was given, and none was found', {
    remedy: 'Use --cookie-file FILE, or set CONVOY_COOKIE; all nodes of a cluster share one cookie.',
  });
}
