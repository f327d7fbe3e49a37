/** docs/errors.md lists every error code of the sources, and nothing else. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

function codesInSources(): Set<string> {
  const codes = new Set<string>();
  for (const file of globSync('packages/*/src/**/errors.ts')) {
    const source = readFileSync(file, 'utf8');
    for (const union of source.matchAll(/type \w+ErrorCode =([^;]+);/g)) {
      for (const literal of (union[1] ?? '').matchAll(/'([A-Z_]+)'/g)) codes.add(literal[1] ?? '');
    }
  }
  return codes;
}

test('every error code is documented, and every documented code exists', () => {
  const documented = new Set(
    Array.from(
      readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([A-Z_]+)`/gm),
      (match) => match[1] ?? '',
    ),
  );
  const inSources = codesInSources();
  assert.deepEqual(
    [...documented].filter((code) => !inSources.has(code)),
    [],
    'documented, but not in the sources',
  );
  assert.deepEqual(
    [...inSources].filter((code) => !documented.has(code)),
    [],
    'in the sources, but not documented',
  );
});
