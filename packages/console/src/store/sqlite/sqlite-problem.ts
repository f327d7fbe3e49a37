/** Turns errors of SQLite into those of the console: what failed, the file, and a remedy. */

import { fileProblem } from '../../file-problem.ts';
import { damagedStore } from '../damaged-store.ts';

/** The error of the file system that a result code of SQLite stands for. */
const fileErrors: Readonly<Record<number, string>> = {
  3: 'EACCES', // SQLITE_PERM
  5: 'EBUSY', // SQLITE_BUSY
  6: 'EBUSY', // SQLITE_LOCKED
  8: 'EROFS', // SQLITE_READONLY
  10: 'EIO', // SQLITE_IOERR
  13: 'ENOSPC', // SQLITE_FULL
  14: 'EACCES', // SQLITE_CANTOPEN
};
/** SQLITE_IOERR_SHMSIZE: the index of the write-ahead log cannot grow, on a full disk. */
const indexCannotGrow = 4874;
const damageCodes: ReadonlySet<number> = new Set([
  11, // SQLITE_CORRUPT
  26, // SQLITE_NOTADB
]);

/** The console's error for one of SQLite. Returns any other error as it is. */
export function sqliteProblem(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const code = error.errcode & 0xff;
  if (damageCodes.has(code)) return damagedStore(file, error.message, error);
  const name = error.errcode === indexCannotGrow ? 'ENOSPC' : fileErrors[code];
  if (name === undefined) return error;
  return fileProblem(Object.assign(new Error(error.message, { cause: error }), { code: name }), file);
}
