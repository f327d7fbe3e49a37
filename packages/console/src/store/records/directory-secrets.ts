/** Token and cookie of the data directory that a backup was made of, in the table `secrets`. */

import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DirectorySecretRecords } from '../store.ts';
import type { Tables } from '../tables.ts';
import { type RecordContext, storedRows } from './stored-rows.ts';

/** The owner of these secrets. The keys of places contain a colon. */
const owner = 'data directory';

const rowSchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('token'), value: z.string().regex(/^[\u0021-\u007e]{16,256}$/) }),
  z.object({ name: z.literal('cookie'), value: z.string().regex(/^[\u0020-\u007e]{16,255}$/) }),
]);

export function createDirectorySecretRecords(
  db: Kysely<Tables>,
  { where, protection }: RecordContext,
): DirectorySecretRecords {
  return {
    async load() {
      const rows = await db
        .selectFrom('secrets')
        .select(['name', 'value'])
        .where('owner', '=', owner)
        .execute();
      const opened = rows.map(({ name, value }) => ({ name, value: protection.open(value, [owner, name]) }));
      const secrets = storedRows(rowSchema, opened, { where, table: 'secrets' });
      return Object.fromEntries(secrets.map(({ name, value }) => [name, value]));
    },

    async save(secrets = {}) {
      await db.deleteFrom('secrets').where('owner', '=', owner).execute();
      for (const [name, value] of Object.entries(secrets)) {
        if (value === undefined) continue;
        const sealed = protection.seal(value, [owner, name]);
        await db.insertInto('secrets').values({ owner, name, value: sealed }).execute();
      }
    },
  };
}
