/** Errors of backups in the terms of the person who makes one: they name the file of the backup, not the data directory. */

import { ConsoleError } from '../errors.ts';
import { explainFileError } from '../file-problem.ts';

/** Details of `backupProblem`. */
export interface BackupProblemDetail {
  readonly remedy: string;
  readonly cause?: unknown;
}

/** The error CONSOLE_BACKUP_FAILED. `what` says what failed, and names the file. */
export function backupProblem(what: string, { remedy, cause }: BackupProblemDetail): ConsoleError {
  return new ConsoleError('CONSOLE_BACKUP_FAILED', what, { remedy, cause });
}

/** Why something failed, in a few words; `undefined` for an internal error. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof ConsoleError) return error.message.replace(/^(?:the store|cannot use) .*?: /, '');
  return explainFileError(error);
}
