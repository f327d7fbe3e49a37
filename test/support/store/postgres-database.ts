/** An empty database on a PostgreSQL server of the test file. */

import { after } from 'node:test';
import pg from 'pg';
import { type PostgresServer, startPostgres } from '../network/postgres-server.ts';

export interface PostgresDatabase extends AsyncDisposable {
  readonly address: string;
  /** Runs statements on one connection, and resolves with the rows of the last one. */
  query(...statements: readonly string[]): Promise<readonly Record<string, unknown>[]>;
}

/** Makes databases on a server that is started by the first one, and ends after all tests of the file. */
export function postgresDatabases(): () => Promise<PostgresDatabase> {
  let starting: Promise<PostgresServer> | undefined;
  let count = 0;
  after(async () => {
    await (await starting)?.[Symbol.asyncDispose]();
  });
  return async () => {
    starting ??= startPostgres();
    const server = await starting;
    count += 1;
    return createDatabase(server, `store_${count}`);
  };
}

/** Makes a database. It is dropped with everything in it, also while it is in use. */
export async function createDatabase(
  { connection, addressOf }: PostgresServer,
  database: string,
): Promise<PostgresDatabase> {
  const query = async (name: string, statements: readonly string[]): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ ...connection, database: name });
    await client.connect();
    let rows: Record<string, unknown>[] = [];
    try {
      for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
    } finally {
      await client.end();
    }
    return rows;
  };
  await query('postgres', [`create database ${database}`]);
  return {
    address: addressOf(database),
    query: (...statements) => query(database, statements),
    async [Symbol.asyncDispose]() {
      await query('postgres', [`drop database ${database} with (force)`]);
    },
  };
}
