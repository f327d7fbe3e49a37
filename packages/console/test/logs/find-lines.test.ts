import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { filterOf, findLines } from '../../src/logs/find-lines.ts';
import { fileLine, logFile } from '../../src/logs/log-file.ts';
import { NodeHistory } from '../../src/logs/node-history.ts';
import { TextMatchers } from '../../src/logs/text-matcher.ts';
import type { LogLine, LogQuery } from '../../src/protocol/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'convoy-find-'));
const levels = ['info', 'warning', 'error', undefined] as const;
/** Several files, of which the memory has only the end. */
const count = 12_000;
let history: NodeHistory;

before(() => {
  history = new NodeHistory({
    folder: join(folder, 'node'),
    maxBytes: 1_000_000,
    onProblem: () => assert.fail(),
  });
  for (let number = 1; number <= count; number += 1) {
    const level = levels[number % levels.length];
    const stream = number % 2 === 0 ? 'logger' : 'stdout';
    history.add({
      at: number * 10,
      stream,
      text: `line ${number}`,
      ...(level === undefined ? {} : { level }),
    });
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function find(query: Omit<LogQuery, 'lines'>, lines = 100_000): Promise<number[]> {
  const matcher = query.match === undefined ? undefined : new TextMatchers().open(query.match);
  try {
    const found = await findLines(history, { ...filterOf(query), matcher }, lines);
    return found.map(({ seq }) => seq);
  } finally {
    matcher?.close();
  }
}

describe('lines of a log are found', () => {
  test('by number: the last ones, the first ones after a line, and those around a line', async () => {
    assert.deepEqual(await find({}, 3), [11_998, 11_999, 12_000]);
    assert.deepEqual(await find({}, 0), []);
    assert.deepEqual(await find({ before: '101' }, 3), [98, 99, 100]);
    assert.deepEqual(await find({ after: '100' }, 3), [101, 102, 103]);
    assert.deepEqual(await find({ after: '0' }, 2), [1, 2]);
    assert.deepEqual(await find({ after: '100', before: '110' }, 3), [107, 108, 109]);
    assert.deepEqual(await find({ after: '12000' }), []);
    assert.equal((await find({})).length, count);
  });

  test('by source, level and time', async () => {
    assert.deepEqual(await find({ source: 'output', before: '10' }), [1, 3, 5, 7, 9]);
    assert.deepEqual(await find({ source: 'logger', before: '10' }), [2, 4, 6, 8]);
    assert.deepEqual(await find({ level: 'error', before: '12' }), [2, 6, 10]);
    assert.deepEqual(await find({ level: 'warning', before: '8' }), [1, 2, 5, 6]);
    assert.deepEqual(await find({ since: '500', until: '530' }), [50, 51, 52]);
    // The times of files that were read once are known.
    assert.deepEqual(await find({ since: '500', until: '530' }), [50, 51, 52]);
    assert.deepEqual(await find({ since: String(count * 10) }), [count]);
  });

  test('by a regular expression', async () => {
    assert.deepEqual(await find({ match: '^line 1?77$' }), [77, 177]);
    assert.deepEqual(await find({ match: '(?i)LINE 42$' }), [42]);
    assert.deepEqual(await find({ match: 'LINE 42$' }), []);
  });
});

describe('the file of a log', () => {
  async function textOf(response: Response): Promise<string> {
    return response.text();
  }
  async function* blocks(...all: LogLine[][]): AsyncGenerator<readonly LogLine[], void> {
    yield* all;
  }
  const one: LogLine = { seq: 1, at: 0, stream: 'stdout', text: 'printed' };
  const two: LogLine = {
    seq: 2,
    at: 1,
    stream: 'logger',
    text: 'a\nb',
    level: 'error',
    meta: { pid: '<0.1.0>' },
  };

  test('is text, or JSON lines', async () => {
    const text = await logFile('prod:app@10.0.0.5', blocks([one], [two]), 'text');
    assert.equal(text.headers.get('content-disposition'), 'attachment; filename="prod_app@10.0.0.5.log"');
    assert.equal(
      await textOf(text),
      '1970-01-01T00:00:00.000Z -         stdout printed\n1970-01-01T00:00:00.001Z error     logger a\n    b\n',
    );
    const json = await logFile('a"\r\n@h', blocks([one], [two]), 'jsonl');
    assert.equal(json.headers.get('content-disposition'), 'attachment; filename="a_@h.jsonl"');
    assert.deepEqual(
      (await textOf(json))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
      [one, two],
    );
    assert.equal(await textOf(await logFile('a@h', blocks(), 'text')), '');
  });

  test('is refused before it begins, and breaks off in the middle', async () => {
    async function* failing(first: readonly LogLine[]): AsyncGenerator<readonly LogLine[], void> {
      if (first.length > 0) yield first;
      throw new Error('broken');
    }
    await assert.rejects(logFile('a@h', failing([]), 'text'), /broken/);
    await assert.rejects(textOf(await logFile('a@h', failing([one]), 'text')), /broken/);
  });

  test('does not fail for a time that is none', () => {
    assert.match(fileLine({ ...one, at: 1e300 }, 'text'), /^- /);
  });
});
