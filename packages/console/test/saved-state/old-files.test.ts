import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { digestOf } from '../../src/auth/secrets.ts';
import { openSavedState, type SavedState } from '../../src/saved-state/open-saved-state.ts';

const token = 'a-token-of-some-length';
const secret = 'the-secret-in-the-cookie-of-a-browser';
const node = {
  id: '0a1b2c',
  name: 'erlang-1@db1.internal',
  kind: 'erlang',
  port: 20_001,
  osPid: 4242,
  linkCookie: 'the-link-cookie-of-it',
};
const links = {
  node: 'convoy-0a1b2c3d@127.0.0.1',
  hosts: { 'ssh://ops@db1': { cookie: 'the-cookie-of-the-host', nodes: [node] } },
};
const now = Date.now();
const sessions = {
  id: '76543210',
  token: digestOf(`sessions of ${token}`).toString('hex'),
  sessions: [{ digest: digestOf(secret).toString('hex'), createdAt: now - 1000, seenAt: now }],
};

interface World extends Disposable {
  readonly path: string;
  readonly warnings: object[];
  write(name: string, content: unknown): void;
  open(): Promise<SavedState>;
}

function makeWorld(): World {
  const path = mkdtempSync(join(tmpdir(), 'convoy-old-'));
  const warnings: object[] = [];
  return {
    path,
    warnings,
    write: (name, content) =>
      writeFileSync(join(path, name), typeof content === 'string' ? content : JSON.stringify(content)),
    open: () =>
      openSavedState({
        path,
        token,
        sessionKey: { value: 'the-key', file: join(path, 'session-key') },
        logger: { warn: (detail) => void warnings.push(detail) },
      }),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

describe('the files of earlier versions', () => {
  test('are taken over and deleted', async () => {
    using world = makeWorld();
    world.write('links.json', links);
    world.write('sessions.json', sessions);
    for (const round of ['first', 'second']) {
      const state = await world.open();
      assert.deepEqual(state.identity, { id: '76543210', node: links.node }, round);
      assert.deepEqual(state.nodes.place('ssh://ops@db1')?.nodes, [{ ...node, keep: false, join: true }]);
      assert.equal(state.nodes.place('ssh://ops@db1')?.cookie, 'the-cookie-of-the-host');
      assert.ok(state.sessions.find(secret, now));
      await state.close();
      for (const name of ['links.json', 'sessions.json']) assert.ok(!existsSync(join(world.path, name)));
    }
    assert.deepEqual(world.warnings, []);
  });

  test('win over the store when an older version has run since', async () => {
    using world = makeWorld();
    const first = await world.open();
    const other = { ...node, name: 'erlang-2@db1.internal', keep: false, join: true } as const;
    await first.nodes.add('ssh://ops@db1', 'the-cookie-before-that', { ...other, kind: 'erlang' });
    await first.close();
    world.write('links.json', links);
    const second = await world.open();
    assert.deepEqual(second.identity, { id: first.identity.id, node: links.node });
    assert.equal(second.nodes.place('ssh://ops@db1')?.nodes.length, 2);
    await second.close();
  });

  test('bring no session back that belongs to another token', async () => {
    using world = makeWorld();
    world.write('sessions.json', { ...sessions, token: digestOf('sessions of another').toString('hex') });
    const state = await world.open();
    assert.equal(state.identity.id, sessions.id);
    assert.equal(state.sessions.find(secret, now), undefined);
    await state.close();
  });

  test('are kept aside when they make no sense, with a warning', async () => {
    for (const text of ['', '{"node": "con', '[]', `{"node":"${links.node}","hosts":{"x":{"nodes":[{}]}}}`]) {
      using world = makeWorld();
      world.write('links.json', text);
      world.write('sessions.json', sessions);
      const state = await world.open();
      assert.notEqual(state.identity.node, links.node);
      assert.deepEqual(state.nodes.places, []);
      assert.ok(state.sessions.find(secret, now), 'the other file is not lost');
      await state.close();
      const aside = join(world.path, 'links.json.unreadable');
      assert.equal(readFileSync(aside, 'utf8'), text);
      assert.deepEqual(world.warnings, [{ file: aside }]);
      const { node: name } = state.identity;
      const again = await world.open();
      assert.equal(again.identity.node, name);
      await again.close();
    }
  });

  test('stop the start when they cannot be read', async () => {
    for (const name of ['links.json', 'sessions.json']) {
      using world = makeWorld();
      mkdirSync(join(world.path, name));
      await assert.rejects(world.open(), {
        code: 'CONSOLE_STORAGE_FAILED',
        message: new RegExp(`${name}: there is a folder where a file should be`),
      });
    }
  });
});
