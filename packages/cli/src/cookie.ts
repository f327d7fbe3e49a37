/** Finds the cookie a command is to use: what was asked for, else the console's, else the user's own. */

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dataDirOf } from './config.ts';
import { CliError } from './errors.ts';
import { note } from './output.ts';

export interface CookieOptions {
  readonly cookie?: string;
  readonly cookieFile?: string;
  readonly dataDir?: string;
}

function readCookieFile(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError('CLI_NO_COOKIE', `the cookie file ${file} cannot be read`, { cause });
  }
  const cookie = text.trim();
  if (cookie !== '') return cookie;
  throw new CliError('CLI_NO_COOKIE', `the cookie file ${file} is empty`);
}

/**
 * The cookie, from the first of: `--cookie-file`, `--cookie`, `CONVOY_COOKIE`, `RELEASE_COOKIE`, the console's data
 * directory, `~/.erlang.cookie`. Throws CLI_NO_COOKIE when none has one.
 */
export function findCookie(options: CookieOptions, env: NodeJS.ProcessEnv = process.env): string {
  if (options.cookieFile !== undefined) return readCookieFile(options.cookieFile);
  if (options.cookie !== undefined) {
    note(
      'convoy: --cookie is visible to everybody on this machine who can list processes; prefer --cookie-file',
    );
    return options.cookie;
  }
  const given = env['CONVOY_COOKIE'] ?? env['RELEASE_COOKIE'];
  if (given !== undefined && given !== '') return given;
  for (const file of [join(dataDirOf(options.dataDir), 'cookie'), join(homedir(), '.erlang.cookie')]) {
    if (existsSync(file)) return readCookieFile(file);
  }
  throw new CliError('CLI_NO_COOKIE', 'no cookie was given and none was found', {
    remedy: 'Use --cookie-file FILE, or set CONVOY_COOKIE; all nodes of a cluster share one cookie.',
  });
}
