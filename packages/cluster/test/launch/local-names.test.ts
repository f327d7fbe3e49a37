import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseName } from '../../src/launch/local-names.ts';

test('picks the first free name of the kind', () => {
  assert.equal(chooseName({ kind: 'typescript' }, new Set()), 'ts-1');
  assert.equal(chooseName({ kind: 'elixir' }, new Set(['elixir-1', 'elixir-3'])), 'elixir-2');
});

test('returns a free name unchanged', () => {
  assert.equal(chooseName({ kind: 'erlang', name: 'Worker_1' }, new Set(['erlang-1'])), 'Worker_1');
});

test('refuses a taken name and offers a free one', () => {
  assert.throws(() => chooseName({ kind: 'erlang', name: 'db-1' }, new Set(['db-1'])), {
    name: 'ProviderError',
    code: 'PROVIDER_NAME_TAKEN',
    remedy: /db-2/,
  });
});

test('refuses what cannot be a node name', () => {
  for (const name of ['', '1st', 'a b', 'a@b', '-a', "a'", 'x'.repeat(64)]) {
    assert.throws(() => chooseName({ kind: 'erlang', name }, new Set()), { code: 'PROVIDER_BAD_NAME' }, name);
  }
});
