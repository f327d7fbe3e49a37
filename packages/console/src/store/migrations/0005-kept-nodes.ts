/** Whether a launched node lives on without a console, whether it joins others, and its memory limit. */

import type { Migration } from 'kysely/migration';

export const keptNodes: Migration = {
  async up(db) {
    await db.schema
      .alterTable('launched_nodes')
      .addColumn('keep', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    // SQLite adds one column at a time.
    await db.schema
      .alterTable('launched_nodes')
      .addColumn('joins', 'integer', (column) => column.notNull().defaultTo(1))
      .execute();
    await db.schema.alterTable('launched_nodes').addColumn('memory_mb', 'integer').execute();
  },
};
