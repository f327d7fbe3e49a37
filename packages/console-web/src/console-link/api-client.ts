/** The page's client of the HTTP API. Every failure is an `ApiError` that carries the problem and its remedy. */

import { type ApiClient, ApiError, createApiClient } from '@convoy/console/client';
import type { Problem } from '@convoy/console/protocol';
import { type AskedRoute, findMismatch } from './answer-guard.ts';
import { consoleUrl } from './console-url.ts';

export { ApiError } from '@convoy/console/client';

/**
 * Asks the console: `await ask('POST /api/hosts/:id/look', { params: { id } })`. A route that does not compile here yet needs a
 * guard in answer-guard.ts.
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
  unreachableRemedy: 'Is `convoy up` still running? This page connects again by itself as soon as it is.',
  mismatchRemedy: 'The console was probably updated while this page was open. Reload the page.',
});

/** What went wrong, for people, whatever was thrown. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'PAGE_FAULT', message };
}
