/** A program that is killed while it writes to the store, at moments that it cannot choose. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite.ts';
import type { PlaceRecord } from '../../src/store/store.ts';
import { runsOf } from '../../../../test/support/extent.ts';

const source = fileURLToPath(new URL('../../src/store/sqlite/open-sqlite.ts', import.meta.url));
const place = 'ssh://ops@db1';

/** Counts up in one transaction after the other, over rows of every table, and prints each count once it has been saved. */
const writer = (file: string, from: number): string => `
  const { openSqliteStore } = await import(${JSON.stringify(source)});
  const store = await openSqliteStore(${JSON.stringify(file)});
  for (let count = ${from}; ; count += 1) {
    const text = String(count).padStart(20, '0');
    await store.transaction(async ({ identity, launchedNodes, sessions }) => {
      await identity.save({ id: text.slice(-8), node: 'convoy-' + text.slice(-8) + '@127.0.0.1' });
      const node = { id: 'x', name: 'a@b', kind: 'erlang', port: count, osPid: 42, linkCookie: text };
      await launchedNodes.save('${place}', text, node);
      await launchedNodes.delete('${place}', 'n' + (count - 1) + '@b');
      await launchedNodes.save('${place}', text, { ...node, name: 'n' + count + '@b' });
      await sessions.deleteOthers(text);
      await sessions.save(text, [{ digest: text.padStart(64, '0'), createdAt: count, seenAt: count }]);
    });
    process.stdout.write(count + '\\n');
  }`;

/** Starts the writer, kills it after that many counts while it goes on, and returns the last count that it printed. */
async function writeAndKill(file: string, from: number, counts: number): Promise<number> {
  const args = ['--conditions=@convoy/source', '--input-type=module', '--eval', writer(file, from)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
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
      const [known] = await store.launchedNodes.all();
      const found = known?.nodes.find(({ name }) => name === 'a@b')?.port ?? 0;
      assert.ok(found >= last, `${last} had been saved, and ${found} is there`);
      const text = String(found).padStart(20, '0');
      const node = { id: 'x', kind: 'erlang', port: found, osPid: 42, linkCookie: text } as const;
      const expected: PlaceRecord = {
        place,
        cookie: text,
        nodes: ['a@b', `n${found}@b`].map((name) => ({ ...node, name })),
      };
      assert.deepEqual(known, expected);
      assert.equal((await store.identity.load())?.id, text.slice(-8));
      assert.equal((await store.sessions.load(text)).length, 1);
      await store.close();
      assert.deepEqual(readdirSync(folder), ['store.sqlite']);
      from = found + 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
