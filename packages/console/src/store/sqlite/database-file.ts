/** The file of a store: created for its owner only, and checked when it is opened. */

import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { fileProblem } from '../../file-problem.ts';
import { damagedStore } from '../damaged-store.ts';
import { loadSqlite } from './load-sqlite.ts';
import { sqliteProblem } from './sqlite-problem.ts';

/** "Cnvy": marks a database as a store of Convoy. */
const applicationId = 0x43_6e_76_79;
/**
 * Writes go to a log beside the file: one flush for each, and another program can read while the console writes. The file
 * itself remembers this.
 */
export const writeAhead = 'PRAGMA journal_mode = WAL';
/** A backup that reads at the same time holds a lock for some milliseconds. */
const busyTimeoutMs = 5000;

/**
 * Creates the file, with mode 0600, if it does not exist. It appears under its name only once it is marked as a store: an
 * empty file of that name is what a fault of the disk has left of a store. The log beside it gets the mode of the file.
 */
export function ensureDatabaseFile(file: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    if (existsSync(file)) return takeExisting(file);
    closeSync(openSync(draft, 'w', 0o600));
    const { DatabaseSync } = loadSqlite();
    const database = new DatabaseSync(draft);
    try {
      database.exec(`PRAGMA application_id = ${applicationId}`);
      database.exec(writeAhead);
    } finally {
      database.close();
    }
    setLogAside(file);
    renameSync(draft, file);
    flush(dirname(file));
  } catch (error) {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${draft}${suffix}`, { force: true });
    throw fileProblem(sqliteProblem(error, file), file);
  }
}

/** A log without its file was left by someone who moved the file away. SQLite would apply it to the new one. */
function setLogAside(file: string): void {
  const size = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size;
  if (size === 0) rmSync(`${file}-wal`);
  else if (size !== undefined) renameSync(`${file}-wal`, `${file}-wal.old`);
  rmSync(`${file}-shm`, { force: true });
}

/**
 * Sets the mode, and finds what SQLite would only call "unable to open". The file itself is not opened here: closing it
 * would release the locks that SQLite holds for the whole process.
 */
function takeExisting(file: string): void {
  if (statSync(file).isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
  chmodSync(file, 0o600);
  accessSync(file, constants.R_OK | constants.W_OK);
}

/** Opens the database of a sound store for reading and writing. Throws CONSOLE_STORE_DAMAGED or CONSOLE_STORAGE_FAILED. */
export function openDatabase(file: string): DatabaseSync {
  // Closing a connection that may write would copy the log into the file, even into a damaged one.
  openReadOnly(file).close();
  return open(file, false);
}

/** Opens the database of a sound store that a console may be using. Throws like `openDatabase`. */
export function openReadOnly(file: string): DatabaseSync {
  const database = open(file, true);
  try {
    check(database, file);
    return database;
  } catch (error) {
    database.close();
    throw sqliteProblem(error, file);
  }
}

/** Makes one file of a closed database, which needs no log to be read: for a copy that is kept elsewhere. */
export function makeSingleFile(file: string): void {
  const database = open(file, false);
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } finally {
    database.close();
  }
}

/**
 * Copies the log of a closed database into its file. Unlike a change of the journal mode, this can be interrupted: the log is
 * still there then, and no half-written page has to be rolled back.
 */
export function foldLog(file: string): void {
  const database = open(file, false);
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}

function open(file: string, readOnly: boolean): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  try {
    return new DatabaseSync(file, { readOnly, timeout: busyTimeoutMs });
  } catch (error) {
    throw sqliteProblem(error, file);
  }
}

function check(database: DatabaseSync, file: string): void {
  if (readPragma(database, 'page_count') === 0) throw damagedStore(file, 'the file is empty');
  if (readPragma(database, 'application_id') !== applicationId)
    throw damagedStore(file, 'it is the database of another program');
  // The whole file is a few pages, so damage is found here and not in the middle of the work.
  const found = readPragma(database, 'integrity_check(1)');
  if (found !== 'ok') throw damagedStore(file, String(found));
}

function readPragma(database: DatabaseSync, pragma: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
}

/** Flushes a closed file to disk, or a folder: a renamed file must not lose its name at a power failure. */
export function flush(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
