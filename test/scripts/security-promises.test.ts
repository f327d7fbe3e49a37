import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Folders of tests across packages; the other words before a name are packages. */
const across = new Set(['interop', 'e2e', 'alone']);

test('every promise in SECURITY.md names tests that exist', () => {
  const rows = readFileSync(`${root}/SECURITY.md`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:promise|-)/.test(line));
  assert.ok(rows.length > 20);
  for (const row of rows) {
    const heldBy = row.split('|')[2] ?? '';
    const named = [...heldBy.matchAll(/(?:([a-z0-9-]+) )?`([^`]+)`/g)];
    assert.ok(named.length > 0, `no test for: ${row}`);
    let place = '';
    for (const [, word, name] of named) {
      place = word ?? place;
      const path = across.has(place) ? `test/${place}/${name}` : `packages/${place}/test/${name}`;
      assert.notEqual(
        globSync(`${path}{,.property}.test.ts`, { cwd: root }).length,
        0,
        `${path}, for: ${row}`,
      );
    }
  }
});
