/** The types of route handlers. The parameters and the result of a handler follow from the row of its route. */

import type { Actor, Credentials } from '../auth/gatekeeper.ts';
import type { AnswerOf, CheckedOf, ParamOf, RouteTable } from '../protocol/index.ts';
import type { ApiContext } from './api-context.ts';

/** Sets or deletes the session cookie in the answer. */
export interface SessionCookie {
  set(secret: string): void;
  delete(): void;
}

/** A request whose parts have been checked as its row requires. */
export interface CheckedRequest {
  /** The sender; `undefined` on routes that anyone may call. */
  readonly actor: Actor | undefined;
  readonly credentials: Credentials;
  readonly cookie: SessionCookie;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
}

/** A checked request with the types of its row. */
export interface Call<Key, Route> extends CheckedRequest {
  readonly actor: Route extends { readonly access: 'user' } ? Actor : undefined;
  readonly params: Readonly<Record<ParamOf<Key>, string>>;
  readonly query: Route extends { readonly query: infer Schema } ? CheckedOf<Schema> : undefined;
  readonly body: Route extends { readonly body: infer Schema } ? CheckedOf<Schema> : undefined;
}

/** A handler may return read-only values, because an answer is encoded as JSON at once. */
type ReadonlyDeep<Value> = Value extends object
  ? { readonly [Key in keyof Value]: ReadonlyDeep<Value[Key]> }
  : Value;

/** What a handler returns: the value of its answer, or a response of its own where the row has `media`. */
type Answer<Route> = Route extends { readonly media: readonly string[] }
  ? Response
  : ReadonlyDeep<AnswerOf<Route>>;

/** A handler for each row of a table, under the same key. */
export type HandlersOf<Table> = {
  readonly [Key in keyof Table]: (
    context: ApiContext,
    call: Call<Key, Table[Key]>,
  ) => Answer<Table[Key]> | Promise<Answer<Table[Key]>>;
};

/** A table and its handlers, as the application uses them. */
export interface Api {
  readonly rows: RouteTable;
  readonly handlers: Readonly<Record<string, (context: ApiContext, call: never) => unknown>>;
}

/** Combines a table with its handlers. A row without a handler, or a handler without a row, does not compile. */
export function defineApi<Table extends RouteTable, Handlers extends HandlersOf<Table>>(
  rows: Table,
  handlers: Handlers & Readonly<Record<Exclude<keyof Handlers, keyof Table>, never>>,
): Api {
  return { rows, handlers };
}
