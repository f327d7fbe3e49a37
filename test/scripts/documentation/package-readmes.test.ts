/** The README of each package names every door of the package, and a file to start reading at. */

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** As programs import them: `@convoy/node/etf`. */
function doorsOf({ name, exports = {} }: Manifest): string[] {
  const doors = Object.keys(exports).filter((path) => path !== './package.json');
  return doors.map((path) => join(name, path));
}

describe('READMEs of packages', () => {
  for (const path of globSync('packages/*/package.json', { cwd: root }).toSorted()) {
    const folder = join(root, dirname(path));
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;

    test(`${manifest.name} names its doors and a file to start at`, () => {
      const text = readFileSync(join(folder, 'README.md'), 'utf8');
      const missing = doorsOf(manifest).filter(
        (door) => !text.includes(`\`${door}\``) && door !== manifest.name,
      );
      assert.deepEqual(missing, [], 'doors that the README does not name');
      const [, start] = /Start reading at `([^`]+)`/.exec(text) ?? [];
      assert.ok(start !== undefined && existsSync(join(folder, start)), `no file to start at: ${start}`);
    });
  }
});
