/**
 * `console.json` of a data directory: where its console listens, for the command. Read with suspicion: a console that was
 * killed leaves the file behind, and its token must not be sent to the program that listens on that port now.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../replace-file.ts';
import { isRunning, startOfProcess } from './process-identity.ts';

/** Where a console listens, and how to be let in. */
export interface RunningConsoleFile {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

export function runningFile(path: string): string {
  return join(path, 'console.json');
}

/** The console that runs on the data directory `path`; `undefined` when there is none. */
export function findRunningConsole(path: string): RunningConsoleFile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(runningFile(path), 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { url, token, pid, startedAt } = value as Record<string, unknown>;
  if (typeof url !== 'string' || !URL.canParse(url) || typeof token !== 'string') return undefined;
  if (typeof pid !== 'number' || typeof startedAt !== 'string') return undefined;
  return isRunning(pid, startedAt) ? { url, token, pid } : undefined;
}

/** Writes where this process listens. No reader sees a partial file. */
export function writeRunningConsole(path: string, { url, token }: { url: string; token: string }): void {
  const { pid } = process;
  replaceFile(runningFile(path), JSON.stringify({ url, token, pid, startedAt: startOfProcess(pid) }));
}
