/** What consoles show one another, in the memory of a test: the table and the queries of PostgreSQL, in SQLite. */

import { sql } from 'kysely';
import { migrate } from '../../../packages/console/src/store/migrate.ts';
import { sharedMigrations } from '../../../packages/console/src/store/migrations/index.ts';
import { createConsoleRecords } from '../../../packages/console/src/store/records/shared-consoles.ts';
import { loadSqlite } from '../../../packages/console/src/store/sqlite/load-sqlite.ts';
import { kyselyOf } from '../../../packages/console/src/store/sqlite/open-sqlite.ts';
import type { ConsoleRecordsFixture } from '../../conformance/console-records.ts';

const clock = sql<number>`cast(unixepoch('subsec') * 1000 as integer)`;

export async function makeMemoryRecords(): Promise<ConsoleRecordsFixture> {
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(':memory:');
  const db = kyselyOf(database, 'memory');
  await migrate(db, { where: 'memory' }, sharedMigrations);
  return {
    records: createConsoleRecords(db, clock),
    run: (statement) => Promise.resolve(database.exec(statement)),
    [Symbol.asyncDispose]: () => db.destroy(),
  };
}
