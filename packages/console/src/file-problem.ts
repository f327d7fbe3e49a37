/** Explains errors of the file system: a full disk, a read-only one, a folder where a file should be. */

import { ConsoleError } from './errors.ts';

interface Explanation {
  readonly why: string;
  readonly remedy: string;
}

const freeSpace = 'Free some space there, or set dataDir to another folder.';
const notWritable = 'Set dataDir to a writable folder.';
const inTheWay = 'Move it away, or set dataDir to another folder.';
const permissions = 'Run as the user who owns it, or set dataDir to another folder.';

const explanations: Readonly<Record<string, Explanation>> = {
  ENOSPC: { why: 'the disk is full', remedy: freeSpace },
  EDQUOT: { why: 'the disk quota is used up', remedy: freeSpace },
  EROFS: { why: 'the file system is read-only', remedy: notWritable },
  EISDIR: { why: 'there is a folder where a file should be', remedy: inTheWay },
  ENOTDIR: { why: 'there is a file where a folder should be', remedy: inTheWay },
  EEXIST: { why: 'something else exists in its place', remedy: inTheWay },
  ENOTEMPTY: { why: 'there is a folder where a file should be', remedy: inTheWay },
  ENOENT: { why: 'its folder does not exist', remedy: notWritable },
  EACCES: { why: 'permission denied', remedy: permissions },
  EPERM: { why: 'not permitted', remedy: permissions },
  ELOOP: { why: 'its symbolic links form a loop', remedy: notWritable },
  ENAMETOOLONG: { why: 'its name is too long', remedy: notWritable },
  EBUSY: { why: 'another program is using it', remedy: 'Close the program that has it open.' },
  EIO: { why: 'the disk failed', remedy: notWritable },
  EMFILE: { why: 'too many files are open', remedy: 'Raise the limit with `ulimit -n` and start again.' },
  ENFILE: { why: 'the machine has too many files open', remedy: 'Close other programs and start again.' },
};

/** Why a file could not be used; `undefined` for an error that does not come from the file system. */
export function explainFileError(error: unknown): string | undefined {
  return explanationOf(error)?.why;
}

/** Turns an error of the file system into CONSOLE_STORAGE_FAILED. Returns any other error as it is. */
export function fileProblem(error: unknown, file: string): unknown {
  const explanation = explanationOf(error);
  if (explanation === undefined) return error;
  const { path = file } = error as NodeJS.ErrnoException;
  return new ConsoleError('CONSOLE_STORAGE_FAILED', `cannot use ${path}: ${explanation.why}`, {
    remedy: explanation.remedy,
    cause: error,
  });
}

function explanationOf(error: unknown): Explanation | undefined {
  if (!(error instanceof Error) || error instanceof ConsoleError) return undefined;
  // Node.js uses ERR_FS_EISDIR in its own functions.
  const code = ((error as NodeJS.ErrnoException).code ?? '').replace(/^ERR_FS_/, '');
  return Object.hasOwn(explanations, code) ? explanations[code] : undefined;
}
