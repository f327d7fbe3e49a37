/** What a handler of a route is given and what it returns: both follow from the row of the route. */

import type { Actor, Credentials } from '../auth/gatekeeper.ts';
import type { AnswerOf, CheckedOf, ParamOf, RouteTable } from '../protocol/index.ts';
import type { ApiContext } from './api-context.ts';

/** The session cookie of the answer. */
export interface SessionCookie {
  set(secret: string): void;
  delete(): void;
}

/** One request, with everything checked that its row asks for. */
export interface CheckedRequest {
  /** Who asks; `undefined` on routes that anyone may call. */
  readonly actor: Actor | undefined;
  readonly credentials: Credentials;
  readonly cookie: SessionCookie;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
}

/** The same with the types of the row. */
export interface Call<Key, Route> extends CheckedRequest {
  readonly actor: Route extends { readonly access: 'user' } ? Actor : undefined;
  readonly params: Readonly<Record<ParamOf<Key>, string>>;
  readonly query: Route extends { readonly query: infer Schema } ? CheckedOf<Schema> : undefined;
  readonly body: Route extends { readonly body: infer Schema } ? CheckedOf<Schema> : undefined;
}

/** An answer becomes JSON at once, so it may be read-only. */
type ReadonlyDeep<Value> = Value extends object
  ? { readonly [Key in keyof Value]: ReadonlyDeep<Value[Key]> }
  : Value;

type Answer<Route> = ReadonlyDeep<AnswerOf<Route>>;

/** A handler for each row of a table, by the same key. */
export type HandlersOf<Table> = {
  readonly [Key in keyof Table]: (
    context: ApiContext,
    call: Call<Key, Table[Key]>,
  ) => Answer<Table[Key]> | Promise<Answer<Table[Key]>>;
};

/** A table and its handlers, as the application runs them. */
export interface Api {
  readonly rows: RouteTable;
  readonly handlers: Readonly<Record<string, (context: ApiContext, call: never) => unknown>>;
}

/** Ties a table to its handlers: a row without a handler, or a handler without a row, does not compile. */
export function defineApi<Table extends RouteTable, Handlers extends HandlersOf<Table>>(
  rows: Table,
  handlers: Handlers & Readonly<Record<Exclude<keyof Handlers, keyof Table>, never>>,
): Api {
  return { rows, handlers };
}
