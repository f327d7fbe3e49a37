/** Talks to the console that runs on a data directory, by its HTTP API. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '@convoy/console/protocol';
import { dataDirOf } from './config.ts';
import { CliError } from './errors.ts';

/** What the console leaves in its data directory while it runs, readable by its user only. */
interface Running {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

export interface ConsoleClient {
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  delete(path: string): Promise<void>;
}

function noConsole(dataDir: string, cause?: unknown): CliError {
  return new CliError('CLI_NO_CONSOLE', `no console runs on ${dataDir}`, {
    cause,
    remedy: 'Start one with `convoy up`, or name its directory with --data-dir.',
  });
}

function findConsole(dataDir: string): Running {
  let running: Running;
  try {
    running = JSON.parse(readFileSync(join(dataDir, 'console.json'), 'utf8')) as Running;
  } catch (cause) {
    throw noConsole(dataDir, cause);
  }
  // A killed console leaves its file behind; whoever has its port now must not be told the token.
  if (!isAlive(running.pid)) throw noConsole(dataDir);
  return running;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A client of the console of `dataDir`. Throws CLI_NO_CONSOLE when none runs there. */
export function createConsoleClient(dataDirOption: string | undefined): ConsoleClient {
  const dataDir = dataDirOf(dataDirOption);
  const { url, token } = findConsole(dataDir);
  const request = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw noConsole(dataDir, cause);
    });
    const value = parseJson(await answer.text());
    if (answer.ok) return value;
    const problem = (value as { error?: Problem } | undefined)?.error;
    const message = problem?.message ?? `the console answered ${answer.status} to ${path}`;
    throw new CliError('CLI_CONSOLE_REFUSED', message, { remedy: problem?.remedy, reason: problem?.code });
  };
  return {
    get: <Answer>(path: string) => request('GET', path) as Promise<Answer>,
    post: <Answer>(path: string, body: unknown) => request('POST', path, body) as Promise<Answer>,
    delete: async (path) => {
      await request('DELETE', path);
    },
  };
}

/** `undefined` for what is no JSON: another program answers on that port. */
function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
