/** Checks answers of the HTTP API with the schemas of the table: a client may talk to a console of another version. */

import { type RouteKey, routes } from './routes.ts';

const rows = new Map<string, (typeof routes)[RouteKey]>(Object.entries(routes));

/** Describes in one line how an answer differs from the schema of its route; `undefined` if it is valid. Unknown fields are allowed. */
export function findMismatch(route: string, answer: unknown): string | undefined {
  const row = rows.get(route);
  if (row === undefined || !('answer' in row)) return undefined;
  const { error } = row.answer.safeParse(answer);
  const [issue] = error?.issues ?? [];
  return issue && `${issue.path.join('.') || 'the answer'}: ${issue.message}`;
}
