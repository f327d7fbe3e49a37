import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import {
  checkPackage,
  checkPermissions,
  checkPureFiles,
  checkOtherFolders,
} from '../../scripts/check-boundaries.ts';
import type { Layer, PackageRules } from '../../scripts/layers/package-rules.ts';

const rules: PackageRules = {
  packages: ['@convoy/node'],
  layers: [
    { place: 'wire', mayImport: [] },
    { place: 'net', mayImport: ['wire'], builtins: ['net'] },
    { place: 'index', mayImport: ['*'] },
  ],
};

function withFiles(files: Record<string, string>, run: (folder: string) => string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'boundaries-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function check(files: Record<string, string>, own: PackageRules = rules): string[] {
  return withFiles(files, (folder) => checkPackage(folder, own));
}

/** Rows in which everything may import everything before it. */
function rowsOf(...places: string[]): PackageRules {
  return { packages: [], layers: places.map((place) => ({ place, mayImport: ['*'] })) };
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

test('finds a planted value of a door that may give types only', () => {
  const own = { ...rules, typesOnly: ['@convoy/node'] };
  const types = "import type { Node } from '@convoy/node';\nimport { type Pid } from '@convoy/node';";
  assert.deepEqual(check({ 'wire/codec.ts': types }, own), []);
  assert.deepEqual(check({ 'wire/codec.ts': "import { type Pid, startNode } from '@convoy/node';" }, own), [
    'wire/codec.ts must import only types from @convoy/node',
  ]);
});

test('finds a planted socket in a pure part', () => {
  assert.deepEqual(check({ 'wire/codec.ts': "import { connect } from 'node:net';" }), [
    "wire/codec.ts (layer wire) must not import node:net, which is not in the layer's builtins",
  ]);
});

test('finds an import of a package that is not listed, and of the inside of a listed one', () => {
  assert.deepEqual(check({ 'index.ts': "import '@convoy/shell';\nimport x from '@convoy/node/src/x.ts';" }), [
    'index.ts must not import @convoy/shell, which is not in the packages of its table',
    'index.ts must not import @convoy/node/src/x.ts, which is not in the packages of its table',
  ]);
});

test('finds a cycle and a folder that is in no layer', () => {
  const found = check({
    'wire/a.ts': "import { b } from './b.ts';",
    'wire/b.ts': "import { a } from './a.ts';",
    'other/c.ts': "import { a } from '../wire/a.ts';\nimport { b } from '../wire/b.ts';",
    'other/d.ts': '',
  });
  assert.deepEqual(found, [
    'other/c.ts is in no layer: add its folder to the table in scripts/layers/',
    'other/d.ts is in no layer: add its folder to the table in scripts/layers/',
    'files import in a circle: wire/a.ts -> wire/b.ts -> wire/a.ts',
  ]);
});

describe('folders', () => {
  test('may not import one another, whatever the table allows', () => {
    const found = check(
      {
        'wire/a.ts': "import { b } from '../net/b.ts';",
        'wire/c.ts': '',
        'net/b.ts': '',
        'net/d.ts': "import { c } from '../wire/c.ts';",
      },
      { packages: [], layers: [{ place: 'wire', mayImport: [] }, ...rowsOf('net', 'wire/a').layers] },
    );
    assert.deepEqual(found, [
      'folders import one another: net/d.ts imports wire/c.ts; wire/a.ts imports net/b.ts',
    ]);
  });

  test('may not import in a cycle of three', () => {
    const found = check(
      {
        'a/1.ts': "import '../b/1.ts';",
        'b/1.ts': "import '../c/1.ts';",
        'c/1.ts': "import '../a/2.ts';",
        'a/2.ts': '',
      },
      rowsOf('a/2', 'c', 'b', 'a'),
    );
    assert.deepEqual(found, [
      'folders import one another: a/1.ts imports b/1.ts; b/1.ts imports c/1.ts; c/1.ts imports a/2.ts',
    ]);
  });

  test('count apart from their sub-folders, in either order but not in both', () => {
    const ownRules = rowsOf('wire/tags', 'wire/text', 'wire');
    const below = { 'wire/text/a.ts': "import '../tags.ts';", 'wire/tags.ts': '' };
    assert.deepEqual(check(below, ownRules), []);
    assert.deepEqual(check({ 'wire/b.ts': "import './text/a.ts';", 'wire/text/a.ts': '' }, ownRules), []);
    assert.deepEqual(check({ ...below, 'wire/b.ts': "import './text/a.ts';" }, ownRules), [
      'folders import one another: wire/b.ts imports wire/text/a.ts; wire/text/a.ts imports wire/tags.ts',
    ]);
  });

  test('may have a door that leads into sub-folders which import the folder', () => {
    const found = check(
      {
        'wire/index.ts': "export { a } from './text/a.ts';",
        'wire/text/a.ts': "import '../tags.ts';",
        'wire/tags.ts': '',
      },
      rowsOf('wire/tags', 'wire/text', 'wire'),
    );
    assert.deepEqual(found, []);
  });

  test('hold at most 14 files unless the table names them, and it names no others', () => {
    const files = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`wire/f${index}.ts`, '']));
    assert.deepEqual(check(files(14)), []);
    assert.deepEqual(check(files(15)), ['wire/ has 15 files, more than 14']);
    assert.deepEqual(check(files(15), { ...rules, largeFolders: ['wire'] }), []);
    assert.deepEqual(check(files(14), { ...rules, largeFolders: ['wire'] }), [
      'wire/ needs no exception for large folders any more: remove it',
    ]);
  });

  test('of tests and scripts hold at most 14 files, too', () => {
    const files = (folder: string, count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${folder}/f${index}.test.ts`, '']));
    const planted = {
      ...files('test/interop/cli', 15),
      ...files('packages/node/test/net', 16),
      ...files('scripts', 15),
    };
    assert.deepEqual(withFiles({ ...files('test', 14), ...planted }, checkOtherFolders), [
      'packages/node/test: net/ has 16 files, more than 14',
      'scripts: ./ has 15 files, more than 14',
      'test: interop/cli/ has 15 files, more than 14',
    ]);
  });
});

describe('the table', () => {
  test('may not let two layers import one another', () => {
    const mutual: PackageRules = {
      packages: [],
      layers: [
        { place: 'wire', mayImport: ['net'] },
        { place: 'net', mayImport: ['wire'] },
      ],
    };
    assert.deepEqual(check({}, mutual), [
      'wire may import net, which its table in scripts/layers/ does not list before it',
    ]);
    assert.deepEqual(check({ 'wire/a.ts': "import '../net/b.ts';", 'net/b.ts': '' }, mutual), [
      'wire may import net, which its table in scripts/layers/ does not list before it',
      'wire/a.ts (layer wire) must not import net/b.ts',
    ]);
  });

  test('reaches only what is before a row, also with *', () => {
    const files = { 'wire/a.ts': "import '../net/b.ts';", 'net/b.ts': '' };
    assert.deepEqual(check(files, rowsOf('net', 'wire')), []);
    assert.deepEqual(check(files, rowsOf('wire', 'net')), [
      'wire/a.ts (layer wire) must not import net/b.ts',
    ]);
  });

  test('allows no package and no built-in module that no file imports', () => {
    const files = {
      'wire/codec.ts': "import type { Node } from '@convoy/node';",
      'net/socket.ts': "import { connect } from 'node:net';",
    };
    const found = (own: PackageRules): string[] =>
      withFiles(files, (folder) => checkPermissions(folder, own));
    assert.deepEqual(found(rules), []);
    const [wire, net, index] = rules.layers as [Layer, Layer, Layer];
    const layers = [{ ...wire, builtins: ['net'] }, { ...net, builtins: ['net', 'tls'] }, index];
    const rest = 'which no file does: remove the permission from its table in scripts/layers/';
    assert.deepEqual(found({ packages: ['@convoy/node', '@convoy/node/etf'], layers }), [
      `it may import @convoy/node/etf, ${rest}`,
      `the layer wire may import node:net, ${rest}`,
      `the layer net may import node:tls, ${rest}`,
    ]);
  });

  test('lists a place once', () => {
    assert.deepEqual(check({}, rowsOf('wire', 'wire')), [
      'wire is listed twice in its table in scripts/layers/',
    ]);
  });
});

describe('a file whose header says pure', () => {
  function checkPure(files: Record<string, string>): string[] {
    const placed = Object.entries(files).map(([name, text]) => [`packages/${name}`, text]);
    return withFiles(Object.fromEntries(placed), (root) => {
      const packages = new Set(Object.keys(files).map((name) => name.split('/')[0] ?? ''));
      return checkPureFiles(root, [...packages]);
    });
  }
  const header = '/** What it is. Pure. */\n';

  const planted: readonly (readonly [code: string, found: string])[] = [
    ["import { readFileSync } from 'node:fs';", 'node:fs'],
    ["import { hostname } from 'node:os';", 'node:os'],
    ["import { createHash, randomBytes } from 'node:crypto';", 'node:crypto'],
    ["import * as net from 'node:net';", 'node:net'],
    ["const fs = await import('node:fs');", 'node:fs'],
    ['export const a = Math.random();', 'Math.random'],
    ['export const a = Date.now();', 'Date.now'],
    ['export const a = new Date();', 'new Date()'],
    ['export const a = performance.now();', 'performance.now'],
    ['export const a = crypto.randomUUID();', 'crypto.randomUUID'],
    ['export const a = process.env;', 'process.env'],
    ["export const a = fetch('http://x');", 'fetch()'],
    ['setTimeout(() => undefined, 1);', 'setTimeout()'],
    ["console.log('x');", 'console.log'],
    ['export const a = document.title;', 'document.title'],
    ['export const a = hostname();', 'hostname()'],
  ];
  for (const [code, found] of planted) {
    test(`may not have: ${code}`, () => {
      assert.deepEqual(checkPure({ 'one/src/a.ts': header + code }), [
        `packages/one/src/a.ts says it is pure, but uses ${found}`,
      ]);
      assert.deepEqual(checkPure({ 'one/src/a.ts': code }), [], 'only the word makes it wrong');
    });
  }

  test('is known by the word anywhere in a header of several lines, and only there', () => {
    const code = 'export const a = Date.now();\n';
    assert.equal(
      checkPure({ 'one/src/a.ts': `/**\n * A pure reducer\n * of states.\n */\n${code}` }).length,
      1,
    );
    assert.deepEqual(checkPure({ 'one/src/a.ts': `${code}/** Pure. */` }), []);
  });

  test('may compute with built-in modules, take types, and speak of clocks in comments and texts', () => {
    const code = [
      "import { createHash } from 'node:crypto';",
      "import { isIP } from 'node:net';",
      "import type { Duplex } from 'node:stream';",
      "import { type Server } from 'node:http';",
      '// Date.now() is not used.',
      "export const text = 'Math.random()';",
      'export function of(process: { env: number }, at: number): Date { return new Date(at + process.env); }',
    ];
    assert.deepEqual(checkPure({ 'one/src/a.ts': header + code.join('\n') }), []);
  });

  test('may not import values of a file that is not, however far away', () => {
    const files = {
      'one/src/a.ts': `${header}import { b } from './b.ts';`,
      'one/src/b.ts': "import { c } from './deep/c.ts';",
      'one/src/deep/c.ts': "import { connect } from 'node:net';",
    };
    assert.deepEqual(checkPure(files), [
      'packages/one/src/a.ts says it is pure, but imports packages/one/src/b.ts -> packages/one/src/deep/c.ts, which uses node:net',
    ]);
    const onlyTypes = { ...files, 'one/src/a.ts': `${header}import type { B } from './b.ts';` };
    assert.deepEqual(checkPure(onlyTypes), []);
  });

  test('may take from the door of a package what is pure behind it', () => {
    const files = {
      'one/package.json':
        '{ "name": "@convoy/one", "exports": { ".": { "@convoy/source": "./src/index.ts" } } }',
      'one/src/index.ts': "export * from './errors.ts';\nexport { start, wait } from './start.ts';",
      'one/src/errors.ts': 'export class OneError extends Error {}',
      'one/src/start.ts': 'export function start() { return Date.now(); }\nexport const wait = 1;',
    };
    const from = (name: string): Record<string, string> => ({
      ...files,
      'two/src/a.ts': `${header}import { ${name} } from '@convoy/one';`,
    });
    assert.deepEqual(checkPure(from('OneError')), []);
    assert.deepEqual(checkPure(from('start')), [
      'packages/two/src/a.ts says it is pure, but imports packages/one/src/start.ts, which uses Date.now',
    ]);
  });
});
