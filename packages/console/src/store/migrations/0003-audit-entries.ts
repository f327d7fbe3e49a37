/** The entries of the audit log, for searching: by time, actor, act and node. */

import type { Migration } from 'kysely/migration';

export const auditEntries: Migration = {
  async up(db) {
    await db.schema
      .createTable('audit_entries')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('act', 'text', (column) => column.notNull())
      .addColumn('node', 'text')
      .addColumn('peer', 'text')
      .addColumn('entry', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('audit_entries_at').on('audit_entries').column('at').execute();
  },
};
