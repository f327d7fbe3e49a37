/** The rules for tarballs find what they are made for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Manifest, type PackedPackage, packageFaults } from '../../scripts/packaging/package-rules.ts';

const root: Manifest = {
  name: 'workspace',
  version: '1.0.0',
  license: 'Apache-2.0',
  bugs: { url: 'https://example.com/issues' },
  repository: { url: 'git+https://example.com/it.git' },
  engines: { node: '>=22.18' },
};

const manifest: Manifest = {
  ...root,
  name: '@convoy/it',
  keywords: ['erlang'],
  repository: { url: 'git+https://example.com/it.git', directory: 'packages/it' },
  exports: { '.': { '@convoy/source': './src/index.ts', default: './dist/index.js' } },
  dependencies: { '@convoy/node': '1.0.0', ws: '8.0.0' },
};

const files: Readonly<Record<string, string>> = {
  'package.json': '',
  LICENSE: '',
  'README.md': 'See [the guide](https://example.com/guide) and [below](#below).',
  'dist/index.js': 'export {};\n//# sourceMappingURL=index.js.map',
  'dist/index.js.map': '{ "sources": ["../src/index.ts"] }',
  'src/index.ts': 'export {};',
};

function faultsOf(change: {
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly manifest?: Partial<Manifest>;
}): string[] {
  const all: Record<string, string | undefined> = { ...files, ...change.files };
  const packed: PackedPackage = {
    manifest: { ...manifest, ...change.manifest },
    folder: 'it',
    files: Object.keys(all).filter((path) => all[path] !== undefined),
    read: (path) => all[path] ?? '',
  };
  return packageFaults(packed, root).map((fault) => fault.replace('@convoy/it: ', ''));
}

test('a package that is as it should be has no faults', () => {
  assert.deepEqual(faultsOf({}), []);
});

test('build state, stray files and a missing README are found', () => {
  const stray = { 'dist/.tsbuildinfo': '', 'test/a.test.ts': '', 'README.md': undefined };
  assert.deepEqual(faultsOf({ files: stray }), [
    'would publish dist/.tsbuildinfo',
    'would publish test/a.test.ts',
    'has no README.md',
  ]);
});

test('a source map without its source, and a map that is not there, are found', () => {
  assert.deepEqual(faultsOf({ files: { 'dist/index.js.map': '{ "sources": ["../../src/index.ts"] }' } }), [
    'dist/index.js.map names ../src/index.ts, which is not in the tarball',
  ]);
  assert.deepEqual(faultsOf({ files: { 'dist/index.js.map': undefined } }), [
    'dist/index.js names dist/index.js.map, which is not in the tarball',
  ]);
});

test('a condition and a bin that lead out of the tarball are found', () => {
  const exports = { '.': { '@convoy/source': '../src/index.ts', default: './dist/index.js' } };
  assert.deepEqual(faultsOf({ manifest: { exports, bin: { it: 'bin/it.cjs' } } }), [
    '../src/index.ts is not in the tarball',
    'bin/it.cjs is not in the tarball',
  ]);
});

test('a manifest that says nothing about its place, or something else than the others, is found', () => {
  const other = {
    engines: { node: '>=20' },
    keywords: [],
    version: '0.9.0',
    dependencies: { '@convoy/node': '^1' },
  };
  assert.deepEqual(faultsOf({ manifest: other }), [
    'has version 0.9.0, not 1.0.0',
    'wants @convoy/node ^1',
    'engines.node is not >=22.18',
    'has no keywords',
  ]);
  assert.deepEqual(faultsOf({ manifest: { repository: { url: 'git+https://example.com/other.git' } } }), [
    'repository.url is not git+https://example.com/it.git',
    'repository.directory is not its folder',
  ]);
});

test('a relative link in the README is found', () => {
  assert.deepEqual(faultsOf({ files: { 'README.md': '[a guide](../../docs/guide.md)' } }), [
    'README.md has the relative link ../../docs/guide.md',
  ]);
});
