/**
 * One console at a time on a data directory. A console that wants it makes a file named after its process, and then looks
 * whether there is one of another process that runs: of two that start at once at least one sees the other. The name contains
 * everything, so that no file can be half written, and files of processes that are gone do not count.
 */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConsoleError } from '../errors.ts';
import { isRunning, startOfProcess } from './process-identity.ts';
import { findRunningConsole } from './running-console.ts';

const nameFormat = /^(\d{1,10})\.([\w-]{1,80})$/;

/** Takes the directory and returns what gives it back. Throws CONSOLE_ALREADY_RUNNING. */
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
    `a console already runs on ${path} (process ${pid})${where}`,
    { remedy: 'Use that one, stop it, or start this one on another folder with --data-dir.' },
  );
}
