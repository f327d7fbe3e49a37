import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DataDirectory } from '../../src/server/data-directory.ts';

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-data-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('keeps cookie and token over restarts, readable by their owner alone', () =>
  inFolder(async (parent) => {
    const path = join(parent, 'state');
    const first = await DataDirectory.open(path);
    first.release();
    const second = await DataDirectory.open(path);
    assert.equal(second.cookie, first.cookie);
    assert.equal(second.token, first.token);
    assert.notEqual(first.cookie, first.token);
    assert.ok(first.token.length >= 43);
    assert.equal(statSync(path).mode & 0o777, 0o700);
    second.announce('http://127.0.0.1:1/');
    for (const file of ['cookie', 'token', 'console.json']) {
      assert.equal(statSync(join(path, file)).mode & 0o777, 0o600, file);
    }
  }));

test('refuses a folder whose console runs, and takes over from one that is gone', () =>
  inFolder(async (path) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    // Our parent lives; together with a port that is listened on it is a running console.
    const other = { pid: process.ppid, url: `http://127.0.0.1:${port}/`, token: 'x' };
    writeFileSync(join(path, 'console.json'), JSON.stringify(other));
    await assert.rejects(DataDirectory.open(path), {
      code: 'CONSOLE_ALREADY_RUNNING',
      message: /process \d+/,
    });
    server.close();
    await once(server, 'close');
    const taken = await DataDirectory.open(path);
    assert.equal(JSON.parse(readFileSync(join(path, 'console.json'), 'utf8')).pid, process.pid);
    taken.release();
  }));

test('takes over from a process that has ended, whatever listens there now', () =>
  inFolder(async (path) => {
    writeFileSync(join(path, 'console.json'), JSON.stringify({ pid: 2 ** 22 + 1 }));
    (await DataDirectory.open(path)).release();
    writeFileSync(join(path, 'console.json'), 'half a fi');
    (await DataDirectory.open(path)).release();
  }));

test('refuses a token that is too short to be one', () =>
  inFolder(async (path) => {
    writeFileSync(join(path, 'token'), 'short');
    await assert.rejects(DataDirectory.open(path), { code: 'CONSOLE_BAD_REQUEST', message: /16 characters/ });
  }));
