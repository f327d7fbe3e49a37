/** A store that any earlier version has made becomes one of this version, with the same tables as a fresh one. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { migrations } from '../../src/store/migrations/index.ts';
import { loadSqlite } from '../../src/store/sqlite/load-sqlite.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite.ts';

function tablesOf(file: string): unknown[] {
  const { DatabaseSync } = loadSqlite();
  const db = new DatabaseSync(file);
  try {
    return db.prepare('select type, name, sql from sqlite_master order by type, name').all();
  } finally {
    db.close();
  }
}

test('a store of each earlier version has the tables of a fresh one when it is opened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-earlier-'));
  try {
    const fresh = join(folder, 'fresh.sqlite');
    await (await openSqliteStore(fresh)).close();
    const all = Object.entries(migrations);
    for (let count = 1; count < all.length; count += 1) {
      const file = join(folder, `after-${count}.sqlite`);
      await (await openSqliteStore(file, Object.fromEntries(all.slice(0, count)))).close();
      await (await openSqliteStore(file)).close();
      assert.deepEqual(tablesOf(file), tablesOf(fresh), `after ${all[count - 1]?.[0]}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
