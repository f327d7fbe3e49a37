import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { migrations } from '../../src/store/migrations/index.ts';
import { loadSqlite } from '../../src/store/sqlite/load-sqlite.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite.ts';

test('clusters that were kept before acting had a switch allow it unless they are production, and keep their cookies', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-acting-'));
  try {
    const file = join(folder, 'store.sqlite');
    const before = Object.entries(migrations).filter(([name]) => name < '0008');
    await (await openSqliteStore(file, Object.fromEntries(before))).close();
    const { DatabaseSync } = loadSqlite();
    const db = new DatabaseSync(file);
    const cluster = db.prepare(
      'insert into clusters (id, label, color, production, request) values (?, ?, ?, ?, ?)',
    );
    cluster.run('prod', 'Shop', 'red', 1, '{}');
    cluster.run('test', 'Test', 'blue', 0, null);
    db.prepare('insert into secrets (owner, name, value) values (?, ?, ?)').run(
      'cluster prod',
      'cookie',
      'secret',
    );
    db.close();
    const store = await openSqliteStore(file);
    assert.deepEqual(
      (await store.clusters.all()).map(({ id, acting, attached }) => [id, acting, attached?.cookie]),
      [
        ['prod', false, 'secret'],
        ['test', true, undefined],
      ],
    );
    await store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
