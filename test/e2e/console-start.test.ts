/** A console that cannot start reports the reason in one sentence, and changes nothing that does not belong to it. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { attack } from '../support/attack.ts';
import { convoyCommand, startConsoleProcess } from '../support/console/console-process.ts';
import { type ConvoyResult, runConvoy } from '../support/convoy-command.ts';
import { noSmallDisk, SmallDisk } from '../support/small-disk.ts';
import { freePort } from '../support/erlang/test-epmd.ts';

async function up(dataDir: string, ...words: string[]): Promise<ConvoyResult> {
  const env = { ERL_EPMD_PORT: String(await freePort()) };
  return runConvoy(['up', '--port', '0', '--data-dir', dataDir, ...words], { env });
}

function expectSentence({ code, stderr }: ConvoyResult, wanted: RegExp): void {
  assert.match(stderr, wanted);
  assert.match(stderr, /\[CONSOLE_STORAGE_FAILED\]\n {2}\S.*\n {2}With the command: --data-dir/);
  assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
  assert.equal(code, 1);
}

attack(
  'Files and disks',
  'a second `convoy up --simulate railway` on the same folder is refused and deletes nothing of the first',
  async () => {
    await using first = await startConsoleProcess({ args: ['--simulate', 'railway'] });
    const folder = join(first.dataDir, 'simulator');
    const before = [
      new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' })),
      readFileSync(join(folder, 'token'), 'utf8'),
    ];
    const second = await up(first.dataDir, '--simulate', 'railway');
    assert.match(second.stderr, /a console is already running on .*\[CONSOLE_ALREADY_RUNNING\]/);
    assert.equal(second.code, 1);
    const after = [
      new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' })),
      readFileSync(join(folder, 'token'), 'utf8'),
    ];
    assert.deepEqual(after, before);
  },
);

test('a folder in place of a file, or the reverse, is reported in one sentence, and the lock is released', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'convoy-start-'));
  try {
    writeFileSync(join(dataDir, 'audit.jsonl'), '');
    mkdirSync(join(dataDir, 'console.json'));
    expectSentence(await up(dataDir), /console\.json: there is a folder where a file should be/);
    assert.deepEqual(readdirSync(join(dataDir, 'lock')), []);
    rmSync(join(dataDir, 'audit.jsonl'));
    rmSync(join(dataDir, 'console.json'), { recursive: true });
    for (const name of ['cookie', 'audit.jsonl', 'links.json', 'store.sqlite']) {
      rmSync(join(dataDir, name), { force: true });
      mkdirSync(join(dataDir, name));
      expectSentence(await up(dataDir), new RegExp(`${name}: there is a folder where a file should be`));
      rmSync(join(dataDir, name), { recursive: true });
    }
    writeFileSync(join(dataDir, 'file'), '');
    expectSentence(
      await up(join(dataDir, 'file')),
      /file: there is a file where a folder should be|in its place/,
    );
    expectSentence(await up(join(dataDir, 'file', 'below')), /there is a file where a folder should be/);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

test(
  'a full disk is reported in one sentence, and no partial secret is left',
  { skip: noSmallDisk },
  async () => {
    using disk = new SmallDisk(64);
    const dataDir = join(disk.path, 'state');
    disk.fill();
    expectSentence(await up(dataDir), /the disk is full/);
    assert.ok(!existsSync(join(dataDir, 'token')) && !existsSync(join(dataDir, 'cookie')));
  },
);

test('a signal during the start ends the console in order', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'convoy-start-'));
  const folder = join(dataDir, 'lock');
  mkdirSync(folder);
  const env = { ...process.env, ERL_EPMD_PORT: String(await freePort()) };
  const [file = '', ...args] = convoyCommand;
  const started = watch(folder);
  try {
    const child = spawn(file, [...args, 'up', '--port', '0', '--data-dir', dataDir], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
    // It has locked the folder, and is starting its parts.
    await once(started, 'change');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'close'), [0, null], output);
    assert.doesNotMatch(output, /\n\s+at /);
    assert.deepEqual(readdirSync(folder), [], 'the lock is given back');
    assert.ok(!existsSync(join(dataDir, 'console.json')));
  } finally {
    started.close();
    rmSync(dataDir, { recursive: true });
  }
});

test('a read-only disk is reported in one sentence', { skip: noSmallDisk }, async () => {
  using disk = new SmallDisk(64);
  disk.setReadOnly();
  expectSentence(await up(join(disk.path, 'state')), /the file system is read-only/);
});
