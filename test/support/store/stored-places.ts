/** What the store of a data directory knows about launched nodes, while a console uses it or after that. */

import { join } from 'node:path';
import { openSqliteStore } from '../../../packages/console/src/store/sqlite/open-sqlite.ts';
import type { PlaceRecord } from '../../../packages/console/src/store/store.ts';

export async function storedPlaces(dataDir: string): Promise<readonly PlaceRecord[]> {
  const store = await openSqliteStore(join(dataDir, 'store.sqlite'));
  try {
    return await store.launchedNodes.all();
  } finally {
    await store.close();
  }
}
