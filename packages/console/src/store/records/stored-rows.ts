/** Checks rows that were read: a store may have been restored from elsewhere, or edited. */

import type { z } from 'zod';
import { damagedStore } from '../damaged-store.ts';
import type { Protection } from '../protection.ts';

/** What the modules of records have in common. */
export interface RecordContext {
  /** Names the store in errors. */
  readonly where: string;
  readonly protection: Protection;
}

/** The rows, checked. Throws CONSOLE_STORE_DAMAGED, which names the table and the column, but no value: it may be a secret. */
export function storedRows<Row>(
  schema: z.ZodType<Row>,
  rows: readonly unknown[],
  { where, table }: { readonly where: string; readonly table: string },
): Row[] {
  return rows.map((row) => {
    const parsed = schema.safeParse(row);
    if (parsed.success) return parsed.data;
    const column = parsed.error.issues[0]?.path.join('.') ?? '';
    throw damagedStore(where, `${table}.${column} has an invalid value`);
  });
}
