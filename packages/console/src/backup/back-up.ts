/**
 * Backs up a data directory into one file, also while its console runs: a copy of the store as it is at one moment, without
 * sessions, and with the token and the cookie of the directory. Audit log and histories are not part of it.
 */

import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConsoleError } from '../errors.ts';
import { storeFile, storeKeyFile } from '../saved-state/open-store.ts';
import { copyRecords } from '../store/copy-records.ts';
import { damagedStore } from '../store/damaged-store.ts';
import { refuseNewer } from '../store/migrate.ts';
import { migrations } from '../store/migrations/index.ts';
import { openPostgresStore } from '../store/postgres/open-postgres.ts';
import { flush, makeSingleFile, openReadOnly } from '../store/sqlite/database-file.ts';
import { kyselyOf, openSqliteStore } from '../store/sqlite/open-sqlite.ts';
import { sqliteProblem } from '../store/sqlite/sqlite-problem.ts';
import type { DirectorySecrets } from '../store/store.ts';
import { backupProblem, reasonOf } from './backup-problem.ts';

/** Which data directory, and which file. */
export interface BackupOptions {
  /** The data directory. */
  readonly dataDir: string;
  /** The file of the backup. */
  readonly file: string;
}

/** Options of `backUpConsole`. */
export interface BackUpOptions extends BackupOptions {
  /** Address of the console's store in PostgreSQL. It is a secret. Default: the store is a file in the data directory. */
  readonly store?: string | undefined;
}

/** A backup that was made. */
export interface Backup {
  readonly file: string;
  readonly bytes: number;
  /** Number of launched nodes in it that may outlive the console. */
  readonly nodes: number;
}

/**
 * Writes the backup, with mode 0600. It contains secrets. Rejects with CONSOLE_BACKUP_FAILED, or with CONSOLE_STORE_DAMAGED
 * or CONSOLE_STORE_NEWER for the store; no partial file is left. For a store in PostgreSQL it also rejects with
 * CONSOLE_STORE_UNREACHABLE, CONSOLE_NO_STORE_DRIVER or CONSOLE_BAD_OPTION.
 */
export async function backUpConsole({ dataDir, file, store }: BackUpOptions): Promise<Backup> {
  const source = store === undefined ? storeFile(dataDir) : storeKeyFile(dataDir);
  if (!existsSync(source)) throw noStore(dataDir, store);
  if (existsSync(file)) {
    throw backupProblem(`${file} already exists`, { remedy: 'Choose another name, or delete that file.' });
  }
  const draft = `${file}.${process.pid}`;
  try {
    if (store === undefined) await copyStore(source, draft);
    else await copySharedStore(store, { key: readFileSync(source, 'utf8').trim(), draft });
    const nodes = await complete(draft, secretsOf(dataDir));
    renameSync(draft, file);
    flush(dirname(file));
    return { file, bytes: statSync(file).size, nodes };
  } catch (error) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${draft}${suffix}`, { force: true });
    throw explain(error, { source, file });
  }
}

function noStore(dataDir: string, store: string | undefined): ConsoleError {
  if (store === undefined && existsSync(storeKeyFile(dataDir))) {
    return backupProblem(`the store of the console in ${dataDir} is in PostgreSQL`, {
      remedy: 'Set store to its address.',
    });
  }
  const what = store === undefined ? 'there is no store' : 'there is no key of a store in PostgreSQL';
  return backupProblem(`${what} in ${dataDir}`, {
    remedy: 'Start a console there once, or set dataDir to the folder of a console.',
  });
}

/** Copies what a console has in a database, as it is at one moment, into a file. */
async function copySharedStore(
  address: string,
  { key, draft }: { readonly key: string; readonly draft: string },
): Promise<void> {
  const source = await openPostgresStore({ address, key });
  try {
    if ((await source.identity.load()) === undefined) {
      throw backupProblem(`the store ${source.where} has nothing of this console`, {
        remedy: 'Check the address of the store, and that dataDir is the folder of a console that uses it.',
      });
    }
    rmSync(draft, { force: true });
    const target = await openSqliteStore(draft);
    try {
      await source.transaction((records) => copyRecords(records, target));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Copies the store as it is at one moment. A console that writes meanwhile does not wait. */
async function copyStore(source: string, draft: string): Promise<void> {
  const database = openReadOnly(source);
  try {
    await refuseNewer(kyselyOf(database, source), { where: `the store ${source}` }, migrations);
    rmSync(draft, { force: true });
    closeSync(openSync(draft, 'wx', 0o600));
    database.prepare('VACUUM INTO ?').run(draft);
  } finally {
    database.close();
  }
}

/** Sessions that end after the backup must not come back by a restore, so it has none. */
async function complete(draft: string, secrets: DirectorySecrets): Promise<number> {
  const store = await openSqliteStore(draft);
  let nodes: number;
  try {
    await store.sessions.deleteAll();
    await store.directorySecrets.save(secrets);
    nodes = (await store.launchedNodes.all()).reduce((sum, place) => sum + place.nodes.length, 0);
  } finally {
    await store.close();
  }
  makeSingleFile(draft);
  flush(draft);
  return nodes;
}

function secretsOf(dataDir: string): DirectorySecrets {
  const read = (name: string): string | undefined => {
    const file = join(dataDir, name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  };
  return { token: read('token'), cookie: read('cookie') };
}

/** Errors that say all about the store by themselves. */
const aboutTheStore: ReadonlySet<string> = new Set([
  'CONSOLE_STORE_NEWER',
  'CONSOLE_STORE_UNREACHABLE',
  'CONSOLE_NO_STORE_DRIVER',
  'CONSOLE_BAD_OPTION',
  'CONSOLE_BACKUP_FAILED',
]);

function explain(
  error: unknown,
  { source, file }: { readonly source: string; readonly file: string },
): unknown {
  const cause = sqliteProblem(error, file);
  const why = reasonOf(cause);
  if (why === undefined || (cause instanceof ConsoleError && aboutTheStore.has(cause.code))) return error;
  // Also when it was the copy that showed it.
  if (cause instanceof ConsoleError && cause.code === 'CONSOLE_STORE_DAMAGED')
    return cause.message.includes('postgres:') ? cause : damagedStore(source, why, cause);
  const remedy = 'Choose another file, on a disk with enough space that you can write to.';
  return backupProblem(`cannot write the backup ${file}: ${why}`, { remedy, cause });
}
