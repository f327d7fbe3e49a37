/** Talks to the console that runs on a data directory, by its HTTP API. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf } from './config.ts';
import { CliError } from './errors.ts';

interface Running {
  readonly url: string;
  readonly token: string;
}

interface Refusal {
  readonly error?: { readonly code: string; readonly message: string; readonly remedy?: string };
}

export interface ConsoleClient {
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  delete(path: string): Promise<void>;
}

function noConsole(dataDir: string, cause: unknown): CliError {
  return new CliError('CLI_NO_CONSOLE', `no console runs on ${dataDir}`, {
    cause,
    remedy: 'Start one with `convoy up`, or name its directory with --data-dir.',
  });
}

function findConsole(dataDir: string): Running {
  try {
    const { url, token } = JSON.parse(readFileSync(join(dataDir, 'console.json'), 'utf8')) as Running;
    return { url: new URL(url).origin, token };
  } catch (cause) {
    throw noConsole(dataDir, cause);
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
    const text = await answer.text();
    const value: unknown = text === '' ? undefined : JSON.parse(text);
    if (answer.ok) return value;
    const refusal = (value as Refusal | undefined)?.error;
    throw new CliError(
      'CLI_CONSOLE_REFUSED',
      refusal?.message ?? `the console answered ${answer.status} to ${path}`,
      {
        remedy: refusal?.remedy,
      },
    );
  };
  return {
    get: <Answer>(path: string) => request('GET', path) as Promise<Answer>,
    post: <Answer>(path: string, body: unknown) => request('POST', path, body) as Promise<Answer>,
    delete: async (path) => {
      await request('DELETE', path);
    },
  };
}
