/**
 * What consoles with one store show one another. Other consoles write these rows, of other versions and with other people's
 * node names: a row that makes no sense is left out, and none is longer than what is read.
 */

import { type Kysely, type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { ConsoleRecords, OtherConsole } from '../store.ts';
import type { SharedTables } from '../tables.ts';

const maxOthers = 50;
/** Characters of JSON. */
export const maxSharedNodes = 524_288;

const rowSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  label: z.string().min(1).max(300),
  // It becomes a link in the page.
  url: z
    .string()
    .max(1000)
    .regex(/^https?:\/\//)
    .nullable(),
  // What a date can be.
  seen_at: z.coerce.number().int().min(0).max(8_640_000_000_000_000),
  age: z.coerce.number(),
  revision: z.coerce.number().int(),
});

/** `clock` is the time of the database, in milliseconds since 1970. */
export function createConsoleRecords(database: Kysely<never>, clock: RawBuilder<number>): ConsoleRecords {
  const db = database as unknown as Kysely<SharedTables>;
  return {
    async announce({ id, label, url = null }, nodes) {
      const values = { label, url, nodes };
      await db
        .insertInto('shared_consoles')
        .values({ id, ...values, seen_at: clock, revision: 1 })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet({
            ...values,
            seen_at: clock,
            revision: sql<number>`${sql.ref('shared_consoles.revision')} + 1`,
          }),
        )
        .execute();
    },

    async touch(id) {
      const { numUpdatedRows } = await db
        .updateTable('shared_consoles')
        .set({ seen_at: clock })
        .where('id', '=', id)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    async leave(id) {
      await db.deleteFrom('shared_consoles').where('id', '=', id).execute();
    },

    others: (id) => othersOf(db, clock, id),

    async nodesOf(id) {
      const row = await db
        .selectFrom('shared_consoles')
        .select('nodes')
        .where('id', '=', id)
        .where(sql<number>`length(${sql.ref('nodes')})`, '<=', maxSharedNodes)
        .executeTakeFirst();
      return row?.nodes;
    },

    async forgetSilent(ageMs) {
      await db
        .deleteFrom('shared_consoles')
        .where('seen_at', '<', sql<number>`${clock} - ${sql.lit(ageMs)}`)
        .execute();
    },
  };
}

async function othersOf(
  db: Kysely<SharedTables>,
  clock: RawBuilder<number>,
  id: string,
): Promise<OtherConsole[]> {
  const rows = await db
    .selectFrom('shared_consoles')
    .select(['id', 'label', 'url', 'seen_at', 'revision'])
    .select(sql<number>`${clock} - ${sql.ref('seen_at')}`.as('age'))
    .where('id', '<>', id)
    .orderBy('seen_at', 'desc')
    .limit(maxOthers)
    .execute();
  return rows.flatMap((row) => {
    const { success, data } = rowSchema.safeParse(row);
    if (!success) return [];
    const { url, seen_at, age, ...other } = data;
    return [{ ...other, url: url ?? undefined, seenAt: seen_at, ageMs: Math.max(0, age) }];
  });
}
