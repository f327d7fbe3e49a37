/** The identity of the console: the one row of `consoles`. */

import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { IdentityRecords } from '../store.ts';
import type { Tables } from '../tables.ts';
import { type RecordContext, storedRows } from './stored-rows.ts';

const rowSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  node_name: z.string().regex(/^convoy-[0-9a-f]{8}@127\.0\.0\.1$/),
});

export function createIdentityRecords(db: Kysely<Tables>, { where }: RecordContext): IdentityRecords {
  return {
    async load() {
      const rows = await db.selectFrom('consoles').selectAll().limit(1).execute();
      const [row] = storedRows(rowSchema, rows, { where, table: 'consoles' });
      return row === undefined ? undefined : { id: row.id, node: row.node_name };
    },
    async save({ id, node }) {
      await db.deleteFrom('consoles').execute();
      await db.insertInto('consoles').values({ id, node_name: node }).execute();
    },
  };
}
