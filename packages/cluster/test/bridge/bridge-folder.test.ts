import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBridgeFolder } from '../../src/bridge/bridge-folder.ts';

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test('only the owner can read the folder and its files, and closing removes them', async () => {
  const home = mkdtempSync(join(tmpdir(), 'convoy-home-'));
  try {
    const folder = await createBridgeFolder({ HOME: home });
    assert.ok(folder.path.startsWith(join(home, '.cache', 'convoy', 'bridge-')));
    const file = await folder.write('cookie', 'secret');
    assert.equal(readFileSync(file, 'utf8'), 'secret');
    assert.deepEqual([modeOf(join(home, '.cache', 'convoy')), modeOf(folder.path)], [0o700, 0o700]);
    assert.equal(modeOf(file), 0o600);
    assert.deepEqual(readdirSync(folder.path), ['cookie']);
    await folder[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
    assert.equal(existsSync(folder.path), false);
  } finally {
    rmSync(home, { recursive: true });
  }
});

test('the folder is created in XDG_CACHE_HOME', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'convoy-cache-'));
  try {
    await using folder = await createBridgeFolder({ HOME: '/nowhere', XDG_CACHE_HOME: cache });
    assert.ok(folder.path.startsWith(join(cache, 'convoy', 'bridge-')));
  } finally {
    rmSync(cache, { recursive: true });
  }
});
