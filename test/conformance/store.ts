/** The rules for every `Store`, as one suite. The test of a database calls `testStore` with a way to make an empty one. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Migrations } from '../../packages/console/src/store/migrate.ts';
import { migrations } from '../../packages/console/src/store/migrations/index.ts';
import type {
  AuditFilter,
  AuditRecord,
  LaunchedNodeRecord,
  SavedSession,
  Store,
} from '../../packages/console/src/store/store.ts';
import { launchedRecord } from '../support/store/launched-record.ts';

/** An empty database of its own. */
export interface StoreFixture extends AsyncDisposable {
  /** Opens it, again if need be. Only one store is open at a time. */
  open(migrations?: Migrations): Promise<Store>;
  /** Runs a statement past the store, while that is closed. */
  run(statement: string): Promise<void>;
}

const place = 'ssh://ops@db1';
const cookie = 'the-cookie-of-the-place';
const identity = { id: '0a1b2c3d', node: 'convoy-0a1b2c3d@127.0.0.1' };
const node: LaunchedNodeRecord = { ...launchedRecord, memoryMb: 512 };

function sessionNumber(number: number): SavedSession {
  const digest = number.toString(16).padStart(64, '0');
  return { digest, createdAt: 1_796_000_000_000, seenAt: 1_796_000_000_000 + number };
}

const byPlace = (one: { readonly place: string }, other: { readonly place: string }): number =>
  one.place < other.place ? -1 : 1;

/** What a later version may add. */
const later: Migrations = {
  ...migrations,
  '9999-colours': {
    async up(db) {
      await db.schema.createTable('colours').addColumn('name', 'text').execute();
    },
  },
};

const broken: Migrations = {
  ...later,
  '99999-broken': {
    up: () => Promise.reject(new Error('the migration failed')),
  },
};

export function testStore(
  title: string,
  make: () => Promise<StoreFixture>,
  skip: string | false = false,
): void {
  describe(`store ${title}`, { skip }, () => testRecords(make));
  describe(`store ${title}, for clusters`, { skip }, () => testClusters(make));
  describe(`store ${title}, for open shells`, { skip }, () => testOpenShells(make));
  describe(`store ${title}, for restarts`, { skip }, () => testPendingRestarts(make));
  describe(`store ${title}, for the audit log`, { skip }, () => testAudit(make));
  describe(`store ${title}, as a whole`, { skip }, () => testWrites(make));
  describe(`store ${title}, of another version`, { skip }, () => testVersions(make));
}

function testClusters(make: () => Promise<StoreFixture>): void {
  test('keeps clusters with their marks, and their cookies apart', async () => {
    await using fixture = await make();
    const first = await fixture.open();
    const marks = { id: 'local', label: 'this computer', color: 'blue', production: false, acting: false };
    const attached = { request: '{"nodes":["app@db1"]}', owner: 1000, cookie: 'a b' };
    const prod = { id: 'prod', label: 'Production', color: 'red', production: true, acting: true, attached };
    await first.clusters.save({ ...prod, attached: { ...attached, owner: undefined, cookie: 'former' } });
    await first.clusters.save(prod);
    await first.clusters.save(marks);
    await first.close();
    const second = await fixture.open();
    assert.deepEqual(await second.clusters.all(), [marks, prod]);
    const { attached: _attached, ...left } = prod;
    await second.clusters.save({ ...left, acting: false });
    assert.deepEqual(await second.clusters.all(), [marks, { ...left, acting: false }]);
    await second.clusters.delete('prod');
    await second.clusters.delete('prod');
    assert.deepEqual(await second.clusters.all(), [marks]);
    await second.close();
  });
}

function testRecords(make: () => Promise<StoreFixture>): void {
  test('keeps the identity of the console', async () => {
    await using fixture = await make();
    const first = await fixture.open();
    assert.equal(await first.identity.load(), undefined);
    await first.identity.save({ ...identity, id: '99999999' });
    await first.identity.save(identity);
    await first.close();
    const second = await fixture.open();
    assert.deepEqual(await second.identity.load(), identity);
    await second.close();
  });

  test('keeps launched nodes by place, and tells nodes of the same name in two places apart', async () => {
    await using fixture = await make();
    const first = await fixture.open();
    const { memoryMb: _limit, ...unlimited } = node;
    const other = {
      ...unlimited,
      id: 'ffffff',
      osPid: 77,
      linkCookie: 'another-link-cookie',
      keep: false,
      join: true,
    };
    await first.launchedNodes.save(place, cookie, { ...node, port: 1 });
    await first.launchedNodes.save(place, cookie, node);
    await first.launchedNodes.save('ssh://ops@db2', 'the-cookie-of-another-place', other);
    await first.close();
    const second = await fixture.open();
    assert.deepEqual([...(await second.launchedNodes.all())].sort(byPlace), [
      { place, cookie, nodes: [node] },
      { place: 'ssh://ops@db2', cookie: 'the-cookie-of-another-place', nodes: [other] },
    ]);
    await second.launchedNodes.delete('ssh://ops@db2', node.name);
    assert.deepEqual(await second.launchedNodes.all(), [{ place, cookie, nodes: [node] }]);
    await second.close();
  });

  test('deletes the cookie of a place with its last node', async () => {
    await using fixture = await make();
    const store = await fixture.open();
    const second = { ...node, name: 'erlang-2@db1.internal' };
    await store.launchedNodes.save(place, cookie, node);
    await store.launchedNodes.save(place, cookie, second);
    await store.launchedNodes.delete(place, node.name);
    assert.deepEqual(await store.launchedNodes.all(), [{ place, cookie, nodes: [second] }]);
    await store.launchedNodes.delete(place, second.name);
    await store.launchedNodes.delete(place, second.name);
    assert.deepEqual(await store.launchedNodes.all(), []);
    await store.launchedNodes.save(place, 'a-new-cookie-of-the-place', node);
    assert.equal((await store.launchedNodes.all())[0]?.cookie, 'a-new-cookie-of-the-place');
    await store.close();
  });

  test('keeps text as it is', async () => {
    await using fixture = await make();
    const store = await fixture.open();
    const places = ['__proto__', 'constructor', `'; drop table secrets; --`, '"q" \\ %_', '日本 🛰️', ' '];
    for (const one of places) await store.launchedNodes.save(one, cookie, node);
    const all = await store.launchedNodes.all();
    assert.deepEqual(all.map((one) => one.place).sort(), [...places].sort());
    await store.close();
  });

  test('keeps the secrets of a directory apart from those of nodes', async () => {
    await using fixture = await make();
    const store = await fixture.open();
    const secrets = { token: 'a-token-of-some-length', cookie: 'a cookie with spaces' };
    assert.deepEqual(await store.directorySecrets.load(), {});
    await store.launchedNodes.save(place, cookie, node);
    await store.directorySecrets.save({ token: 'the-token-before-that' });
    await store.directorySecrets.save(secrets);
    assert.deepEqual(await store.directorySecrets.load(), secrets);
    await store.directorySecrets.save();
    assert.deepEqual(await store.directorySecrets.load(), {});
    assert.deepEqual(await store.launchedNodes.all(), [{ place, cookie, nodes: [node] }]);
    await store.close();
  });

  test('keeps sessions under their tag only', async () => {
    await using fixture = await make();
    const first = await fixture.open();
    const [one, two, three] = [sessionNumber(1), sessionNumber(2), sessionNumber(3)];
    await first.sessions.save('tag', [one, two]);
    await first.sessions.save('other tag', [three]);
    await first.sessions.save('tag', [{ ...two, seenAt: two.seenAt + 5 }]);
    await first.close();
    const second = await fixture.open();
    assert.deepEqual(await second.sessions.load('tag'), [one, { ...two, seenAt: two.seenAt + 5 }]);
    await second.sessions.delete([one.digest, 'no such digest']);
    await second.sessions.delete([]);
    await second.sessions.deleteOthers('tag');
    assert.deepEqual(await second.sessions.load('other tag'), []);
    assert.deepEqual(
      (await second.sessions.load('tag')).map(({ digest }) => digest),
      [two.digest],
    );
    await second.sessions.deleteAll();
    assert.deepEqual(await second.sessions.load('tag'), []);
    await second.close();
  });
}

const openShell = {
  id: '7d9e1b8e-3f5b-4a39-9d56-0c4f1a2b3c4d',
  node: 'prod:app@10.0.0.5',
  kind: 'iex',
  number: 2,
  cols: 120,
  rows: 40,
  openedAt: 1_796_000_000_000,
  handle: 'iex.g2gC',
  screen: '\u001b[31mcaf\u00e9\u001b[0m\r\n日本 > ',
} as const;

function testOpenShells(make: () => Promise<StoreFixture>): void {
  const shell = openShell;

  test('keeps open shells with their screens, the oldest first', async () => {
    await using fixture = await make();
    const first = await fixture.open();
    const younger = {
      ...shell,
      id: 'younger',
      kind: 'erl',
      openedAt: shell.openedAt + 1,
      screen: '',
    } as const;
    await first.openShells.save(younger);
    await first.openShells.save({ ...shell, number: 1, screen: 'before' });
    await first.openShells.save(shell);
    await first.close();
    const second = await fixture.open();
    assert.deepEqual(await second.openShells.all(), [shell, younger]);
    await second.openShells.delete(shell.id);
    await second.openShells.delete(shell.id);
    assert.deepEqual(await second.openShells.all(), [younger]);
    await second.close();
  });
}

function testPendingRestarts(make: () => Promise<StoreFixture>): void {
  const restart = {
    node: node.name,
    osPid: 4711,
    request: '{"kind":"erlang","variables":{"KEY":"a secret"}}',
  };

  test('keeps restarts that are under way, and their requests among the secrets', async () => {
    await using fixture = await make();
    const first = await fixture.open();
    const other = { node: 'a@127.0.0.1', request: '{}' };
    await first.pendingRestarts.save({ ...restart, osPid: 1234, request: '{}' });
    await first.pendingRestarts.save(restart);
    await first.pendingRestarts.save(other);
    await first.close();
    const second = await fixture.open();
    assert.deepEqual(await second.pendingRestarts.all(), [other, restart]);
    await second.pendingRestarts.delete(restart.node);
    await second.pendingRestarts.delete(restart.node);
    assert.deepEqual(await second.pendingRestarts.all(), [other]);
    await second.close();
  });
}

function testAudit(make: () => Promise<StoreFixture>): void {
  const entry = (number: number, over: Partial<AuditRecord> = {}): AuditRecord => ({
    at: 1_796_000_000_000 + number,
    actor: 'token',
    act: 'node.launch',
    text: JSON.stringify({ number }),
    ...over,
  });
  const numbersIn = async (store: Store, filter: Partial<AuditFilter>): Promise<number[]> => {
    const found = await store.audit.find({ limit: 100, ...filter });
    return found.map(({ text }) => (JSON.parse(text) as { number: number }).number);
  };

  test('finds entries by node, act, actor and time, the newest first', async () => {
    await using fixture = await make();
    const first = await fixture.open();
    await first.audit.add(
      [
        entry(0, { node: 'prod:app@10.0.0.5' }),
        entry(1, { node: 'app@db1' }),
        entry(2, { node: 'app_1@db1', act: 'node.join', peer: 'app@db1' }),
        entry(3, { act: 'nodes', actor: 'ab12' }),
        entry(4, { node: 'appX1@db1', act: 'login' }),
      ],
      100,
    );
    await first.close();
    const store = await fixture.open();
    await store.audit.add([entry(5, { act: 'login.refused', actor: 'nobody' })], 100);
    assert.deepEqual(await numbersIn(store, {}), [5, 4, 3, 2, 1, 0]);
    assert.deepEqual(await numbersIn(store, { limit: 2 }), [5, 4]);
    assert.deepEqual(await numbersIn(store, { node: 'app@db1' }), [2, 1]);
    assert.deepEqual(await numbersIn(store, { node: 'app' }), [2, 1]);
    assert.deepEqual(await numbersIn(store, { node: 'app_1' }), [2]);
    assert.deepEqual(await numbersIn(store, { node: 'prod:app' }), [0]);
    await store.audit.add([entry(6, { node: 'asked' }), entry(7, { node: 'asked', act: 'doctor' })], 100);
    assert.deepEqual(await numbersIn(store, { node: 'asked@db1' }), [6]);
    assert.deepEqual(await numbersIn(store, { node: 'asked' }), [7, 6]);
    assert.deepEqual(await numbersIn(store, { act: 'node' }), [6, 2, 1, 0]);
    assert.deepEqual(await numbersIn(store, { act: 'login' }), [5, 4]);
    assert.deepEqual(await numbersIn(store, { act: 'node.launch', actor: 'token' }), [6, 1, 0]);
    const { at } = entry(2);
    assert.deepEqual(await numbersIn(store, { from: at, to: at + 2 }), [3, 2]);
    const [, second] = await store.audit.find({ limit: 2 });
    assert.deepEqual(await numbersIn(store, { before: second?.seq, limit: 2 }), [5, 4]);
    await store.close();
  });

  test('keeps the newest entries, and adds many at once', async () => {
    await using fixture = await make();
    const store = await fixture.open();
    const many = Array.from({ length: 1234 }, (_, number) => entry(number));
    await store.audit.add(many.slice(0, 700), 500);
    await store.audit.add(many.slice(700), 500);
    await store.audit.add([], 500);
    const found = await numbersIn(store, { limit: 2000 });
    assert.deepEqual([found.length, found[0], found.at(-1)], [500, 1233, 734]);
    await store.close();
  });
}

function testWrites(make: () => Promise<StoreFixture>): void {
  test('leaves nothing of a transaction that failed', async () => {
    await using fixture = await make();
    const store = await fixture.open();
    await store.launchedNodes.save(place, cookie, node);
    const failing = store.transaction(async ({ identity: records, launchedNodes, sessions }) => {
      await records.save(identity);
      await launchedNodes.delete(place, node.name);
      await sessions.save('tag', [sessionNumber(1)]);
      throw new Error('not so');
    });
    await assert.rejects(failing, /not so/);
    assert.equal(await store.identity.load(), undefined);
    assert.deepEqual(await store.launchedNodes.all(), [{ place, cookie, nodes: [node] }]);
    assert.deepEqual(await store.sessions.load('tag'), []);
    await store.close();
  });

  test('takes concurrent writes in their order, and saves them before it closes', async () => {
    await using fixture = await make();
    const store = await fixture.open();
    for (let number = 0; number < 50; number += 1) {
      void store.launchedNodes.save(place, cookie, { ...node, port: 1000 + number });
      void store.sessions.save('tag', [sessionNumber(number)]);
      if (number % 2 === 0) void store.sessions.delete([sessionNumber(number).digest]);
    }
    await store.close();
    await store.close();
    const again = await fixture.open();
    assert.equal((await again.launchedNodes.all())[0]?.nodes[0]?.port, 1049);
    assert.equal((await again.sessions.load('tag')).length, 25);
    await again.close();
  });

  test('refuses content that makes no sense, and does not show it', async () => {
    for (const [table, statement] of [
      ['consoles', `update consoles set node_name = 'forged; rm -rf'`],
      ['launched_nodes', `update launched_nodes set id = 'forged; rm -rf'`],
      ['launched_nodes', `update secrets set value = 'forged' where name = 'cookie'`],
      ['launched_nodes', `delete from secrets where name = 'link ${node.name}'`],
      ['sessions', `update sessions set digest = 'forged'`],
      ['audit_entries', `update audit_entries set entry = ''`],
      ['open_shells', `update open_shells set kind = 'forged'`],
      ['pending_restarts', `delete from secrets where name = 'request'`],
    ] as const) {
      await using fixture = await make();
      const first = await fixture.open();
      await first.identity.save(identity);
      await first.launchedNodes.save(place, cookie, node);
      await first.sessions.save('tag', [sessionNumber(1)]);
      await first.audit.add([{ at: 1, actor: 'token', act: 'login', text: '{}' }], 10);
      await first.openShells.save(openShell);
      await first.pendingRestarts.save({ node: node.name, request: '{}' });
      await first.close();
      await fixture.run(statement);
      const store = await fixture.open();
      const load = async (): Promise<unknown[]> => [
        await store.identity.load(),
        await store.launchedNodes.all(),
        await store.sessions.load('tag'),
        await store.audit.find({ limit: 1 }),
        await store.openShells.all(),
        await store.pendingRestarts.all(),
      ];
      await assert.rejects(load(), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'CONSOLE_STORE_DAMAGED', statement);
        assert.match(error.message, new RegExp(`is damaged: ${table}\\.\\w+ has an invalid value$`));
        return !error.message.includes('forged');
      });
      await store.close();
    }
  });
}

function testVersions(make: () => Promise<StoreFixture>): void {
  test('migrates an older store, and keeps what is in it', async () => {
    await using fixture = await make();
    const older = await fixture.open();
    await older.launchedNodes.save(place, cookie, node);
    await older.close();
    await assert.rejects(fixture.run('select * from colours'));
    const newer = await fixture.open(later);
    assert.deepEqual(await newer.launchedNodes.all(), [{ place, cookie, nodes: [node] }]);
    await newer.close();
    await fixture.run('select * from colours');
    await (await fixture.open(later)).close();
  });

  test('migrates a store of the first version that had one', async () => {
    await using fixture = await make();
    const [first] = Object.entries(migrations);
    assert.ok(first?.[0] === '0001-identity-nodes-sessions');
    const oldest = await fixture.open(Object.fromEntries([first]));
    await oldest.identity.save(identity);
    await oldest.sessions.save('tag', [sessionNumber(1)]);
    await assert.rejects(oldest.audit.find({ limit: 1 }));
    await oldest.close();
    const store = await fixture.open();
    assert.deepEqual(await store.identity.load(), identity);
    assert.deepEqual(await store.launchedNodes.all(), []);
    assert.deepEqual(await store.sessions.load('tag'), [sessionNumber(1)]);
    await store.audit.add([{ at: 1, actor: 'token', act: 'login', text: '{}' }], 10);
    assert.equal((await store.audit.find({ limit: 1 })).length, 1);
    await store.close();
  });

  test('refuses a newer store, and does not change it', async () => {
    await using fixture = await make();
    const newer = await fixture.open(later);
    await newer.launchedNodes.save(place, cookie, node);
    await newer.close();
    await assert.rejects(fixture.open(), {
      code: 'CONSOLE_STORE_NEWER',
      message: /was written by a newer version of Convoy \(9999-colours\)$/,
      remedy: /Update Convoy/,
    });
    const again = await fixture.open(later);
    assert.deepEqual(await again.launchedNodes.all(), [{ place, cookie, nodes: [node] }]);
    await again.close();
  });

  test('is left as it was by a migration that fails', async () => {
    await using fixture = await make();
    const older = await fixture.open();
    await older.launchedNodes.save(place, cookie, node);
    await older.close();
    await assert.rejects(fixture.open(broken), /the migration failed/);
    // Not even the migration that succeeded before it.
    await assert.rejects(fixture.run('select * from colours'));
    const again = await fixture.open();
    assert.deepEqual(await again.launchedNodes.all(), [{ place, cookie, nodes: [node] }]);
    await again.close();
  });
}
