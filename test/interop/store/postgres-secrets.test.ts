/** What a console keeps in a database that others can read and write: nothing there is of use to them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openPostgresStore, schemaOf } from '../../../packages/console/src/store/postgres/open-postgres.ts';
import type {
  LaunchedNodeRecord,
  OpenShellRecord,
  Store,
} from '../../../packages/console/src/store/store.ts';
import { attack } from '../../support/attack.ts';
import { onlyInAll } from '../../support/extent.ts';
import { missingPostgres } from '../../support/network/postgres-server.ts';
import { type PostgresDatabase, postgresDatabases } from '../../support/store/postgres-database.ts';
import { launchedRecord } from '../../support/store/launched-record.ts';

const makeDatabase = postgresDatabases();
const [key, otherKey] = ['the-key-of-this-console', 'the-key-of-another-console'];
const place = 'ssh://ops@db1';
const node: LaunchedNodeRecord = launchedRecord;
const session = { digest: '0'.repeat(64), createdAt: 1_796_000_000_000, seenAt: 1_796_000_000_001 };
const cluster = {
  id: 'prod',
  label: 'Production',
  color: 'red',
  production: true,
  acting: false,
  attached: { request: '{"nodes":["app@10.0.0.5"]}', cookie: 'the-cookie-of-the-cluster' },
} as const;

const shell: OpenShellRecord = {
  id: 'a-shell',
  node: 'prod:app@10.0.0.5',
  kind: 'iex',
  number: 1,
  cols: 80,
  rows: 24,
  openedAt: 1_796_000_000_000,
  handle: 'iex.the-handle-of-a-shell',
  screen: 'the-screen-of-a-shell',
};

async function fill(store: Store): Promise<void> {
  await store.identity.save({ id: '0a1b2c3d', node: 'convoy-0a1b2c3d@127.0.0.1' });
  await store.launchedNodes.save(place, 'the-cookie-of-the-place', node);
  await store.clusters.save(cluster);
  await store.sessions.save('the-tag-of-sessions', [session]);
  await store.openShells.save(shell);
}

/** Everything in the database, as text. */
async function contentOf({ query }: PostgresDatabase): Promise<string> {
  const tables = await query(
    `select table_schema || '.' || table_name as name from information_schema.tables where table_schema like 'convoy%'`,
  );
  const rows = await Promise.all(tables.map(({ name }) => query(`select * from ${String(name)}`)));
  return JSON.stringify(rows);
}

/** What others may write, and the table that is damaged by it. */
const forgeries = [
  [`update launched_nodes set os_pid = 1234`, 'launched_nodes'],
  [`update launched_nodes set port = 20002`, 'launched_nodes'],
  [`update launched_nodes set id = 'another'`, 'launched_nodes'],
  [
    `update secrets set owner = 'ssh://ops@evil' where owner = '${place}'; update launched_nodes set place = 'ssh://ops@evil'`,
    'launched_nodes',
  ],
  [`update clusters set request = '{"nodes":["app@10.6.6.6"]}'`, 'clusters'],
  [`update clusters set production = 0`, 'clusters'],
  [`update clusters set acting = 1`, 'clusters'],
  [`update clusters set production = 0, acting = 1`, 'clusters'],
  [`update open_shells set node = 'prod:app@10.6.6.6'`, 'open_shells'],
  [`update secrets set value = 'a-cookie-of-their-own' where owner like 'cluster%'`, 'clusters'],
] as const;

describe('a store in a database of several consoles', { skip: onlyInAll(missingPostgres) }, () => {
  attack(
    'Secrets',
    'a shared database contains no cookie, no screen, and nothing to log in with',
    async () => {
      await using database = await makeDatabase();
      const store = await openPostgresStore({ address: database.address, key });
      await fill(store);
      const content = await contentOf(database);
      assert.ok(content.includes(node.name) && content.includes(session.digest));
      for (const secret of [
        'the-link-cookie',
        'the-cookie-of-the-place',
        'the-cookie-of-the-cluster',
        'the-tag',
        'the-screen-of-a-shell',
        'the-handle-of-a-shell',
        key,
      ])
        assert.ok(!content.includes(secret), secret);
      await store.close();
    },
  );

  attack('Secrets', 'a console does not act on what others have written into a shared database', async () => {
    for (const [change, table] of forgeries) {
      await using database = await makeDatabase();
      const store = await openPostgresStore({ address: database.address, key });
      await fill(store);
      await database.query(`set search_path to ${schemaOf(key)}`, change);
      const load = async (): Promise<unknown[]> => [
        await store.launchedNodes.all(),
        await store.clusters.all(),
        await store.openShells.all(),
      ];
      await assert.rejects(load(), (error: Error & { code?: string; remedy?: string }) => {
        assert.equal(error.code, 'CONSOLE_STORE_DAMAGED', change);
        assert.match(error.message, new RegExp(`is damaged: ${table}`));
        assert.match(error.remedy ?? '', /store-key/);
        return true;
      });
      await store.close();
    }
  });

  attack(
    'Login and sockets',
    'a session that others have written into a shared database does not log in',
    async () => {
      await using database = await makeDatabase();
      const store = await openPostgresStore({ address: database.address, key });
      await fill(store);
      const forged = '1'.repeat(64);
      await database.query(
        `set search_path to ${schemaOf(key)}`,
        `insert into sessions select '${forged}', tag, created_at, seen_at from sessions`,
      );
      assert.deepEqual(await store.sessions.load('the-tag-of-sessions'), [session]);
      await database.query(
        `set search_path to ${schemaOf(key)}`,
        `update sessions set seen_at = seen_at + 1`,
      );
      assert.deepEqual(await store.sessions.load('the-tag-of-sessions'), []);
      await store.close();
    },
  );

  test('keeps consoles apart, whose keys differ', async () => {
    await using database = await makeDatabase();
    const [one, two] = [
      await openPostgresStore({ address: database.address, key }),
      await openPostgresStore({ address: database.address, key: otherKey }),
    ];
    await fill(one);
    assert.equal(await two.identity.load(), undefined);
    assert.deepEqual(await two.launchedNodes.all(), []);
    await two.launchedNodes.save(place, 'another-cookie-of-the-place', { ...node, port: 1 });
    await two.sessions.deleteAll();
    assert.deepEqual(await one.launchedNodes.all(), [
      { place, cookie: 'the-cookie-of-the-place', nodes: [node] },
    ]);
    assert.equal((await one.sessions.load('the-tag-of-sessions')).length, 1);
    await Promise.all([one.close(), two.close()]);
  });

  test('is opened by consoles that start at the same time', async () => {
    await using database = await makeDatabase();
    const keys = Array.from({ length: 5 }, (_, number) => `the-key-of-console-${number}`);
    const stores = await Promise.all(
      keys.map((one) => openPostgresStore({ address: database.address, key: one })),
    );
    await Promise.all(stores.map((store) => fill(store)));
    for (const store of stores) {
      assert.equal((await store.launchedNodes.all()).length, 1);
      await store.close();
    }
  });
});
