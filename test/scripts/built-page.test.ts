import assert from 'node:assert/strict';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { isPageBuilt, notePageBuilt } from '../../scripts/packaging/built-page.ts';
import { makeFolder } from '../../packages/cli/test/temporary-folder.ts';

const [before, start, after] = [new Date(1000), new Date(2000), new Date(3000)];

test('the page is built again when something that it is made from changed after the build started', () => {
  using folder = makeFolder();
  const touch = (path: string, at: Date): void => {
    const file = join(folder.path, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    for (let place = file; place !== folder.path; place = dirname(place)) utimesSync(place, at, at);
  };
  const source = 'packages/console-web/src/state/shells.ts';
  touch(source, before);
  assert.equal(isPageBuilt(folder.path), false, 'never built');
  touch('packages/console-web/dist/index.html', before);
  assert.equal(isPageBuilt(folder.path), false, 'a build that was not finished, or not noted');
  notePageBuilt(folder.path, start);
  assert.equal(isPageBuilt(folder.path), true);
  for (const changed of [source, 'packages/node/src/names.ts', 'package-lock.json']) {
    touch(changed, after);
    assert.equal(isPageBuilt(folder.path), false, changed);
    touch(changed, before);
    assert.equal(isPageBuilt(folder.path), true);
  }
  rmSync(join(folder.path, source));
  assert.equal(isPageBuilt(folder.path), false, 'a file was removed');
});
