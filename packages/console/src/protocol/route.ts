/** The type of a row of the table in routes.ts, and the types that follow from a row: parameters, query, body, answer. */

import type { z } from 'zod';

/** A route of the HTTP API. Its method and path are its key in the table. */
export interface Row<Code extends string = string> {
  /** What the route does, in one line. */
  readonly summary: string;
  /** Who may call it: everyone, or a logged-in user. */
  readonly access: 'anyone' | 'user';
  /** Former path of the route, which still works. */
  readonly deprecatedPath?: string;
  /** Schema of the query. */
  readonly query?: z.ZodObject;
  /** Schema of the JSON body. */
  readonly body?: z.ZodType | undefined;
  /** Schema of the answer. A route without one answers 204, unless it has `media`. */
  readonly answer?: z.ZodType;
  /** The media types of an answer that is a file and not JSON. The handler returns a `Response`. */
  readonly media?: readonly string[];
  /** Status of a successful answer. Default 200. */
  readonly status?: 202 | undefined;
  /**
   * Error codes specific to this route. Omitted are those that follow from the rest of the row (not logged in, an invalid
   * body) and those of the nodes, hosts and platforms that the route asks (status 502).
   */
  readonly errors: readonly Code[];
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

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

/** The type of a body or a query after it has been checked. */
export type CheckedOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** The answer that a client of a route receives. A file is not received by the client of the table, but opened as a link. */
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

/** The request that a client of a route passes. */
export type RequestOf<Key, Route> = ParamsPart<Key> & QueryPart<Route> & BodyPart<Route>;

/** Splits a key into method and path. */
export function splitKey(key: string): { readonly method: string; readonly path: string } {
  const space = key.indexOf(' ');
  return { method: key.slice(0, space), path: key.slice(space + 1) };
}
