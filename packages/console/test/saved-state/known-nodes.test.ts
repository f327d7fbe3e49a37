import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KnownNodes } from '../../src/saved-state/known-nodes.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite.ts';
import type { Store } from '../../src/store/store.ts';

const host = 'ssh://ops@db1';
const cookie = 'the-cookie-of-the-host';
const node = {
  id: '0a1b2c',
  name: 'erlang-1@db1.internal',
  kind: 'erlang',
  port: 20_001,
  osPid: 4242,
  linkCookie: 'the-link-cookie-of-it',
  keep: true,
  join: true,
} as const;

async function inStore(body: (store: Store) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-known-'));
  try {
    const store = await openSqliteStore(join(folder, 'store.sqlite'));
    await body(store);
    await store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('what was started on hosts is found again', () =>
  inStore(async ({ launchedNodes }) => {
    const first = await KnownNodes.load(launchedNodes);
    assert.deepEqual(first.places, []);
    await first.add(host, cookie, node);
    await first.add(host, cookie, { ...node, name: 'erlang-2@db1.internal' });
    await first.add(host, cookie, { ...node, osPid: 77 });
    const second = await KnownNodes.load(launchedNodes);
    for (const known of [first, second]) {
      assert.deepEqual(known.places, [host]);
      assert.equal(known.place(host)?.cookie, cookie);
      assert.deepEqual(
        known
          .place(host)
          ?.nodes.map(({ name, osPid }) => [name, osPid])
          .sort(),
        [
          [node.name, 77],
          ['erlang-2@db1.internal', 4242],
        ],
      );
    }
    await second.delete(host, node.name);
    await second.delete(host, 'erlang-2@db1.internal');
    assert.deepEqual(second.places, []);
    assert.deepEqual((await KnownNodes.load(launchedNodes)).places, []);
  }));

test('no host is known by the name of something that every object has', () =>
  inStore(async ({ launchedNodes }) => {
    const known = await KnownNodes.load(launchedNodes);
    for (const name of ['constructor', '__proto__']) {
      assert.equal(known.place(name), undefined);
      await known.delete(name, node.name);
    }
    assert.deepEqual(await launchedNodes.all(), []);
  }));

test('a node that could not be saved is not known, and one that could not be deleted is forgotten', () =>
  inStore(async (store) => {
    const known = await KnownNodes.load(store.launchedNodes);
    await known.add(host, cookie, node);
    await store.close();
    await assert.rejects(known.add(host, cookie, { ...node, name: 'erlang-2@db1.internal' }));
    assert.deepEqual(known.place(host)?.nodes, [node]);
    await known.delete(host, node.name);
    assert.deepEqual(known.places, []);
  }));
