/** The sessions of logged-in browsers. */

import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { SavedSession, SessionRecords } from '../store.ts';
import type { Tables } from '../tables.ts';
import { type RecordContext, storedRows } from './stored-rows.ts';

const rowSchema = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  tag: z.string(),
  created_at: z.coerce.number().int().min(0),
  seen_at: z.coerce.number().int().min(0),
});

export function createSessionRecords(
  db: Kysely<Tables>,
  { where, protection }: RecordContext,
): SessionRecords {
  /** A row is marked with all its values. Otherwise everyone who can write to the database could log in. */
  const markOf = (tag: string, { digest, createdAt, seenAt }: SavedSession): string =>
    protection.mark(tag, [digest, createdAt, seenAt]);
  const all = async (): Promise<(SavedSession & { readonly mark: string })[]> => {
    const rows = await db.selectFrom('sessions').selectAll().orderBy('created_at').execute();
    return storedRows(rowSchema, rows, { where, table: 'sessions' }).map(
      ({ digest, tag, created_at, seen_at }) => ({
        digest,
        mark: tag,
        createdAt: created_at,
        seenAt: seen_at,
      }),
    );
  };
  const remove = async (digests: readonly string[]): Promise<void> => {
    if (digests.length === 0) return;
    await db.deleteFrom('sessions').where('digest', 'in', digests).execute();
  };
  return {
    async load(tag) {
      const found = (await all()).filter(({ mark, ...session }) => mark === markOf(tag, session));
      return found.map(({ mark: _mark, ...session }) => session);
    },

    async save(tag, sessions) {
      for (const session of sessions) {
        const { digest, createdAt, seenAt } = session;
        const values = { tag: markOf(tag, session), created_at: createdAt, seen_at: seenAt };
        await db
          .insertInto('sessions')
          .values({ digest, ...values })
          .onConflict((conflict) => conflict.column('digest').doUpdateSet(values))
          .execute();
      }
    },

    delete: remove,

    async deleteOthers(tag) {
      const others = (await all()).filter(({ mark, ...session }) => mark !== markOf(tag, session));
      await remove(others.map(({ digest }) => digest));
    },

    async deleteAll() {
      await db.deleteFrom('sessions').execute();
    },
  };
}
