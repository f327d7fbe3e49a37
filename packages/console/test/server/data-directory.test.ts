import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DataDirectory } from '../../src/server/data-directory.ts';
import { findRunningConsole } from '../../src/server/running-console.ts';
import { startOfProcess } from '@convoy/cluster';
import { attack } from '../../../../test/support/attack.ts';

async function inFolder(body: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-data-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('keeps cookie and token over restarts, readable by their owner alone', () =>
  inFolder((parent) => {
    const path = join(parent, 'state');
    const first = DataDirectory.open(path);
    first.release();
    const second = DataDirectory.open(path);
    assert.equal(second.cookie, first.cookie);
    assert.equal(second.token, first.token);
    assert.notEqual(first.cookie, first.token);
    assert.ok(first.token.length >= 43);
    assert.equal(statSync(path).mode & 0o777, 0o700);
    second.announce('http://127.0.0.1:1/');
    for (const file of ['cookie', 'token', 'console.json']) {
      assert.equal(statSync(join(path, file)).mode & 0o777, 0o600, file);
    }
    second.release();
    assert.deepEqual(readdirSync(join(path, 'lock')), []);
  }));

attack(
  'Files and disks',
  'a console.json with process 1, 0 or -1, or with anything else, does not prevent a console from starting',
  () =>
    inFolder((path) => {
      const url = 'http://127.0.0.1:1/';
      for (const content of [
        JSON.stringify({ pid: 1 }),
        JSON.stringify({ pid: 0, url }),
        JSON.stringify({ pid: -1, url, token: 'x', startedAt: '1' }),
        JSON.stringify({ pid: 1, url, token: 'x', startedAt: '1' }),
        JSON.stringify({ pid: process.ppid, url, token: 'x', startedAt: '1-1' }),
        JSON.stringify({ pid: '1; rm -rf', url: 5 }),
        'half a fi',
        '',
        'null',
        '\0'.repeat(100),
      ]) {
        writeFileSync(join(path, 'console.json'), content);
        assert.equal(findRunningConsole(path), undefined, content);
        DataDirectory.open(path).release();
      }
    }),
);

attack(
  'Files and disks',
  'a lock whose process id now belongs to another process does not prevent a console from starting',
  () =>
    inFolder((path) => {
      mkdirSync(join(path, 'lock'));
      // Our parent lives, but was not started then; 0 and 1 are what a broken file may say.
      const stale = [
        `${process.ppid}.1-00000000`,
        '1.1-00000000',
        '0.0',
        '-1.0',
        'nonsense',
        '99999999999.1',
      ];
      for (const name of stale) writeFileSync(join(path, 'lock', name), '');
      mkdirSync(join(path, 'lock', 'folder'));
      const taken = DataDirectory.open(path);
      assert.deepEqual(readdirSync(join(path, 'lock')), [`${process.pid}.${startOfProcess(process.pid)}`]);
      taken.release();
    }),
);

test('the start of a process tells it from others, and processes that are gone have none', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  for (const pid of [0, -1, 1.5, Number.NaN, child.pid ?? 0]) assert.equal(startOfProcess(pid), undefined);
  assert.notEqual(startOfProcess(process.pid), undefined);
  assert.equal(startOfProcess(process.pid), startOfProcess(process.pid));
});

test('refuses a token that is too short to be one', () =>
  inFolder((path) => {
    writeFileSync(join(path, 'token'), 'short');
    const refused = { code: 'CONSOLE_BAD_REQUEST', message: /16 characters/ };
    assert.throws(() => DataDirectory.open(path), refused);
    // The folder has been given back.
    assert.throws(() => DataDirectory.open(path), refused);
    assert.ok(existsSync(join(path, 'cookie')));
  }));
