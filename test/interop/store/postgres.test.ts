/** The contract of the store on a real PostgreSQL: the same tables, migrations and queries as in the file of SQLite. */

import { after } from 'node:test';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { migrate, type Migrations } from '../../../packages/console/src/store/migrate.ts';
import { migrations as ourMigrations } from '../../../packages/console/src/store/migrations/index.ts';
import { createStore } from '../../../packages/console/src/store/records/create-store.ts';
import type { Store } from '../../../packages/console/src/store/store.ts';
import { type StoreFixture, testStore } from '../../conformance/store.ts';
import { onlyInAll } from '../../support/extent.ts';
import {
  missingPostgres,
  type PostgresServer,
  startPostgres,
} from '../../support/network/postgres-server.ts';

let starting: Promise<PostgresServer> | undefined;
let databases = 0;

after(async () => {
  await (await starting)?.[Symbol.asyncDispose]();
});

async function makeFixture(): Promise<StoreFixture> {
  starting ??= startPostgres();
  const { connection } = await starting;
  databases += 1;
  const database = `store_${databases}`;
  const query = async (name: string, statement: string): Promise<void> => {
    const client = new pg.Client({ ...connection, database: name });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await query('postgres', `create database ${database}`);
  return {
    async open(migrations: Migrations = ourMigrations): Promise<Store> {
      const pool = new pg.Pool({ ...connection, database });
      const db = new Kysely<never>({ dialect: new PostgresDialect({ pool }) });
      try {
        await migrate(db, 'the store', migrations);
        return createStore(db, database);
      } catch (error) {
        await db.destroy();
        throw error;
      }
    },
    run: (statement) => query(database, statement),
    [Symbol.asyncDispose]: () => query('postgres', `drop database ${database}`),
  };
}

testStore('in PostgreSQL', makeFixture, onlyInAll(missingPostgres));
