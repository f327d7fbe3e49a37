import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { localCommand, prepareFolder } from '../../../src/platforms/local/local-command.ts';

const base = {
  node: 'a@127.0.0.1',
  folder: '/state/nodes/a@127.0.0.1',
  epmdPort: 5000,
  convoyCommand: ['/bin/node', '--conditions=x', '/convoy/main.ts'],
};

test('runs the convoy command for a TypeScript node, with its parent pipe', () => {
  const command = localCommand({ ...base, kind: 'typescript', env: { PATH: '/bin' } });
  assert.equal(command.file, '/bin/node');
  assert.deepEqual(command.args.slice(0, 5), [
    '--conditions=x',
    '/convoy/main.ts',
    'node',
    '--name',
    'a@127.0.0.1',
  ]);
  assert.equal(command.env['CONVOY_PARENT_PIPE'], '1');
  assert.equal(command.env['ERL_EPMD_PORT'], '5000');
});

for (const kind of ['elixir', 'erlang'] as const) {
  test(`runs an ${kind} node on loopback, with the cookie in a private home, without starting EPMD`, () => {
    const { args, env } = localCommand({ ...base, kind, env: { PATH: '/bin', HOME: '/home/u' } });
    const line = args.join(' ');
    assert.match(line, /-start_epmd false/);
    assert.match(line, /inet_dist_use_interface \{127,0,0,1\}/);
    assert.match(line, /-?-name a@127\.0\.0\.1/);
    assert.equal(env['HOME'], base.folder);
    assert.equal(env['CONVOY_USER_HOME'], '/home/u');
  });
}

test('passes on no settings or secrets that are not for the node', () => {
  const env = {
    PATH: '/bin',
    LANG: 'C',
    CONVOY_COOKIE: 'secret',
    RELEASE_COOKIE: 'secret',
    ERL_AFLAGS: '-name other',
    ERL_FLAGS: 'x',
    ERL_EPMD_PORT: '1',
    ELIXIR_ERL_OPTIONS: 'x',
    ERL_LIBS: '/libs',
  };
  for (const kind of ['typescript', 'elixir', 'erlang'] as const) {
    const command = localCommand({ ...base, kind, env });
    assert.doesNotMatch(JSON.stringify([command.args, command.env]), /secret|other/);
    assert.equal(command.env['LANG'], 'C');
    assert.equal(command.env['ERL_LIBS'], '/libs');
    assert.equal(command.env['ERL_FLAGS'], undefined);
  }
});

test('creates a folder that only its owner can enter, with cookies that only its owner can read', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'convoy-folder-'));
  try {
    const folder = join(parent, 'nodes', 'a@127.0.0.1');
    const link = { peer: 'console@127.0.0.1', cookie: 'the-link-cookie' };
    await prepareFolder({ folder, kind: 'erlang' }, { cookie: 'the-cookie', link });
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const [name, text] of [
      ['.erlang.cookie', 'the-cookie'],
      ['link', 'console@127.0.0.1\nthe-link-cookie\n'],
    ] as const) {
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
      assert.equal(readFileSync(join(folder, name), 'utf8'), text);
    }
    assert.match(readFileSync(join(folder, 'boot.erl'), 'utf8'), /convoy_worker/);
  } finally {
    rmSync(parent, { recursive: true });
  }
});

test('starts a node that lives on without a pipe, with the folder that it removes when it ends by itself', () => {
  const deadMan = { kind: 'owner', graceMs: 5000 } as const;
  const typescript = localCommand({ ...base, kind: 'typescript', env: {}, deadMan });
  assert.equal(typescript.env['CONVOY_PARENT_PIPE'], undefined);
  assert.equal(typescript.env['CONVOY_DEADMAN_MS'], '5000');
  const erlang = localCommand({ ...base, kind: 'erlang', env: {}, deadMan });
  assert.equal(erlang.args[0], '-noinput');
  for (const { env } of [typescript, erlang]) assert.equal(env['CONVOY_FOLDER'], base.folder);
});

test('limits the memory of an emulator by its process, and that of Node.js by its heap', () => {
  const erlang = localCommand({ ...base, kind: 'erlang', env: {}, memoryMb: 512 });
  assert.equal(erlang.file, '/bin/sh');
  assert.deepEqual(erlang.args.slice(2, 6), ['convoy-node', String(512 * 1024), 'erl', '-noshell']);
  const variables = { NODE_OPTIONS: '--enable-source-maps' };
  const typescript = localCommand({ ...base, kind: 'typescript', env: {}, variables, memoryMb: 512 });
  assert.equal(typescript.env['NODE_OPTIONS'], '--enable-source-maps --max-old-space-size=512');
});

test('passes the program to convoy node, or to the boot program', () => {
  const program = { kind: 'file', file: '/srv/main.ts' } as const;
  const typescript = localCommand({ ...base, kind: 'typescript', env: {}, program });
  assert.deepEqual(typescript.args.slice(2, 5), ['node', '/srv/main.ts', '--name']);
  const call = { kind: 'call', call: 'shop:start' } as const;
  const erlang = localCommand({ ...base, kind: 'erlang', env: {}, program: call });
  assert.equal(erlang.env['CONVOY_PROGRAM'], 'shop:start');
});

test('runs the start script of a release by a shell, with a pipe besides standard input unless it lives on', () => {
  const program = { kind: 'release', folder: '/srv/shop' } as const;
  const env = { PATH: '/bin', HOME: '/home/u' };
  const command = localCommand({ ...base, kind: 'elixir', env, program });
  assert.equal(command.file, '/bin/sh');
  assert.deepEqual(command.args.slice(3), [base.folder, '/srv/shop', 'a@127.0.0.1']);
  assert.equal(command.env['CONVOY_BOOT'], `${base.folder}/boot.erl`);
  assert.equal(command.env['CONVOY_USER_HOME'], '/home/u');
  assert.equal(command.hasLifeline, true);
  const deadMan = { kind: 'owner', graceMs: 5000 } as const;
  const kept = localCommand({ ...base, kind: 'elixir', env, program, deadMan, memoryMb: 512 });
  assert.deepEqual([kept.hasLifeline, kept.args.slice(2, 5)], [false, ['convoy-node', '524288', '/bin/sh']]);
});
