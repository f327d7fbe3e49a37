import assert from 'node:assert/strict';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileCacheFolder, isPrivate, keepCompiledCode } from '../src/compile-cache.ts';
import { makeFolder } from './temporary-folder.ts';

test('the cache lies where the user keeps caches', () => {
  assert.equal(
    compileCacheFolder({ XDG_CACHE_HOME: '/caches' }, '/home/a'),
    join('/caches', 'convoy', 'compile-cache'),
  );
  assert.equal(compileCacheFolder({}, '/home/a'), join('/home/a', '.cache', 'convoy', 'compile-cache'));
});

test('a folder that others can write to is not used', { skip: process.platform === 'win32' }, () => {
  using folder = makeFolder();
  const cache = folder.file('cache');
  mkdirSync(cache, { mode: 0o700 });
  assert.equal(isPrivate(cache), true);
  chmodSync(cache, 0o770);
  assert.equal(isPrivate(cache), false);
});

test('works without a cache', () => {
  using folder = makeFolder({ file: '' });
  keepCompiledCode(join(folder.file('file'), 'cache'));
});
