/** What a row of the API is made of. The rows are in routes.ts and host-routes.ts. */

import type { z } from 'zod';
import type { Actor } from '../auth/gatekeeper.ts';
import type { ApiContext } from './api-context.ts';

/** One request, with everything checked. */
export interface Call<Body> {
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Body;
}

export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  /** With `:name` for parameters. */
  readonly path: string;
  /** The former path, which still works. */
  readonly deprecatedPath?: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: z.ZodType;
  /** Status of success, 200 when left out. */
  readonly status?: 200 | 202 | 204;
  readonly answer?: z.ZodType;
  /** What it answers, or a promise of it. */
  run(context: ApiContext, call: Call<never>): unknown;
}

/** Ties the type of the body to its schema. */
export function route<Body = undefined>(
  row: Omit<Route, 'body' | 'run'> & {
    body?: z.ZodType<Body>;
    run(context: ApiContext, call: Call<Body>): unknown;
  },
): Route {
  return row;
}

/** A parameter of the path. */
export function param(call: Call<unknown>, name: string): string {
  return call.params[name] ?? '';
}
