/** Brings a store up to date. Refuses one that a newer version of Convoy has written. */

import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { ConsoleError } from '../errors.ts';

/** The table in which kysely records the migrations that have run. */
interface Migrated {
  readonly kysely_migration: { readonly name: string };
}

export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Runs the migrations that are missing, all of them in one transaction. Throws CONSOLE_STORE_NEWER, before anything has
 * changed, if the store has migrations that this version does not know. `where` names the store in messages.
 */
export async function migrate(db: Kysely<never>, where: string, migrations: Migrations): Promise<void> {
  await refuseNewer(db, where, migrations);
  const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error instanceof Error) throw error;
  if (error !== undefined) throw new TypeError('a migration failed', { cause: error });
}

/** Throws CONSOLE_STORE_NEWER if the store has migrations that are not in `migrations`. Changes nothing. */
export async function refuseNewer(db: Kysely<never>, where: string, migrations: Migrations): Promise<void> {
  const unknown = (await migrationsOf(db)).find((name) => !Object.hasOwn(migrations, name));
  if (unknown === undefined) return;
  throw new ConsoleError(
    'CONSOLE_STORE_NEWER',
    `${where} was written by a newer version of Convoy (${unknown})`,
    {
      remedy: 'Update Convoy, or set dataDir to another folder. Nothing was changed.',
    },
  );
}

/** The names of the migrations that a store has; none in a new one. */
async function migrationsOf(db: Kysely<never>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const rows = await (db as unknown as Kysely<Migrated>)
    .selectFrom('kysely_migration')
    .select('name')
    .execute();
  return rows.map(({ name }) => name);
}
