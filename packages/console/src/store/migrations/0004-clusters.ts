/** Clusters: how they are marked, and how those that the console did not start are attached. */

import type { Migration } from 'kysely/migration';

export const clusters: Migration = {
  async up(db) {
    await db.schema
      .createTable('clusters')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('color', 'text', (column) => column.notNull())
      .addColumn('production', 'integer', (column) => column.notNull())
      .addColumn('request', 'text')
      .addColumn('cookie_owner', 'integer')
      .execute();
  },
};
