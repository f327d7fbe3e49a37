/** What is in the tarballs that would be published, and that nothing of a working folder gets into them. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { type Manifest, packageFaults } from '../../scripts/packaging/package-rules.ts';
import { published } from '../../scripts/packaging/published.ts';
import { installedProject, packageNames, packedPackages } from '../support/packed/prepared.ts';
import { mayTake } from '../support/time-limit.ts';

const root = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

test('every tarball holds what its manifest and its maps lead to, and nothing else', async (t) => {
  mayTake(t, { seconds: 120, because: 'it builds and packs the packages' });
  const tarballs = await packedPackages();
  assert.equal(readdirSync(tarballs).length, published.length);
  for (const name of published) {
    const folder = mkdtempSync(join(tmpdir(), 'convoy-tarball-'));
    try {
      execFileSync('tar', ['-xzf', join(tarballs, `convoy-${name}-${root.version}.tgz`), '-C', folder]);
      const content = join(folder, 'package');
      const files = readdirSync(content, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(content, join(entry.parentPath, entry.name)));
      const read = (path: string): string => readFileSync(join(content, path), 'utf8');
      const manifest = JSON.parse(read('package.json')) as Manifest;
      assert.deepEqual(packageFaults({ manifest, folder: name, files, read }, root), []);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});

test('an empty project installs every package by name, with one command', async (t) => {
  mayTake(t, { seconds: 120, because: 'it builds, packs and installs the packages' });
  const project = await installedProject();
  const { dependencies = {} } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as Manifest;
  assert.deepEqual(Object.keys(dependencies).sort(), packageNames);
  assert.deepEqual(
    readdirSync(join(project, 'node_modules/.bin')).filter((name) => name.includes('convoy')),
    ['convoy'],
  );
});
