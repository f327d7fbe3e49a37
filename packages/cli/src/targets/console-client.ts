/** Talks to the console that runs on a data directory, by its HTTP API. */

import { type ApiClient, ApiError, createApiClient } from '@convoy/console/client';
import { type RouteKey, routes } from '@convoy/console/protocol';
import { findRunningConsole } from '@convoy/console/running';
import { dataDirOf } from '../options/config.ts';
import { CliError } from '../errors.ts';

/** Asks the console: `await console('GET /api/nodes/:name/logs', { params: { name } })`. */
export type ConsoleClient = ApiClient<RouteKey>;

const startRemedy = 'Start one with `convoy up`, or name its directory with --data-dir.';

function noConsole(dataDir: string, cause?: unknown): CliError {
  return new CliError('CLI_NO_CONSOLE', `no console runs on ${dataDir}`, { cause, remedy: startRemedy });
}

/** A client of the console of `dataDir`. Throws CLI_NO_CONSOLE when none runs there. */
export function createConsoleClient(dataDirOption: string | undefined): ConsoleClient {
  const dataDir = dataDirOf(dataDirOption);
  // A killed console leaves its file behind; the program that listens on its port now must not receive the token.
  const running = findRunningConsole(dataDir);
  if (running === undefined) throw noConsole(dataDir);
  const { url, token } = running;
  const ask = createApiClient<RouteKey>({
    send: ({ method, path, body }) =>
      fetch(new URL(`.${path}`, url), {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body }),
      }),
    findMismatch,
    unreachableRemedy: startRemedy,
    mismatchRemedy: 'The console was started by another version of `convoy`: restart it with this one.',
  });
  return (route, ...request) =>
    ask(route, ...request).catch((error: unknown) => {
      throw explain(error, dataDir);
    });
}

/** The console may have been started by another version of the command. */
function findMismatch(route: string, answer: unknown): string | undefined {
  const row = new Map<string, (typeof routes)[RouteKey]>(Object.entries(routes)).get(route);
  if (row === undefined || !('answer' in row)) return undefined;
  const { error } = row.answer.safeParse(answer);
  const [issue] = error?.issues ?? [];
  return issue && `${issue.path.join('.') || 'the answer'}: ${issue.message}`;
}

function explain(error: unknown, dataDir: string): unknown {
  if (!(error instanceof ApiError)) return error;
  const { code, message, remedy } = error.problem;
  if (code === 'CONSOLE_UNREACHABLE') return noConsole(dataDir, error.cause);
  if (code === 'CONSOLE_WRONG_ANSWER') return new CliError('CLI_WRONG_ANSWER', message, { remedy });
  return new CliError('CLI_CONSOLE_REFUSED', message, { remedy, reason: code });
}
