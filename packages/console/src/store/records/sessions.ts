/** The sessions of logged-in browsers. */

import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { SessionRecords } from '../store.ts';
import type { Tables } from '../tables.ts';
import { storedRows } from './stored-rows.ts';

const rowSchema = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  created_at: z.coerce.number().int().min(0),
  seen_at: z.coerce.number().int().min(0),
});

export function createSessionRecords(db: Kysely<Tables>, where: string): SessionRecords {
  return {
    async load(tag) {
      const rows = await db
        .selectFrom('sessions')
        .select(['digest', 'created_at', 'seen_at'])
        .where('tag', '=', tag)
        .orderBy('created_at')
        .execute();
      return storedRows(rowSchema, rows, { where, table: 'sessions' }).map(
        ({ digest, created_at, seen_at }) => ({ digest, createdAt: created_at, seenAt: seen_at }),
      );
    },

    async save(tag, sessions) {
      for (const { digest, createdAt, seenAt } of sessions) {
        const values = { tag, created_at: createdAt, seen_at: seenAt };
        await db
          .insertInto('sessions')
          .values({ digest, ...values })
          .onConflict((conflict) => conflict.column('digest').doUpdateSet(values))
          .execute();
      }
    },

    async delete(digests) {
      if (digests.length === 0) return;
      await db.deleteFrom('sessions').where('digest', 'in', digests).execute();
    },

    async deleteOthers(tag) {
      await db.deleteFrom('sessions').where('tag', '<>', tag).execute();
    },

    async deleteAll() {
      await db.deleteFrom('sessions').execute();
    },
  };
}
