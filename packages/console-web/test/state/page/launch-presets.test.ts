/** Presets of launches as stored in the browser. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { longestPresetName, parsePresets, withPreset } from '../../../src/state/page/launch-presets.ts';

const workers = {
  name: 'workers',
  place: 'ssh://ops@db1',
  values: { kind: 'elixir', count: '3', join: false, program: { release: '/opt/shop' } },
};

describe('stored presets', () => {
  test('are taken as they were written', () => {
    assert.deepEqual(parsePresets(JSON.parse(JSON.stringify([workers]))), [workers]);
  });

  test('lose what this page does not understand', () => {
    const strange = { ...workers, values: { kind: 'elixir', count: 3, deep: { a: { b: 1 }, c: 'text' } } };
    assert.deepEqual(parsePresets([strange])[0]?.values, { kind: 'elixir', deep: { c: 'text' } });
    const nameless = [{ place: 'local' }, { name: 'x'.repeat(longestPresetName + 1) }, 7, null];
    assert.deepEqual(parsePresets(nameless), []);
    for (const stored of [undefined, {}, 'text', 3]) assert.deepEqual(parsePresets(stored), []);
  });
});

test('a preset takes the place of one with its name, and all stay in order', () => {
  const first = withPreset([workers], { ...workers, name: 'caches' });
  assert.deepEqual(
    first.map(({ name }) => name),
    ['caches', 'workers'],
  );
  const changed = withPreset(first, { ...workers, place: 'local' });
  assert.deepEqual(
    changed.map(({ place }) => place),
    ['ssh://ops@db1', 'local'],
  );
});
