/**
 * Opens a store in PostgreSQL, which several consoles share. Each has a schema of its own, called after its key, with the same
 * tables as in SQLite; secrets in it are encrypted with that key. What they show one another is in the schema `convoy`.
 */

import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { migrate, type Migrations } from '../migrate.ts';
import { migrations as ourMigrations, sharedMigrations } from '../migrations/index.ts';
import { protectBy } from '../protection.ts';
import { createConsoleRecords } from '../records/shared-consoles.ts';
import { createStore } from '../records/create-store.ts';
import type { ConsoleRecords, Store } from '../store.ts';
import { shownAddress } from './connection-string.ts';
import { createGuardedPool } from './guarded-pool.ts';
import { loadPg } from './load-pg.ts';

/** Options of `openPostgresStore`. */
export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`. It is a secret. */
  readonly address: string;
  /** The key of the console, at least 16 random characters: it names the schema and protects what is in it. */
  readonly key: string;
  readonly migrations?: Migrations | undefined;
}

/** A store of a console in a database with those of others. */
export interface PostgresStore extends Store {
  /** What messages call the store: its address without user and password. */
  readonly where: string;
  readonly consoles: ConsoleRecords;
}

const sharedSchema = 'convoy';

/** The clock of the server, in milliseconds since 1970: those of the consoles may differ. */
const serverClock = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** The schema of a console. */
export function schemaOf(key: string): string {
  const digest = createHash('sha256').update(`schema of ${key}`).digest('hex');
  return `convoy_${digest.slice(0, 16)}`;
}

/**
 * Opens the store, and creates or migrates its tables. Rejects with CONSOLE_BAD_OPTION for an address that is not one,
 * CONSOLE_NO_STORE_DRIVER, CONSOLE_STORE_UNREACHABLE or CONSOLE_STORE_NEWER.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<PostgresStore> {
  const { address, key, migrations = ourMigrations } = options;
  const where = shownAddress(address);
  const pool = createGuardedPool(await loadPg(), { address, where });
  const db = new Kysely<never>({ dialect: new PostgresDialect({ pool }) });
  const schema = schemaOf(key);
  try {
    const named = `the store ${where}`;
    await migrate(db, { where: named, schema: sharedSchema }, sharedMigrations);
    await migrate(db, { where: named, schema }, migrations);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const store = createStore(db.withSchema(schema), { where, protection: protectBy(key) });
  return { ...store, where, consoles: createConsoleRecords(db.withSchema(sharedSchema), serverClock) };
}
