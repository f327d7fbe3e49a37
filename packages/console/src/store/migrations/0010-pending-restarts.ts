/** The kept nodes that are being restarted, so that the next console can finish what this one has begun. */

import type { Migration } from 'kysely/migration';

export const pendingRestarts: Migration = {
  async up(db) {
    await db.schema
      .createTable('pending_restarts')
      .addColumn('node', 'text', (column) => column.primaryKey())
      .addColumn('os_pid', 'integer')
      .execute();
  },
};
