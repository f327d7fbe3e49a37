/** Whether users may act inside of the nodes of a cluster. Off at first where a cluster is marked as production. */

import type { Migration } from 'kysely/migration';

export const clusterActing: Migration = {
  async up(db) {
    await db.schema
      .alterTable('clusters')
      .addColumn('acting', 'integer', (column) => column.notNull().defaultTo(1))
      .execute();
    await db.updateTable('clusters').set({ acting: 0 }).where('production', '=', 1).execute();
  },
};
