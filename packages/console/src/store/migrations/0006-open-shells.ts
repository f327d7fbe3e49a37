/** The shells that are open on the console, so that the next one goes on with them. */

import type { Migration } from 'kysely/migration';

export const openShells: Migration = {
  async up(db) {
    await db.schema
      .createTable('open_shells')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('node', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('cols', 'integer', (column) => column.notNull())
      .addColumn('rows', 'integer', (column) => column.notNull())
      .addColumn('opened_at', 'bigint', (column) => column.notNull())
      .addColumn('handle', 'text', (column) => column.notNull())
      .addColumn('screen', 'text', (column) => column.notNull())
      .execute();
  },
};
