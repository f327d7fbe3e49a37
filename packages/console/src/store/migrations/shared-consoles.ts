/** What consoles with one store show one another: a row for each, with its nodes as JSON. */

import type { Migration } from 'kysely/migration';

export const sharedConsoles: Migration = {
  async up(db) {
    await db.schema
      .createTable('shared_consoles')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('url', 'text')
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .addColumn('nodes', 'text', (column) => column.notNull())
      .execute();
  },
};
