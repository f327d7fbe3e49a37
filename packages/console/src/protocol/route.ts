/** What a row of the table in routes.ts is made of, and the types that follow from a row: parameters, query, body, answer. */

import type { z } from 'zod';

/** A route of the HTTP API. Its method and path are its key in the table. */
export interface Row<Code extends string = string> {
  /** What it does, in one line. */
  readonly summary: string;
  /** Who may call it: everyone, or a logged-in user. */
  readonly access: 'anyone' | 'user';
  /** The former path, which still works. */
  readonly deprecatedPath?: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType | undefined;
  /** Without one the status of success is 204. */
  readonly answer?: z.ZodType;
  /** Status of success of a route with an answer. Default 200. */
  readonly status?: 202 | undefined;
  /**
   * Codes of errors that are particular to this route. Those that follow from the rest of the row (not logged in, a body that
   * does not fit) are left out, as are those of the nodes, hosts and platforms that it asks (status 502).
   */
  readonly errors: readonly Code[];
}

type Method = 'GET' | 'POST' | 'DELETE';

/** Rows by method and path, with `:name` for parameters. */
export type RouteTable<Code extends string = string> = Readonly<
  Record<`${Method} /api/${string}`, Row<Code>>
>;

type PathOf<Key> = Key extends `${string} ${infer Path}` ? Path : never;

type NamesIn<Path extends string> = Path extends `${infer First}/${infer Rest}`
  ? NamesIn<First> | NamesIn<Rest>
  : Path extends `:${infer Name}`
    ? Name
    : never;

/** Names of the parameters in the path of a key. */
export type ParamOf<Key> = NamesIn<PathOf<Key>>;

/** What a body or a query is once it is checked. */
export type CheckedOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** What the client of a route is given. */
export type AnswerOf<Route> = Route extends { readonly answer: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : void;

type ParamsPart<Key> = [ParamOf<Key>] extends [never]
  ? unknown
  : { readonly params: { readonly [Name in ParamOf<Key>]: string } };
type QueryPart<Route> = Route extends { readonly query: infer Schema extends z.ZodType }
  ? { readonly query?: z.input<Schema> }
  : unknown;
type BodyPart<Route> = Route extends { readonly body: infer Schema extends z.ZodType }
  ? { readonly body: z.input<Schema> }
  : unknown;

/** What the client of a route gives. */
export type RequestOf<Key, Route> = ParamsPart<Key> & QueryPart<Route> & BodyPart<Route>;

/** Method and path of a key. */
export function splitKey(key: string): { readonly method: string; readonly path: string } {
  const space = key.indexOf(' ');
  return { method: key.slice(0, space), path: key.slice(space + 1) };
}
