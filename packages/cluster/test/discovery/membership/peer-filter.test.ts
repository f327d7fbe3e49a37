import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPeerFilter } from '../../../src/discovery/membership/peer-filter.ts';

const cases: readonly [string, string, boolean][] = [
  ['a@h', 'a@h', true],
  ['a@h', 'a@host', false],
  ['a*', 'app@h', true],
  ['*', 'app@h', true],
  ['app-*@*.example', 'app-1@x.example', true],
  ['app-*@*.example', 'app-1@x.example.org', false],
  ['*a*b*', 'xxaxxbxx', true],
  ['*a*b*', 'xxbxxaxx', false],
  ['a*a', 'a', false],
  ['ab*ba', 'aba', false],
];

describe('peer filter', () => {
  for (const [pattern, name, isWanted] of cases) {
    test(`${pattern} ${isWanted ? 'matches' : 'does not match'} ${name}`, () => {
      assert.equal(createPeerFilter({ include: [pattern] })({ node: name }), isWanted);
      assert.equal(createPeerFilter({ exclude: [pattern] })({ node: name }), !isWanted);
    });
  }

  test('exclude takes precedence over include', () => {
    const filter = createPeerFilter({ include: ['*'], exclude: ['a@h'] });
    assert.deepEqual([filter({ node: 'a@h' }), filter({ node: 'b@h' })], [false, true]);
  });

  test('a peer must have every tag of the filter', () => {
    const filter = createPeerFilter({ tags: { version: '2', region: 'ams' } });
    assert.equal(filter({ node: 'a@h', tags: { version: '2', region: 'ams', other: 'x' } }), true);
    assert.equal(filter({ node: 'a@h', tags: { version: '2' } }), false);
    assert.equal(filter({ node: 'a@h', tags: { version: '1', region: 'ams' } }), false);
    assert.equal(filter({ node: 'a@h' }), false);
  });

  test('a pattern that matches nothing is rejected quickly', () => {
    const filter = createPeerFilter({ include: ['*a'.repeat(60)] });
    assert.equal(filter({ node: `${'a'.repeat(250)}b` }), false);
  });
});
