/** A client of the HTTP API of the console that runs on a data directory. */

import { type ApiClient, ApiError, createApiClient } from '@convoy/console/client';
import { findMismatch, type RouteKey } from '@convoy/console/protocol';
import { findRunningConsole } from '@convoy/console/running';
import { dataDirOf } from '../options/config.ts';
import { CliError } from '../errors.ts';

/** Calls a route of the console: `await ask('GET /api/nodes/:name/logs', { params: { name } })`. */
export type ConsoleClient = ApiClient<RouteKey>;

/** The error for a data directory on which no console runs. */
export function noConsole(dataDir: string, cause?: unknown): CliError {
  return new CliError('CLI_NO_CONSOLE', `no console is running on ${dataDir}`, {
    cause,
    remedy: 'Start one with `convoy up`, or set --data-dir to the directory of a running one.',
  });
}

/** Creates a client of the console that runs on a data directory. Throws CLI_NO_CONSOLE if none does. */
export function createConsoleClient(dataDirOption: string | undefined): ConsoleClient {
  const dataDir = dataDirOf(dataDirOption);
  // A console that was killed leaves its file behind; a program that has taken its port must not receive the token.
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
    mismatchRemedy: 'The console was started by another version of `convoy`: restart it with this one.',
  });
  return (route, ...request) =>
    ask(route, ...request).catch((error: unknown) => {
      throw explain(error, dataDir);
    });
}

function explain(error: unknown, dataDir: string): unknown {
  if (!(error instanceof ApiError)) return error;
  const { code, message, remedy } = error.problem;
  if (code === 'CONSOLE_UNREACHABLE') return noConsole(dataDir, error.cause);
  if (code === 'CONSOLE_WRONG_ANSWER') return new CliError('CLI_WRONG_ANSWER', message, { remedy });
  return new CliError('CLI_CONSOLE_REFUSED', message, { remedy, reason: code });
}
