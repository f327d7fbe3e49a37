import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileOf, parseProgram, programVariables } from '../../src/launch/launch-program.ts';

test('reads a module file, a script, and a function with or without the folder of its module', () => {
  assert.deepEqual(parseProgram('typescript', '/srv/app/main.ts'), {
    kind: 'file',
    file: '/srv/app/main.ts',
  });
  assert.deepEqual(parseProgram('typescript', 'C:\\app\\main.mjs'), {
    kind: 'file',
    file: 'C:\\app\\main.mjs',
  });
  assert.deepEqual(parseProgram('elixir', '/srv/seed data.exs'), {
    kind: 'file',
    file: '/srv/seed data.exs',
  });
  assert.deepEqual(parseProgram('elixir', 'Shop.Worker.start!'), {
    kind: 'call',
    call: 'Shop.Worker.start!',
  });
  assert.deepEqual(parseProgram('elixir', '/srv/ebin/Shop.Worker.start'), {
    kind: 'call',
    call: 'Shop.Worker.start',
    module: { folder: '/srv/ebin', file: '/srv/ebin/Elixir.Shop.Worker.beam' },
  });
  assert.deepEqual(parseProgram('erlang', 'shop_worker:start'), { kind: 'call', call: 'shop_worker:start' });
  assert.deepEqual(parseProgram('erlang', '/srv/ebin/shop_worker:start'), {
    kind: 'call',
    call: 'shop_worker:start',
    module: { folder: '/srv/ebin', file: '/srv/ebin/shop_worker.beam' },
  });
});

test('takes any other absolute path for a release, of Elixir and Erlang only', () => {
  for (const folder of ['/srv/shop', '/srv/shop/bin/shop', '/srv/Shop 1.4/']) {
    for (const kind of ['elixir', 'erlang'] as const) {
      const program = parseProgram(kind, folder);
      assert.deepEqual(program, { kind: 'release', folder });
      assert.equal(fileOf(program), undefined);
      assert.deepEqual(programVariables(program), {});
    }
    assert.throws(() => parseProgram('typescript', folder), { code: 'PROVIDER_BAD_PROGRAM' });
  }
});

test('refuses what a kind of node cannot run, with the value and what it can', () => {
  for (const [kind, program] of [
    ['typescript', 'main.ts'],
    ['typescript', '/srv/main.exs'],
    ['typescript', 'shop:start'],
    ['elixir', 'seed.exs'],
    ['elixir', '/srv/main.ts'],
    ['elixir', '/srv/seed.ex'],
    ['erlang', '/srv/ebin/shop.beam'],
    ['elixir', 'srv/shop'],
    ['elixir', 'shop:start'],
    ['elixir', 'Shop.Worker.start(1)'],
    ['elixir', 'Shop'],
    ['erlang', 'shop:start/0'],
    ['erlang', 'shop'],
    ['erlang', 'ebin/shop:start'],
    ['erlang', 'shop:start\n'],
    ['erlang', ''],
    ['elixir', `/${'a'.repeat(1000)}.exs`],
  ] as const) {
    assert.throws(() => parseProgram(kind, program), {
      code: 'PROVIDER_BAD_PROGRAM',
      remedy: /^Give (?:the absolute path|a function)/,
    });
  }
  assert.throws(() => parseProgram('erlang', '/srv/x.exs'), {
    message: '"/srv/x.exs" is not a program that an Erlang node can run',
  });
});

test('says which file it needs, and tells the boot program what to run', () => {
  const script = parseProgram('elixir', '/srv/seed.exs');
  assert.equal(fileOf(script), '/srv/seed.exs');
  assert.deepEqual(programVariables(script), { CONVOY_PROGRAM: '/srv/seed.exs' });
  const call = parseProgram('erlang', '/srv/ebin/shop:start');
  assert.equal(fileOf(call), '/srv/ebin/shop.beam');
  assert.deepEqual(programVariables(call), { CONVOY_PROGRAM: 'shop:start', CONVOY_CODE_PATH: '/srv/ebin' });
  const bare = parseProgram('erlang', 'shop:start');
  assert.equal(fileOf(bare), undefined);
  assert.deepEqual(programVariables(bare), { CONVOY_PROGRAM: 'shop:start' });
  assert.deepEqual(programVariables(undefined), {});
});
