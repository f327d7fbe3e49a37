/** The page's client of the HTTP API. Every failure is an `ApiError` that carries the problem and its remedy. */

import { type ApiClient, ApiError, createApiClient } from '@convoy/console/client';
import type { Problem } from '@convoy/console/protocol';
import { type AskedRoute, findMismatch } from './answer-guard.ts';
import { consoleUrl } from './console-url.ts';

export { ApiError } from '@convoy/console/client';

/**
 * Calls a route of the console: `await ask('POST /api/hosts/:id/refresh', { params: { id } })`. A route that does not compile
 * here needs a guard in answer-guard.ts.
 */
export const ask: ApiClient<AskedRoute> = createApiClient<AskedRoute>({
  send: ({ method, path, body }) =>
    fetch(consoleUrl(path), {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    }),
  findMismatch,
  unreachableRemedy: 'Check that `convoy up` is still running. This page reconnects by itself.',
  mismatchRemedy: 'The console was probably updated while this page was open. Reload the page.',
});

/** The problem for any error. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'PAGE_FAULT', message };
}
