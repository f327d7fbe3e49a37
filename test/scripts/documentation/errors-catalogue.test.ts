/** docs/errors.md lists every error code of the sources, and nothing else. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

function codesInSources(): Set<string> {
  const codes = new Set<string>();
  for (const file of globSync('packages/*/src/**/{errors,*-error}.ts')) {
    const source = readFileSync(file, 'utf8');
    for (const union of source.matchAll(/type \w+ErrorCode =([^;]+);/g)) {
      for (const literal of (union[1] ?? '').matchAll(/'([A-Z_]+)'/g)) codes.add(literal[1] ?? '');
    }
  }
  return codes;
}

test('every error code is documented, and every documented code exists', () => {
  const rows = Array.from(
    readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([A-Z_]+)`/gm),
    (match) => match[1] ?? '',
  );
  const documented = new Set(rows);
  assert.deepEqual(
    rows.filter((code, index) => rows.indexOf(code) !== index),
    [],
    'documented twice',
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

/** The codes in the first column of a guide's tables that look like those of the catalogue: `| `SSH_TIMEOUT`, `SSH_CLOSED` |`. */
function codesInTables(guide: string, prefixes: ReadonlySet<string>): string[] {
  const cells = Array.from(guide.matchAll(/^\| ([^|]*)\|/gm), ([, cell = '']) => cell);
  const codes = cells.flatMap((cell) =>
    Array.from(cell.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g), ([, code = '']) => code),
  );
  return codes.filter((code) => prefixes.has(code.split('_')[0] ?? ''));
}

test('every error code in a table of a guide exists', () => {
  const codes = codesInSources();
  const prefixes = new Set(Array.from(codes, (code) => code.split('_')[0] ?? ''));
  for (const file of globSync('packages/cluster/src/doctor/**/*.ts')) {
    for (const [, code = ''] of readFileSync(file, 'utf8').matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g))
      codes.add(code);
  }
  const guides = globSync('docs/guide/*.md').map((guide) => ({ guide, text: readFileSync(guide, 'utf8') }));
  const named = guides.flatMap(({ guide, text }) =>
    codesInTables(text, prefixes).map((code) => ({ guide, code })),
  );
  assert.ok(named.length > 80, `only ${named.length} codes found`);
  assert.deepEqual(
    named.filter(({ code }) => !codes.has(code)).map(({ guide, code }) => `${guide}: ${code}`),
    [],
  );
  assert.deepEqual(codesInTables('| `NO_SUCH`, `NODE_GONE` | x |\n| y | `NODE_Z_Z` |', new Set(['NODE'])), [
    'NODE_GONE',
  ]);
});
