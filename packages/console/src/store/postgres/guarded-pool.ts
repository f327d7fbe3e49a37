/**
 * Connections to PostgreSQL for kysely: every error is explained, and a connection whose state is not known after one is
 * closed instead of used again.
 */

import type * as Pg from 'pg';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { postgresProblem } from './postgres-problem.ts';

/** The writes of a store take turns, and other consoles are read beside them. */
const maxConnections = 3;
const connectTimeoutMs = 3000;
const queryTimeoutMs = 10_000;
/** After a failed attempt, so that a console without its database does not wait for each query again, above all when it ends. */
const restMs = 2000;

/** Opens a pool. `where` names the store in errors. */
export function createGuardedPool(
  pg: typeof Pg.default,
  { address, where }: { readonly address: string; readonly where: string },
): PostgresPool {
  const pool = new pg.Pool({
    connectionString: address,
    application_name: 'convoy',
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  });
  // A connection that is lost while nothing is asked: the next query opens another.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  let failure: { readonly problem: unknown; readonly at: number } | undefined;
  return {
    options: {},
    async connect() {
      if (failure !== undefined && performance.now() - failure.at < restMs) throw failure.problem;
      try {
        const client = await pool.connect();
        failure = undefined;
        return guardedClient(client, where);
      } catch (error) {
        const problem = postgresProblem(error, where);
        failure = { problem, at: performance.now() };
        throw problem;
      }
    },
    end: () => pool.end(),
  };
}

function guardedClient(client: Pg.PoolClient, where: string): PostgresPoolClient {
  let isBroken = false;
  const query = async (sql: string, parameters: readonly unknown[]): Promise<unknown> => {
    try {
      return await client.query(sql, [...parameters]);
    } catch (error) {
      const problem = postgresProblem(error, where);
      if (problem !== error) isBroken = true;
      throw problem;
    }
  };
  return {
    query: query as PostgresPoolClient['query'],
    release: (isDiscarded = false) => client.release(isDiscarded || isBroken),
  };
}
