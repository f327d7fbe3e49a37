/** The contracts of the store on a real PostgreSQL: the same tables, migrations and queries as in the file of SQLite. */

import { openPostgresStore, schemaOf } from '../../../packages/console/src/store/postgres/open-postgres.ts';
import { type ConsoleRecordsFixture, testConsoleRecords } from '../../conformance/console-records.ts';
import { type StoreFixture, testStore } from '../../conformance/store.ts';
import { onlyInAll } from '../../support/extent.ts';
import { missingPostgres } from '../../support/network/postgres-server.ts';
import { postgresDatabases } from '../../support/store/postgres-database.ts';

const makeDatabase = postgresDatabases();
const key = 'the-key-of-this-console';

async function makeStore(): Promise<StoreFixture> {
  const database = await makeDatabase();
  return {
    open: (migrations) => openPostgresStore({ address: database.address, key, migrations }),
    async run(statement) {
      await database.query(`set search_path to ${schemaOf(key)}`, statement);
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

async function makeConsoleRecords(): Promise<ConsoleRecordsFixture> {
  const database = await makeDatabase();
  const store = await openPostgresStore({ address: database.address, key });
  return {
    records: store.consoles,
    async run(statement) {
      await database.query('set search_path to convoy', statement);
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

testStore('in PostgreSQL', makeStore, onlyInAll(missingPostgres));
testConsoleRecords('in PostgreSQL', makeConsoleRecords, onlyInAll(missingPostgres));
