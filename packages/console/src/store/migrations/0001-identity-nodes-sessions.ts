/** The first tables: identity of the console, launched nodes with their secrets, sessions of the page. */

import type { Migration } from 'kysely/migration';

export const identityNodesSessions: Migration = {
  async up(db) {
    await db.schema
      .createTable('consoles')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('node_name', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('launched_nodes')
      .addColumn('place', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('port', 'integer', (column) => column.notNull())
      .addColumn('os_pid', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('launched_nodes_key', ['place', 'name'])
      .execute();
    await db.schema
      .createTable('secrets')
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('secrets_key', ['owner', 'name'])
      .execute();
    await db.schema
      .createTable('sessions')
      .addColumn('digest', 'text', (column) => column.primaryKey())
      .addColumn('tag', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .execute();
  },
};
