import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { NodeHistory } from '../../src/logs/node-history.ts';
import type { LogLine } from '../../src/protocol/index.ts';

let parent: string;
let folder: string;
const problems: unknown[] = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'convoy-history-'));
  folder = join(parent, 'node');
  problems.length = 0;
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const open = (maxBytes = 1_000_000): NodeHistory =>
  new NodeHistory({ folder, maxBytes, onProblem: (error) => problems.push(error) });

function addTexts(history: NodeHistory, texts: readonly string[]): void {
  for (const text of texts) history.add({ at: 1000, stream: 'stdout', text });
}

async function allOf(history: NodeHistory): Promise<LogLine[]> {
  const blocks = await history.blocks({ fromSeq: 1, toSeq: Infinity });
  const lines: LogLine[] = [];
  for (const block of blocks) lines.push(...(await block()));
  return lines;
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('the log of a node', () => {
  test('numbers lines from 1, and goes on when it is opened again', async () => {
    const first = open();
    addTexts(first, ['one', 'two']);
    first.add({
      at: 5,
      stream: 'logger',
      text: 'three',
      level: 'error',
      meta: { pid: '<0.1.0>' },
      dropped: 3,
    });
    await first.flush();
    const again = open();
    assert.deepEqual(again.recent(0), first.recent(0));
    assert.deepEqual(again.recent(2), [
      {
        seq: 3,
        at: 5,
        stream: 'logger',
        text: 'three',
        level: 'error',
        meta: { pid: '<0.1.0>' },
        dropped: 3,
      },
    ]);
    addTexts(again, ['four']);
    assert.equal(again.lastSeq, 4);
    await again.flush();
    assert.deepEqual(
      (await allOf(open())).map(({ seq, text }) => [seq, text]),
      [
        [1, 'one'],
        [2, 'two'],
        [3, 'three'],
        [4, 'four'],
      ],
    );
  });

  test('is in files that only their owner can read', async () => {
    const history = open();
    addTexts(history, ['secret']);
    await history.flush();
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    const [file = ''] = readdirSync(folder);
    assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
    assert.deepEqual(problems, []);
  });

  test('says the lines of one source', () => {
    const history = open();
    addTexts(history, ['printed']);
    history.add({ at: 1, stream: 'logger', text: 'logged' });
    const textsOf = (source: 'output' | 'logger' | 'all') =>
      history.recent(0, source).map(({ text }) => text);
    assert.deepEqual(textsOf('output'), ['printed']);
    assert.deepEqual(textsOf('logger'), ['logged']);
    assert.deepEqual(textsOf('all'), ['printed', 'logged']);
  });
});

describe('the bounds of a log', () => {
  test('keep what fits on disk, the newest lines, in several files', async () => {
    const maxBytes = 40_000;
    const history = open(maxBytes);
    for (const number of numbers(1, 50)) {
      addTexts(
        history,
        Array.from({ length: 100 }, (_, index) => `${number}.${index} ${'x'.repeat(20)}`),
      );
      await history.flush();
    }
    const files = readdirSync(folder);
    const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    assert.ok(bytes <= maxBytes && bytes > maxBytes / 2, String(bytes));
    assert.ok(files.length >= 3 && files.length <= 5, String(files.length));
    const lines = await allOf(open(maxBytes));
    const first = lines[0]?.seq ?? 0;
    assert.ok(first > 4000);
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      numbers(first, 5000),
    );
  });

  test('keep 2000 lines in memory, and ten times as many while it is followed', async () => {
    const history = open(10_000_000);
    addTexts(history, numbers(1, 5000).map(String));
    assert.ok(history.recent(0).length >= 2000 && history.recent(0).length <= 2200);
    const leave = history.follow(() => undefined);
    addTexts(history, numbers(1, 15_000).map(String));
    assert.ok(history.recent(0).length > 15_000);
    leave();
    addTexts(history, ['last']);
    assert.ok(history.recent(0).length <= 2200);
    assert.deepEqual(
      (await allOf(history)).map(({ seq }) => seq),
      numbers(1, 20_001),
    );
  });
});

describe('the files of a log', () => {
  test('are read without what a crash has cut off, and what is damaged', async () => {
    const history = open();
    addTexts(history, ['one', 'two']);
    await history.flush();
    const [file = ''] = readdirSync(folder);
    appendFileSync(join(folder, file), 'damaged\n[3,1000,"stdout","cut o');
    const again = open();
    assert.deepEqual(
      again.recent(0).map(({ text }) => text),
      ['one', 'two'],
    );
    addTexts(again, ['three']);
    await again.flush();
    assert.deepEqual(
      (await allOf(open())).map(({ seq, text }) => `${seq} ${text}`),
      ['1 one', '2 two', '3 three'],
    );
  });

  test('begin at 1 again when they are cleared', async () => {
    const history = open();
    addTexts(history, ['one', 'two']);
    const cleared = history.clear();
    addTexts(history, ['first']);
    await cleared;
    await history.flush();
    assert.deepEqual(
      (await allOf(open())).map(({ seq, text }) => `${seq} ${text}`),
      ['1 first'],
    );
    await history.clear();
    assert.ok(!existsSync(folder));
  });

  test('are not needed to go on in memory when the disk cannot be used, which is said once', async () => {
    writeFileSync(folder, 'in the way');
    const history = open();
    for (const text of ['one', 'two', 'three']) {
      addTexts(history, [text]);
      await history.flush();
    }
    assert.equal(problems.length, 1);
    assert.deepEqual(
      (await allOf(history)).map(({ text }) => text),
      ['one', 'two', 'three'],
    );
    rmSync(folder);
    addTexts(history, ['four']);
    await history.flush();
    chmodSync(folder, 0o700);
    assert.deepEqual(
      open()
        .recent(0)
        .map(({ seq, text }) => `${seq} ${text}`),
      ['4 four'],
    );
  });
});
