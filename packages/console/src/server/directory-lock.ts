/**
 * Ensures that only one console uses a data directory. A console creates a file named after its process, then checks for a
 * file of another running process: if two start at the same time, at least one sees the other. All information is in the
 * name, so no file can be half written, and files of processes that have ended are ignored.
 */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, startOfProcess } from '@convoy/cluster';
import { ConsoleError } from '../errors.ts';
import { findRunningConsole } from './running-console.ts';

const nameFormat = /^(\d{1,10})\.([\w-]{1,80})$/;

/** Locks the directory and returns a function that unlocks it. Throws CONSOLE_ALREADY_RUNNING. */
export function lockDirectory(path: string): () => void {
  const folder = join(path, 'lock');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = `${process.pid}.${startOfProcess(process.pid) ?? '0'}`;
  try {
    writeFileSync(join(folder, own), '', { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw alreadyRunning(path, process.pid);
  }
  const release = (): void => rmSync(join(folder, own), { force: true });
  const holder = otherHolder(folder, own);
  if (holder === undefined) return release;
  release();
  throw alreadyRunning(path, holder);
}

function otherHolder(folder: string, own: string): number | undefined {
  for (const name of readdirSync(folder)) {
    const [, pid, startedAt = ''] = nameFormat.exec(name) ?? [];
    if (name === own) continue;
    if (pid !== undefined && isRunning(Number(pid), startedAt)) return Number(pid);
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  return undefined;
}

function alreadyRunning(path: string, pid: number): ConsoleError {
  const running = findRunningConsole(path);
  const where = running?.pid === pid ? ` at ${running.url}` : '';
  return new ConsoleError(
    'CONSOLE_ALREADY_RUNNING',
    `a console is already running on ${path} (process ${pid})${where}`,
    { remedy: 'Use that console, stop it, or set dataDir to another folder.' },
  );
}
