/** A store in a file of its own. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../../packages/console/src/store/sqlite/open-sqlite.ts';
import type { Store } from '../../../packages/console/src/store/store.ts';

/** Runs a test with an empty store, which is closed and removed at the end. */
export async function inSqliteStore(body: (store: Store) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-store-'));
  try {
    const store = await openSqliteStore(join(folder, 'store.sqlite'));
    try {
      await body(store);
    } finally {
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
