/** Brings a store up to date. Refuses one that a newer version of Convoy has written. */

import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { ConsoleError } from '../errors.ts';

/** The table in which kysely records the migrations that have run. */
interface Migrated {
  readonly kysely_migration: { readonly name: string };
}

export type Migrations = Readonly<Record<string, Migration>>;

/** What is migrated. */
export interface Migrating {
  /** Names the store in messages. */
  readonly where: string;
  /** The schema of its tables, in a database that has several. */
  readonly schema?: string | undefined;
}

/**
 * Runs the migrations that are missing, all of them in one transaction. Throws CONSOLE_STORE_NEWER, before anything has
 * changed, if the store has migrations that this version does not know.
 */
export async function migrate(db: Kysely<never>, store: Migrating, migrations: Migrations): Promise<void> {
  await refuseNewer(db, store, migrations);
  const { schema } = store;
  const migrator = new Migrator({
    db: schema === undefined ? db : db.withSchema(schema),
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof Error) throw error;
  if (error !== undefined) throw new TypeError('a migration failed', { cause: error });
}

/** Throws CONSOLE_STORE_NEWER if the store has migrations that are not in `migrations`. Changes nothing. */
export async function refuseNewer(
  db: Kysely<never>,
  { where, schema }: Migrating,
  migrations: Migrations,
): Promise<void> {
  const unknown = (await migrationsOf(db, schema)).find((name) => !Object.hasOwn(migrations, name));
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
async function migrationsOf(db: Kysely<never>, schema: string | undefined): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  const isOurs = (table: { readonly schema?: string }): boolean =>
    schema === undefined || table.schema === schema;
  if (!tables.some((table) => table.name === 'kysely_migration' && isOurs(table))) return [];
  const ours = schema === undefined ? db : db.withSchema(schema);
  const rows = await (ours as unknown as Kysely<Migrated>)
    .selectFrom('kysely_migration')
    .select('name')
    .execute();
  return rows.map(({ name }) => name);
}
