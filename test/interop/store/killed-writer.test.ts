/** A program that is killed while it writes to the store, at moments that it cannot choose. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '../../../packages/console/src/store/sqlite/open-sqlite.ts';
import { startCountingWriter, wholeCountOf } from '../../support/store/counting-writer.ts';
import { runsOf } from '../../support/extent.ts';

/** Starts the writer, kills it after that many counts while it goes on, and returns the last count that it printed. */
async function writeAndKill(file: string, from: number, counts: number): Promise<number> {
  const { child, counts: lines } = startCountingWriter(file, from);
  let last = from - 1;
  lines.on('line', (line) => {
    last = Number(line);
    if (last >= from + counts) child.kill('SIGKILL');
  });
  await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  assert.equal(child.signalCode, 'SIGKILL');
  return last;
}

test('what was saved before a kill is there, and nothing is half there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-killed-'));
  const file = join(folder, 'store.sqlite');
  try {
    let from = 1;
    for (let round = 0; round < runsOf(24); round += 1) {
      const last = await writeAndKill(file, from, Math.floor(Math.random() * 60));
      const store = await openSqliteStore(file);
      const found = await wholeCountOf(store);
      assert.ok(found >= last, `${last} had been saved, and ${found} is there`);
      assert.equal((await store.sessions.load(String(found).padStart(20, '0'))).length, 1);
      await store.close();
      assert.deepEqual(readdirSync(folder), ['store.sqlite']);
      from = found + 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
