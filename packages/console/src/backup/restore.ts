/**
 * Restores a data directory from a backup. The backup is copied and checked first; then the previous state is copied into a
 * folder beside it, and only then is anything replaced. If this is interrupted, the store is the old one or the new one.
 */

import {
  chmodSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ConsoleError } from '../errors.ts';
import { fileProblem } from '../file-problem.ts';
import { replaceFile } from '../replace-file.ts';
import { removeDrafts, storeFile } from '../saved-state/open-store.ts';
import { makePrivate } from '../server/data-directory.ts';
import { lockDirectory } from '../server/directory-lock.ts';
import { flush, foldLog, openReadOnly } from '../store/sqlite/database-file.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite.ts';
import type { DirectorySecrets } from '../store/store.ts';
import type { BackupOptions } from './back-up.ts';
import { backupProblem, reasonOf } from './backup-problem.ts';

/** What was restored. */
export interface Restored {
  /** The folder with the previous state; `undefined` if there was none. */
  readonly previous: string | undefined;
  /** Number of launched nodes that may outlive the console. */
  readonly nodes: number;
}

/** What is kept of the previous state. The last two are files of versions before the store, which a start would import. */
const keptFiles = [
  'store.sqlite',
  'store.sqlite-wal',
  'store-key',
  'token',
  'cookie',
  'links.json',
  'sessions.json',
] as const;
/** What must not be there beside the restored store. */
const replacedFiles = [
  'store.sqlite-wal',
  'store.sqlite-shm',
  // A store in PostgreSQL begins again from the restored one. What the previous key opens is still there.
  'store-key',
  'links.json',
  'sessions.json',
] as const;

/**
 * Restores the directory. All browsers have to log in again. Rejects with CONSOLE_ALREADY_RUNNING while a console uses the
 * directory, with CONSOLE_BACKUP_FAILED or CONSOLE_STORE_NEWER if the file cannot be used, or with CONSOLE_STORAGE_FAILED.
 */
export async function restoreConsole({ dataDir, file }: BackupOptions): Promise<Restored> {
  checkFile(file);
  const isNew = !existsSync(dataDir);
  makePrivate(dataDir);
  const unlock = lockDirectory(dataDir);
  const draft = `${storeFile(dataDir)}.${process.pid}`;
  try {
    removeDrafts(dataDir);
    const { secrets, nodes } = await checkCopy(file, draft);
    const previous = setPreviousAside(dataDir);
    for (const name of replacedFiles) rmSync(join(dataDir, name), { force: true });
    renameSync(draft, storeFile(dataDir));
    for (const name of ['token', 'cookie'] as const) {
      const secret = secrets[name];
      if (secret !== undefined) replaceFile(join(dataDir, name), secret, { durable: true });
    }
    flush(dataDir);
    unlock();
    return { previous, nodes };
  } catch (error) {
    removeDrafts(dataDir);
    unlock();
    if (isNew) removeEmpty(dataDir);
    throw fileProblem(error, dataDir);
  }
}

/** Removes a folder that has nothing but the folder of locks in it. */
function removeEmpty(dataDir: string): void {
  try {
    rmdirSync(join(dataDir, 'lock'));
    rmdirSync(dataDir);
  } catch {
    // Someone else uses it.
  }
}

function checkFile(file: string): void {
  if (existsSync(file) && statSync(file).isFile()) return;
  const why = existsSync(file) ? 'is not a file' : 'does not exist';
  throw backupProblem(`the backup ${file} ${why}`, { remedy: 'Pass the path of a backup.' });
}

/** Copies the backup to `draft`, makes a store of this version of the copy, and reads everything in it. */
async function checkCopy(file: string, draft: string): Promise<{ secrets: DirectorySecrets; nodes: number }> {
  await copyBackup(file, draft);
  try {
    const store = await openSqliteStore(draft);
    try {
      await store.identity.load();
      const places = await store.launchedNodes.all();
      const secrets = await store.directorySecrets.load();
      await store.directorySecrets.save();
      // A copy of a store that was made by hand has some, and they may have ended since.
      await store.sessions.deleteAll();
      return { secrets, nodes: places.reduce((sum, place) => sum + place.nodes.length, 0) };
    } finally {
      await store.close();
    }
  } catch (cause) {
    if (!(cause instanceof ConsoleError) || cause.code === 'CONSOLE_STORAGE_FAILED') throw cause;
    if (cause.code === 'CONSOLE_STORE_NEWER') {
      const message = `the backup ${file} was written by a newer version of Convoy`;
      throw new ConsoleError(cause.code, message, { remedy: cause.remedy, cause });
    }
    const why = reasonOf(cause) ?? 'it is damaged';
    const remedy = 'Use another backup. Nothing was changed.';
    throw backupProblem(`the backup ${file} cannot be used: ${why}`, { remedy, cause });
  }
}

async function copyBackup(file: string, draft: string): Promise<void> {
  try {
    await pipeline(createReadStream(file), createWriteStream(draft, { flags: 'wx', mode: 0o600 }));
  } catch (cause) {
    // Both streams are closed with the error of the one that failed.
    const { syscall, path } = cause as NodeJS.ErrnoException;
    if (syscall === 'write' || path === draft) throw cause;
    const remedy = 'Check that you can read it. Nothing was changed.';
    throw backupProblem(`cannot read the backup ${file}: ${reasonOf(cause) ?? String(cause)}`, {
      remedy,
      cause,
    });
  }
}

/** Copies the previous state into a new folder and returns its path; `undefined` if there is nothing to keep. */
function setPreviousAside(dataDir: string): string | undefined {
  foldLogOf(storeFile(dataDir));
  const present = keptFiles.filter((name) => existsSync(join(dataDir, name)));
  if (present.length === 0) return undefined;
  const folder = join(dataDir, `before-restore-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  mkdirSync(folder, { mode: 0o700 });
  for (const name of present) {
    copyFileSync(join(dataDir, name), join(folder, name));
    chmodSync(join(folder, name), 0o600);
    flush(join(folder, name));
  }
  flush(folder);
  return folder;
}

/** Copies the log of a console that was killed into its store, unless the store is damaged. */
function foldLogOf(file: string): void {
  if (!existsSync(file)) return;
  try {
    openReadOnly(file).close();
    foldLog(file);
  } catch {
    // It is kept as it is, together with its log.
  }
}
