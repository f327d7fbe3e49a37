/** Launched nodes, by place. Their secrets are in the table `secrets`, in the same transaction as the node. */

import { nodeKinds } from '@convoy/node/names';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { LaunchedNodeRecord, LaunchedNodeRecords, PlaceRecord } from '../store.ts';
import type { Tables } from '../tables.ts';
import { type RecordContext, storedRows } from './stored-rows.ts';

const rowSchema = z.object({
  place: z.string().min(1).max(1000),
  name: z.string().regex(/^[^@\s]{1,200}@[^@\s]{1,200}$/),
  // Part of a path in commands that run there.
  id: z.string().regex(/^[\w-]{1,64}$/),
  kind: z.enum(nodeKinds),
  port: z.int().min(1).max(65_535),
  os_pid: z.int().min(2),
  keep: z.int().min(0).max(1),
  joins: z.int().min(0).max(1),
  memory_mb: z.int().min(1).nullable(),
  link_cookie: z.string().min(16).max(255),
  cookie: z.string().min(16).max(255),
});

type Row = z.infer<typeof rowSchema>;

const cookie = 'cookie';
const linkOf = (node: string): string => `link ${node}`;

export function createLaunchedNodeRecords(
  db: Kysely<Tables>,
  { where, protection }: RecordContext,
): LaunchedNodeRecords {
  const saveSecret = async (owner: string, name: string, value: string): Promise<void> => {
    await db
      .insertInto('secrets')
      .values({ owner, name, value })
      .onConflict((conflict) => conflict.columns(['owner', 'name']).doUpdateSet({ value }))
      .execute();
  };
  return {
    async all() {
      const [nodes, secrets] = [
        await db.selectFrom('launched_nodes').selectAll().orderBy('place').orderBy('name').execute(),
        await db.selectFrom('secrets').selectAll().execute(),
      ];
      const values = new Map(secrets.map(({ owner, name, value }) => [JSON.stringify([owner, name]), value]));
      const secretOf = (owner: string, name: string, context: readonly (string | number)[]) => {
        const sealed = values.get(JSON.stringify([owner, name]));
        return sealed === undefined ? undefined : protection.open(sealed, context);
      };
      const rows = nodes.map((node) => ({
        ...node,
        link_cookie: secretOf(node.place, linkOf(node.name), factsOf(node)),
        cookie: secretOf(node.place, cookie, [node.place]),
      }));
      return placesOf(storedRows(rowSchema, rows, { where, table: 'launched_nodes' }));
    },

    async save(place, placeCookie, node) {
      const { name, id, kind, port, osPid, linkCookie, keep, join, memoryMb } = node;
      const values = {
        ...{ id, kind, port, os_pid: osPid },
        ...{ keep: Number(keep), joins: Number(join), memory_mb: memoryMb ?? null },
      };
      await db
        .insertInto('launched_nodes')
        .values({ place, name, ...values })
        .onConflict((conflict) => conflict.columns(['place', 'name']).doUpdateSet(values))
        .execute();
      await saveSecret(place, cookie, protection.seal(placeCookie, [place]));
      const facts = factsOf({ place, name, ...values });
      await saveSecret(place, linkOf(name), protection.seal(linkCookie, facts));
    },

    async delete(place, name) {
      await db.deleteFrom('launched_nodes').where('place', '=', place).where('name', '=', name).execute();
      await db.deleteFrom('secrets').where('owner', '=', place).where('name', '=', linkOf(name)).execute();
      const other = await db
        .selectFrom('launched_nodes')
        .select('name')
        .where('place', '=', place)
        .limit(1)
        .execute();
      if (other.length > 0) return;
      await db.deleteFrom('secrets').where('owner', '=', place).where('name', '=', cookie).execute();
    },
  };
}

/** What the console acts on: the link cookie is bound to it. */
function factsOf(node: Tables['launched_nodes']): (string | number)[] {
  return [node.place, node.name, node.id, node.kind, node.port, node.os_pid, node.keep, node.joins];
}

function placesOf(rows: readonly Row[]): PlaceRecord[] {
  return Array.from(
    Map.groupBy(rows, ({ place }) => place),
    ([place, [first, ...others]]) => ({
      place,
      cookie: first?.cookie ?? '',
      nodes: (first === undefined ? [] : [first, ...others]).map(nodeOf),
    }),
  );
}

function nodeOf(row: Row): LaunchedNodeRecord {
  const { id, name, kind, port, os_pid: osPid, link_cookie: linkCookie, memory_mb: memoryMb } = row;
  const [keep, join] = [row.keep === 1, row.joins === 1];
  return { id, name, kind, port, osPid, linkCookie, keep, join, ...(memoryMb === null ? {} : { memoryMb }) };
}
