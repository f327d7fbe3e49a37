/** Backups of a store that another process writes to without a pause. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { backUpConsole } from '@convoy/console/backup';
import { storeFile } from '../../../packages/console/src/saved-state/open-store.ts';
import { openSqliteStore } from '../../../packages/console/src/store/sqlite/open-sqlite.ts';
import { endProcess } from '../../support/child-process.ts';
import { startCountingWriter, wholeCountOf } from '../../support/store/counting-writer.ts';
import { runsOf } from '../../support/extent.ts';

test('each backup is of one moment, the writer does not stop, and what it saved before a kill is backed up', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'convoy-consistent-'));
  const { child, counts } = startCountingWriter(storeFile(dataDir), 1);
  try {
    let [last, printed] = [0, 0];
    counts.on('line', (line) => (printed = Number(line)));
    for (let round = 0; round < runsOf(40); round += 1) {
      const [line] = (await once(counts, 'line')) as [string];
      const file = join(dataDir, `backup-${round}`);
      await backUpConsole({ dataDir, file });
      const copy = `${file}.copy`;
      copyFileSync(file, copy);
      const store = await openSqliteStore(copy);
      const found = await wholeCountOf(store);
      await store.close();
      assert.ok(found >= Number(line) && found >= last, `${found} after ${line} and ${last}`);
      last = found;
    }
    assert.equal(child.exitCode, null);
    await endProcess(child, 'SIGKILL');
    const file = join(dataDir, 'after');
    await backUpConsole({ dataDir, file });
    const store = await openSqliteStore(file);
    assert.ok((await wholeCountOf(store)) >= printed, 'the log of a console that was killed is part of it');
    await store.close();
  } finally {
    await endProcess(child);
    rmSync(dataDir, { recursive: true });
  }
});
