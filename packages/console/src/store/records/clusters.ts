/** Clusters. The cookies of attached ones are in the table `secrets`, in the same transaction as the cluster. */

import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { ClusterRecords } from '../store.ts';
import type { Tables } from '../tables.ts';
import { type RecordContext, storedRows } from './stored-rows.ts';

const cookie = z.string().min(1).max(255);
const flag = z.union([z.literal(0), z.literal(1)]);

const rowSchema = z.union([
  z.object({
    id: z.string().min(1).max(1000),
    label: z.string().min(1).max(1000),
    color: z.string().min(1).max(20),
    production: flag,
    acting: flag,
    request: z.null(),
  }),
  z.object({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
    label: z.string().min(1).max(1000),
    color: z.string().min(1).max(20),
    production: flag,
    acting: flag,
    request: z.string().max(100_000),
    cookie_owner: z.int().min(0).nullable(),
    cookie,
  }),
]);

const ownerOf = (id: string): string => `cluster ${id}`;
const secretName = 'cookie';

/**
 * What the console acts on: the cookie is bound to it. `acting` is one of the facts only where it is not what `production` makes it, so that
 * cookies which were sealed before it existed can still be opened.
 */
function factsOf({
  id,
  request,
  production,
  acting,
  cookie_owner,
}: Omit<Tables['clusters'], 'label' | 'color'>): (string | number)[] {
  const isUsual = acting === 1 - production;
  return [id, request ?? '', production, cookie_owner ?? -1, ...(isUsual ? [] : [acting])];
}

export function createClusterRecords(
  db: Kysely<Tables>,
  { where, protection }: RecordContext,
): ClusterRecords {
  const deleteSecret = (id: string): Promise<unknown> =>
    db.deleteFrom('secrets').where('owner', '=', ownerOf(id)).where('name', '=', secretName).execute();
  return {
    async all() {
      const clusters = await db.selectFrom('clusters').selectAll().orderBy('id').execute();
      const secrets = await db.selectFrom('secrets').selectAll().where('name', '=', secretName).execute();
      const cookies = new Map(secrets.map(({ owner, value }) => [owner, value]));
      const rows = clusters.map((cluster) => {
        const sealed = cookies.get(ownerOf(cluster.id));
        return { ...cluster, cookie: sealed && protection.open(sealed, factsOf(cluster)) };
      });
      return storedRows(rowSchema, rows, { where, table: 'clusters' }).map((row) => {
        const { id, label, color, production, acting } = row;
        const marks = { id, label, color, production: production === 1, acting: acting === 1 };
        if (row.request === null) return marks;
        const { request, cookie_owner: owner } = row;
        return { ...marks, attached: { request, owner: owner ?? undefined, cookie: row.cookie } };
      });
    },

    async save({ id, label, color, production, acting, attached }) {
      const values = {
        label,
        color,
        production: production ? 1 : 0,
        acting: acting ? 1 : 0,
        request: attached?.request ?? null,
        cookie_owner: attached?.owner ?? null,
      };
      await db
        .insertInto('clusters')
        .values({ id, ...values })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
        .execute();
      await deleteSecret(id);
      if (attached === undefined) return;
      const value = protection.seal(attached.cookie, factsOf({ id, ...values }));
      const secret = { owner: ownerOf(id), name: secretName, value };
      await db.insertInto('secrets').values(secret).execute();
    },

    async delete(id) {
      await db.deleteFrom('clusters').where('id', '=', id).execute();
      await deleteSecret(id);
    },
  };
}
