/**
 * Opens the store in a file: checks it before anything is written to it, sets how it is written, and migrates it. A file
 * that is damaged, newer or not ours is refused and stays as it is.
 */

import type { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { createStore } from '../records/create-store.ts';
import { migrate, type Migrations } from '../migrate.ts';
import { migrations as ourMigrations } from '../migrations/index.ts';
import type { Store } from '../store.ts';
import { ensureDatabaseFile, openDatabase, writeAhead } from './database-file.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import { sqliteProblem } from './sqlite-problem.ts';

const settings = [
  // A login, a logout or a launched node must survive a power failure. There are only a few writes a minute.
  'PRAGMA synchronous = FULL',
  // The log is copied into the file when it has 400 kB, not 4 MB: the file itself is smaller than that.
  'PRAGMA wal_autocheckpoint = 100',
  // Deleted secrets are overwritten.
  'PRAGMA secure_delete = ON',
  // The file may come from elsewhere, by a restore: its schema must not call functions that have side effects.
  'PRAGMA trusted_schema = OFF',
];
/**
 * Opens the store in `file`, which is created with mode 0600 if it does not exist. Rejects with CONSOLE_STORE_DAMAGED,
 * CONSOLE_STORE_NEWER or CONSOLE_STORAGE_FAILED.
 */
export async function openSqliteStore(file: string, migrations: Migrations = ourMigrations): Promise<Store> {
  ensureDatabaseFile(file);
  const database = openDatabase(file);
  try {
    for (const setting of settings) database.exec(setting);
    const db = kyselyOf(database, file);
    await migrate(db, { where: `the store ${file}` }, migrations);
    // Already so, unless the file was restored from a backup.
    database.exec(writeAhead);
    return createStore(db, { where: file });
  } catch (error) {
    database.close();
    throw sqliteProblem(error, file);
  }
}

/** Kysely on an open database. `file` names it in errors. */
export function kyselyOf(database: DatabaseSync, file: string): Kysely<never> {
  return new Kysely({ dialect: createSqliteDialect(database, file) });
}
