/**
 * Opens the store of a console: a file in its data directory, or a database that it shares with others. In the latter case the
 * data directory has the key without which what is there cannot be read.
 */

import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomSecret } from '../auth/secrets.ts';
import { ConsoleError } from '../errors.ts';
import { fileProblem } from '../file-problem.ts';
import { replaceFile } from '../replace-file.ts';
import { copyRecords } from '../store/copy-records.ts';
import { openPostgresStore, type PostgresStore } from '../store/postgres/open-postgres.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite.ts';
import type { Store } from '../store/store.ts';

/** Path of the store in a data directory. */
export function storeFile(folder: string): string {
  return join(folder, 'store.sqlite');
}

/** Path of the key for a store in PostgreSQL. */
export function storeKeyFile(folder: string): string {
  return join(folder, 'store-key');
}

/** Removes copies of the store that a killed process has left. The folder is locked, so that they belong to no other. */
export function removeDrafts(folder: string): void {
  const drafts = readdirSync(folder).filter((name) => /^store\.sqlite\.\d+(?:-\w+)?$/.test(name));
  for (const name of drafts) rmSync(join(folder, name), { force: true });
}

/** Opens the file. Rejects with CONSOLE_BAD_OPTION if the store of this console is in PostgreSQL. */
export async function openOwnStore(folder: string): Promise<Store> {
  const file = storeFile(folder);
  if (existsSync(storeKeyFile(folder)) && !existsSync(file)) {
    throw new ConsoleError('CONSOLE_BAD_OPTION', `the store of the console in ${folder} is in PostgreSQL`, {
      remedy: `Set store to its address, or move ${storeKeyFile(folder)} away to start with an empty store.`,
    });
  }
  return openSqliteStore(file);
}

/** Options of `openSharedStore`. */
export interface SharedStoreOptions {
  /** Where the database is. It is a secret. */
  readonly address: string;
  /** The data directory. */
  readonly folder: string;
  /** The tag of the sessions to take along from the file. */
  readonly sessionTag: string;
  readonly logger: { warn(detail: object, message: string): void };
}

/** Opens the store in PostgreSQL. At the first time it takes over what the console has in its file, which is then set aside. */
export async function openSharedStore(options: SharedStoreOptions): Promise<PostgresStore> {
  const { address, folder } = options;
  const keyFile = storeKeyFile(folder);
  const known = keyIn(keyFile);
  const key = known ?? randomSecret();
  const store = await openPostgresStore({ address, key });
  try {
    // Not before the store could be opened: a directory with a key is one whose store is there.
    if (known === undefined) saveKey(keyFile, key);
    if (existsSync(storeFile(folder))) await takeOver(store, options);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The key in the file; `undefined` if there is no such file. */
function keyIn(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  let key: string;
  try {
    key = readFileSync(file, 'utf8').trim();
    chmodSync(file, 0o600);
  } catch (error) {
    throw fileProblem(error, file);
  }
  if (key.length >= 16) return key;
  throw new ConsoleError('CONSOLE_BAD_OPTION', `the key in ${file} is shorter than 16 characters`, {
    remedy:
      'Put the key back that was there before. Without it, what the console has in PostgreSQL cannot be read.',
  });
}

function saveKey(file: string, key: string): void {
  try {
    replaceFile(file, key, { durable: true });
  } catch (error) {
    throw fileProblem(error, file);
  }
}

async function takeOver(store: Store, { folder, sessionTag, logger }: SharedStoreOptions): Promise<void> {
  const file = storeFile(folder);
  const own = await openSqliteStore(file);
  try {
    const [known, identity] = [await store.identity.load(), await own.identity.load()];
    if (known === undefined) {
      await store.transaction(async (records) => {
        await copyRecords(own, records);
        await records.sessions.save(sessionTag, await own.sessions.load(sessionTag));
      });
    } else if (known.id !== identity?.id) {
      logger.warn(
        { file },
        'this store is not used: the console was started without its store in PostgreSQL',
      );
      return;
    }
    // Sessions that end from now on must not come back with the file.
    await own.sessions.deleteAll();
  } finally {
    await own.close();
  }
  try {
    renameSync(file, `${file}.moved`);
  } catch (error) {
    throw fileProblem(error, file);
  }
}
