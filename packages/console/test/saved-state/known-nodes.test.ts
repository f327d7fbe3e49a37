import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownNodes } from '../../src/saved-state/known-nodes.ts';
import { launchedRecord as node } from '../../../../test/support/store/launched-record.ts';
import { inSqliteStore } from '../../../../test/support/store/in-sqlite-store.ts';

const host = 'ssh://ops@db1';
const cookie = 'the-cookie-of-the-host';

test('what was started on hosts is found again', () =>
  inSqliteStore(async ({ launchedNodes }) => {
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
  inSqliteStore(async ({ launchedNodes }) => {
    const known = await KnownNodes.load(launchedNodes);
    for (const name of ['constructor', '__proto__']) {
      assert.equal(known.place(name), undefined);
      await known.delete(name, node.name);
    }
    assert.deepEqual(await launchedNodes.all(), []);
  }));

test('a node that could not be saved is not known, and one that could not be deleted is forgotten', () =>
  inSqliteStore(async (store) => {
    const known = await KnownNodes.load(store.launchedNodes);
    await known.add(host, cookie, node);
    await store.close();
    await assert.rejects(known.add(host, cookie, { ...node, name: 'erlang-2@db1.internal' }));
    assert.deepEqual(known.place(host)?.nodes, [node]);
    await known.delete(host, node.name);
    assert.deepEqual(known.places, []);
  }));
