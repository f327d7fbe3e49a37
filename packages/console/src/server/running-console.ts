/**
 * `console.json` in a data directory tells the command where the console listens. A console that was killed leaves the file
 * behind, so its process is checked: the token must not be sent to another program that has taken the port.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, startOfProcess } from '@convoy/cluster';
import { replaceFile } from '../replace-file.ts';

/** Where a console listens, and the token that gives access. */
export interface RunningConsoleFile {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

/** Path of the file in the data directory `path`. */
export function runningFile(path: string): string {
  return join(path, 'console.json');
}

/** The console that is running on the data directory `path`; `undefined` if there is none. */
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

/** Writes the file for this process. Readers never see a partial file. */
export function writeRunningConsole(path: string, { url, token }: { url: string; token: string }): void {
  const { pid } = process;
  replaceFile(runningFile(path), JSON.stringify({ url, token, pid, startedAt: startOfProcess(pid) }));
}
