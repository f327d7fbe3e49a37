/** Open shells. What they show may be secret, so it is sealed, bound to the shell. */

import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { OpenShellRecord, OpenShellRecords } from '../store.ts';
import type { Tables } from '../tables.ts';
import { type RecordContext, storedRows } from './stored-rows.ts';

const rowSchema = z.object({
  id: z.string().regex(/^[\w-]{1,64}$/),
  node: z.string().min(3).max(300),
  kind: z.enum(['iex', 'erl']),
  number: z.int().min(1).max(100_000),
  cols: z.int().min(1).max(1000),
  rows: z.int().min(1).max(1000),
  opened_at: z.coerce.number().int().min(0),
  handle: z.string().min(1).max(2000),
  screen: z.string(),
});

export function createOpenShellRecords(
  db: Kysely<Tables>,
  { where, protection }: RecordContext,
): OpenShellRecords {
  return {
    async all() {
      const stored = await db.selectFrom('open_shells').selectAll().orderBy('opened_at').execute();
      const rows = stored.map(({ handle, screen, ...row }) => ({
        ...row,
        handle: protection.open(handle, contextOf(row, 'handle')),
        screen: protection.open(screen, contextOf(row, 'screen')),
      }));
      return storedRows(rowSchema, rows, { where, table: 'open_shells' }).map(
        ({ opened_at: openedAt, ...row }) => ({ ...row, openedAt }),
      );
    },

    async save({ id, openedAt, handle, screen, ...shell }: OpenShellRecord) {
      const values = {
        ...shell,
        opened_at: openedAt,
        handle: protection.seal(handle, contextOf({ id, node: shell.node }, 'handle')),
        screen: protection.seal(screen, contextOf({ id, node: shell.node }, 'screen')),
      };
      await db
        .insertInto('open_shells')
        .values({ id, ...values })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
        .execute();
    },

    async delete(id) {
      await db.deleteFrom('open_shells').where('id', '=', id).execute();
    },
  };
}

function contextOf({ id, node }: { readonly id: string; readonly node: string }, what: string): string[] {
  return [id, node, what];
}
