/**
 * A real PostgreSQL server for a test: in the foreground, in a folder of its own, on a socket there and on no port. It
 * refuses to run as root, so a test that does starts it as the user that Debian's package has made.
 */

import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { endProcess, ProcessOutput } from '../child-process.ts';

const programs = '/usr/lib/postgresql/15/bin';
const user = 'convoy';
/** The machine may be busy with other tests. */
const startDeadlineMs = 60_000;

/** Why there is no server on this machine; `false` when there is one. For the `skip` of a test. */
export const missingPostgres: string | false = existsSync(join(programs, 'postgres'))
  ? false
  : 'PostgreSQL 15 is not installed: apt-get install postgresql-15';

export interface PostgresServer extends AsyncDisposable {
  /** Settings of `pg` for a database on it. */
  readonly connection: { readonly host: string; readonly user: string };
  /** The address of a database on it. */
  addressOf(database: string): string;
}

/** The user to run it as; `undefined` for our own. */
function otherUser(): { uid: number; gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined;
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}

export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-postgres-'));
  const other = otherUser();
  if (other !== undefined) chownSync(folder, other.uid, other.gid);
  const options = { ...other, cwd: folder, env: { LC_ALL: 'C', PATH: process.env['PATH'] } };
  const data = join(folder, 'data');
  const initial = ['-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  try {
    execFileSync(join(programs, 'initdb'), initial, { ...options, stdio: 'pipe' });
    const args = ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off'];
    const server = spawn(join(programs, 'postgres'), args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = new ProcessOutput(server, 'postgres');
    await output.waitForMatch(/database system is ready to accept connections/, startDeadlineMs);
    return {
      connection: { host: folder, user },
      addressOf: (database) => `postgres:///${database}?host=${encodeURIComponent(folder)}&user=${user}`,
      async [Symbol.asyncDispose]() {
        // A fast shutdown: it ends the sessions that are left.
        await endProcess(server, 'SIGINT');
        rmSync(folder, { recursive: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}
