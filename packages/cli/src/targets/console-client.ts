/** Talks to the console that runs on a data directory, by its HTTP API. */

import type { Problem } from '@convoy/console/protocol';
import { findRunningConsole } from '@convoy/console/running';
import { dataDirOf } from '../options/config.ts';
import { CliError } from '../errors.ts';

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

/** A client of the console of `dataDir`. Throws CLI_NO_CONSOLE when none runs there. */
export function createConsoleClient(dataDirOption: string | undefined): ConsoleClient {
  const dataDir = dataDirOf(dataDirOption);
  // A killed console leaves its file behind; the program that listens on its port now must not receive the token.
  const running = findRunningConsole(dataDir);
  if (running === undefined) throw noConsole(dataDir);
  const { url, token } = running;
  const request = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(new URL(`.${path}`, url), {
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
