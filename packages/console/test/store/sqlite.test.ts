import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSqlite } from '../../src/store/sqlite/load-sqlite.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite.ts';
import { testStore } from '../../../../test/conformance/store.ts';

testStore('in a file of SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-store-'));
  const file = join(folder, 'store.sqlite');
  return {
    open: (migrations) => openSqliteStore(file, migrations),
    async run(statement) {
      const { DatabaseSync } = loadSqlite();
      const database = new DatabaseSync(file);
      try {
        database.exec(statement);
      } finally {
        database.close();
      }
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true });
    },
  };
});
