import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkPackage } from '../../scripts/check-boundaries.ts';
import type { PackageRules } from '../../scripts/layers.ts';

const rules: PackageRules = {
  packages: ['@convoy/node'],
  layers: [
    { place: 'wire', mayImport: [] },
    { place: 'net', mayImport: ['wire'], builtins: ['net'] },
    { place: 'index', mayImport: ['*'] },
  ],
};

function check(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'boundaries-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return checkPackage(folder, rules);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('accepts imports that go down the layers', () => {
  const found = check({
    'wire/codec.ts': 'export const a = 1;',
    'net/socket.ts': "import { connect } from 'node:net';\nimport { a } from '../wire/codec.ts';",
    'index.ts': "export { a } from './wire/codec.ts';\nimport { startNode } from '@convoy/node';",
  });
  assert.deepEqual(found, []);
});

test('finds a planted import of a higher layer, type-only included', () => {
  assert.deepEqual(
    check({ 'wire/codec.ts': "import type { S } from '../net/socket.ts';", 'net/socket.ts': '' }),
    ['wire/codec.ts (layer wire) must not import net/socket.ts'],
  );
});

test('finds a planted socket in a pure part', () => {
  assert.deepEqual(check({ 'wire/codec.ts': "import { connect } from 'node:net';" }), [
    'wire/codec.ts must not touch node:net',
  ]);
});

test('finds an import of a package that is not listed, and of the inside of a listed one', () => {
  assert.deepEqual(check({ 'index.ts': "import '@convoy/shell';\nimport x from '@convoy/node/src/x.ts';" }), [
    'index.ts must not import @convoy/shell',
    'index.ts must not import @convoy/node/src/x.ts',
  ]);
});

test('finds a circle and a folder that is in no layer', () => {
  const found = check({
    'wire/a.ts': "import { b } from './b.ts';",
    'wire/b.ts': "import { a } from './a.ts';",
    'other/c.ts': "import { a } from '../wire/a.ts';",
  });
  assert.deepEqual(found, [
    'other/c.ts is in no layer: add its folder to scripts/layers.ts',
    'imports in a circle: wire/a.ts -> wire/b.ts -> wire/a.ts',
  ]);
});
