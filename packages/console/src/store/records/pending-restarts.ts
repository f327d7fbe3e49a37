/** Restarts that are under way. How a node is launched again may be secret, so it is in the table `secrets`, in the same transaction. */

import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { PendingRestartRecord, PendingRestartRecords } from '../store.ts';
import type { Tables } from '../tables.ts';
import { type RecordContext, storedRows } from './stored-rows.ts';

const rowSchema = z.object({
  node: z.string().regex(/^[^@\s]{1,200}@[^@\s]{1,200}$/),
  os_pid: z.int().min(2).nullable(),
  request: z.string().min(2),
});

const request = 'request';
const ownerOf = (node: string): string => `restart ${node}`;

export function createPendingRestartRecords(
  db: Kysely<Tables>,
  { where, protection }: RecordContext,
): PendingRestartRecords {
  return {
    async all() {
      const restarts = await db.selectFrom('pending_restarts').selectAll().orderBy('node').execute();
      const secrets = await db.selectFrom('secrets').selectAll().where('name', '=', request).execute();
      const sealed = new Map(secrets.map(({ owner, value }) => [owner, value]));
      const rows = restarts.map((row) => {
        const value = sealed.get(ownerOf(row.node));
        return { ...row, request: value && protection.open(value, contextOf(row)) };
      });
      return storedRows(rowSchema, rows, { where, table: 'pending_restarts' }).map(
        ({ os_pid: osPid, ...row }) => ({ ...row, ...(osPid === null ? {} : { osPid }) }),
      );
    },

    async save({ node, osPid, request: text }: PendingRestartRecord) {
      const row = { node, os_pid: osPid ?? null };
      await db
        .insertInto('pending_restarts')
        .values(row)
        .onConflict((conflict) => conflict.column('node').doUpdateSet({ os_pid: row.os_pid }))
        .execute();
      const value = protection.seal(text, contextOf(row));
      await db
        .insertInto('secrets')
        .values({ owner: ownerOf(node), name: request, value })
        .onConflict((conflict) => conflict.columns(['owner', 'name']).doUpdateSet({ value }))
        .execute();
    },

    async delete(node) {
      await db.deleteFrom('pending_restarts').where('node', '=', node).execute();
      await db.deleteFrom('secrets').where('owner', '=', ownerOf(node)).execute();
    },
  };
}

/** What the console acts on: the request is bound to it. */
function contextOf({ node, os_pid }: Tables['pending_restarts']): (string | number)[] {
  return ['restart', node, os_pid ?? 0];
}
