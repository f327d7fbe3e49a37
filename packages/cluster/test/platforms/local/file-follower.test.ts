import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { NodeLog } from '../../../src/launch/node-log.ts';
import { FileFollower } from '../../../src/platforms/local/file-follower.ts';

interface Followed {
  readonly path: string;
  readonly log: NodeLog;
  /** Resolves when the log has this line. */
  line(text: string): Promise<void>;
}

async function inFolder(body: (followed: Followed) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-follow-'));
  const log = new NodeLog();
  const line = async (text: string): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = log.follow((added) => added.text === text && resolve());
    if (log.lines().some((known) => known.text === text)) resolve();
    await promise;
    stop();
  };
  try {
    await body({ path: join(folder, 'log'), log, line });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const textOf = (log: NodeLog): string[] => log.lines().map(({ text }) => text);

test('reads what a file has, and then what is appended', () =>
  inFolder(async ({ path, log, line }) => {
    writeFileSync(path, 'one\ntwo\n');
    const follower = await FileFollower.follow(path, { log });
    assert.deepEqual(textOf(log), ['one', 'two']);
    appendFileSync(path, 'th');
    appendFileSync(path, 'ree\n');
    await line('three');
    await follower.close();
    appendFileSync(path, 'four\n');
    await follower.flush();
    assert.deepEqual(textOf(log), ['one', 'two', 'three']);
  }));

test('reads the last lines of a large file, and no part of a line', () =>
  inFolder(async ({ path, log }) => {
    writeFileSync(path, `${'x'.repeat(200_000)}\nlast but one\nlast\n`);
    const follower = await FileFollower.follow(path, { log, lastBytes: 100_000 });
    assert.deepEqual(textOf(log), ['last but one', 'last']);
    await follower.close();
  }));

test('says where each line ends in the file', () =>
  inFolder(async ({ path, log, line }) => {
    writeFileSync(path, `${'x'.repeat(200)}\none\n`);
    const follower = await FileFollower.follow(path, { log, lastBytes: 100 });
    appendFileSync(path, 'two\n');
    await line('two');
    await follower.close();
    assert.deepEqual(
      log.lines().map(({ text, position }) => [text, position]),
      [
        ['one', 205],
        ['two', 209],
      ],
    );
  }));

test('reads a file from its start that somebody has emptied', () =>
  inFolder(async ({ path, log, line }) => {
    writeFileSync(path, 'a long line before\n');
    const follower = await FileFollower.follow(path, { log });
    truncateSync(path);
    await follower.flush();
    appendFileSync(path, 'after\n');
    await line('after');
    await follower.close();
  }));

test('empties a file that has become long, and loses no line of it', () =>
  inFolder(async ({ path, log, line }) => {
    writeFileSync(path, 'before\n');
    const follower = await FileFollower.follow(path, { log, emptyAfter: 20_000 });
    const texts = Array.from({ length: 2000 }, (_, number) => `line ${number} ${'x'.repeat(90)}`);
    let longest = 0;
    for (const text of texts) {
      appendFileSync(path, `${text}\n`);
      if (Number(text.split(' ')[1]) % 50 === 49) await follower.flush();
      longest = Math.max(longest, statSync(path).size);
    }
    await line(texts.at(-1) ?? '');
    await follower.flush();
    assert.deepEqual(textOf(log), texts);
    assert.ok(longest < 40_000, `${longest} bytes`);
    await follower.close();
  }));

test('does not follow a file that does not exist', () =>
  inFolder(async ({ path, log }) => {
    await assert.rejects(FileFollower.follow(path, { log }), { code: 'ENOENT' });
  }));
