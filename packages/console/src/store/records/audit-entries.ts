/** The entries of the audit log, for searching. The log itself is a file. */

import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import type { AuditFilter, AuditRecords } from '../store.ts';
import type { Tables } from '../tables.ts';
import { type RecordContext, storedRows } from './stored-rows.ts';

const rowSchema = z.object({
  seq: z.coerce.number().int().min(1),
  at: z.coerce.number().int(),
  actor: z.string(),
  act: z.string(),
  node: z.string().nullable(),
  peer: z.string().nullable(),
  entry: z.string().min(2).max(20_000),
});

/** Rows per statement. A database limits the number of values in one. */
const batchSize = 100;

export function createAuditRecords(db: Kysely<Tables>, { where }: RecordContext): AuditRecords {
  const newest = async (): Promise<number> => {
    const row = await db
      .selectFrom('audit_entries')
      .select('seq')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    return Number(row?.seq ?? 0);
  };
  return {
    async add(entries, keep) {
      if (entries.length === 0) return;
      const first = (await newest()) + 1;
      const rows = entries.slice(-keep).map(({ text, node = null, peer = null, ...rest }, index) => ({
        ...rest,
        seq: first + index,
        node,
        peer,
        entry: text,
      }));
      for (let start = 0; start < rows.length; start += batchSize)
        await db
          .insertInto('audit_entries')
          .values(rows.slice(start, start + batchSize))
          .execute();
      await db
        .deleteFrom('audit_entries')
        .where('seq', '<', first + rows.length - keep)
        .execute();
    },

    async find(filter) {
      const rows = await db
        .selectFrom('audit_entries')
        .selectAll()
        .where((of) => of.and(conditionsOf(of, filter)))
        .orderBy('seq', 'desc')
        .limit(filter.limit)
        .execute();
      return storedRows(rowSchema, rows, { where, table: 'audit_entries' }).map(
        ({ node, peer, entry, ...rest }) => ({
          ...rest,
          node: node ?? undefined,
          peer: peer ?? undefined,
          text: entry,
        }),
      );
    },
  };
}

function conditionsOf(
  of: ExpressionBuilder<Tables, 'audit_entries'>,
  { node, act, actor, from, to, before }: AuditFilter,
): Expression<SqlBool>[] {
  return [
    ...(node === undefined ? [] : [of.or(namesOf(of, node))]),
    ...(act === undefined ? [] : [of.or(isOrBegins(of, 'act', [act, '.']))]),
    ...(actor === undefined ? [] : [of('actor', '=', actor)]),
    ...(from === undefined ? [] : [of('at', '>=', from)]),
    ...(to === undefined ? [] : [of('at', '<', to)]),
    ...(before === undefined ? [] : [of('seq', '<', before)]),
  ];
}

/** Whether the column is `text`, or begins with `text` and `mark`. Not by `like`, to which some characters of names are patterns. */
function isOrBegins(
  of: ExpressionBuilder<Tables, 'audit_entries'>,
  column: 'node' | 'peer' | 'act',
  [text, mark]: readonly [string, string],
): Expression<SqlBool>[] {
  const beginning = `${text}${mark}`;
  return [
    of(column, '=', text),
    sql<SqlBool>`substr(${sql.ref(column)}, 1, ${sql.lit(Array.from(beginning).length)}) = ${beginning}`,
  ];
}

/** Entries have ids of nodes; those of launches only the name before the `@`. */
function namesOf(of: ExpressionBuilder<Tables, 'audit_entries'>, node: string): Expression<SqlBool>[] {
  const [beforeHost = ''] = node.split('@');
  return [
    ...isOrBegins(of, 'node', [node, '@']),
    ...isOrBegins(of, 'peer', [node, '@']),
    ...(beforeHost === node ? [] : [of.and([of('node', '=', beforeHost), of('act', '=', 'node.launch')])]),
  ];
}
