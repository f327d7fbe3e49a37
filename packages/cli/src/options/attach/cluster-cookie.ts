/**
 * The cookie of a cluster that the console is to attach. A file is passed by its path, because the console then accepts nodes that run as
 * the owner of the file. The cookie itself is passed only over the console's HTTP API.
 */

import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CliError } from '../../errors.ts';
import { askSecret } from '../../terminal/ask-secret.ts';
import { type ConfigPlaces, readConfigFile } from '../config-file.ts';
import { cookieFromEnvironment, findCookie } from '../cookie.ts';

/** The flags that select the cookie of a cluster. */
export interface ClusterCookieFlags {
  readonly cookieFile?: string;
  readonly via?: string;
}

/** What the console is told: the cookie, its file, or neither, if it finds the cookie by itself. */
export interface ClusterCookie {
  readonly cookie?: string | undefined;
  readonly cookieFile?: string | undefined;
}

/**
 * Finds the cookie, in this order: `--cookie-file`, the environment (`CONVOY_COOKIE_FILE`, `CONVOY_COOKIE`, `RELEASE_COOKIE`), `cookieFile`
 * of the configuration file, `~/.erlang.cookie`, or with `--via` that of the owner of the node on the host, and the user at the terminal.
 * The cookie of the console is not among them: it is the one of the nodes that it launches. Rejects with CLI_NO_COOKIE.
 */
export async function findClusterCookie(
  { cookieFile, via }: ClusterCookieFlags,
  sources: ConfigPlaces = {},
): Promise<ClusterCookie> {
  const { env = process.env, home = homedir() } = sources;
  const file = cookieFile ?? (env['CONVOY_COOKIE_FILE'] || undefined);
  if (file !== undefined) return cookieIn(file);
  const variable = cookieFromEnvironment(env);
  if (variable !== undefined) return { cookie: variable.cookie };
  const { cookieFile: configured } = await readConfigFile(sources);
  if (typeof configured === 'string') return cookieIn(configured);
  // The console reads it on the host.
  if (via !== undefined) return {};
  const own = join(home, '.erlang.cookie');
  if (existsSync(own)) return { cookieFile: own };
  const typed = await askSecret('Cookie of the cluster');
  if (typed !== undefined) return { cookie: typed };
  throw new CliError('CLI_NO_COOKIE', 'no cookie was given, and there is no ~/.erlang.cookie', {
    remedy: 'Use --cookie-file FILE, or set CONVOY_COOKIE; all nodes of a cluster share one cookie.',
  });
}

/** A file by its path. Something that can be read only here and once, such as `<(pass show cookie)`, by its content. */
export async function cookieIn(file: string): Promise<ClusterCookie> {
  const path = resolve(file);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  // Reads it in any case, so that a wrong path is reported before anything is asked of the console.
  const cookie = await findCookie({ cookieFile: file });
  return isFile ? { cookieFile: path } : { cookie };
}
