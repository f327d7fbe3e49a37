import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openHistory } from '../src/history-file.ts';

describe('the history of shells in files', () => {
  const made: string[] = [];
  after(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });

  function newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'convoy-history-'));
    made.push(folder);
    return join(folder, 'history');
  }

  it('is kept by kind, for its owner only', () => {
    const folder = newFolder();
    const history = openHistory(folder);
    assert.deepEqual(history.entries('iex'), []);
    history.add('iex', 'x = [\n  1\n]');
    history.add('iex', 'x');
    history.add('erl', 'lists:seq(1, 3).');
    assert.deepEqual(openHistory(folder).entries('iex'), ['x = [\n  1\n]', 'x']);
    assert.deepEqual(openHistory(folder).entries('erl'), ['lists:seq(1, 3).']);
    assert.deepEqual(openHistory(folder).entries('ts'), []);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, 'iex.jsonl')).mode & 0o777, 0o600);
  });

  it('does not keep a line that starts with a space', () => {
    const folder = newFolder();
    openHistory(folder).add('iex', 'kept');
    openHistory(folder).add('iex', ' not kept');
    assert.deepEqual(openHistory(folder).entries('iex'), ['kept']);
  });

  it('is bounded, and keeps the newest', () => {
    const folder = newFolder();
    const history = openHistory(folder);
    const long = 'y'.repeat(60_000);
    for (let count = 0; count < 60; count += 1) history.add('iex', `${count}${long}`);
    assert.ok(statSync(join(folder, 'iex.jsonl')).size < 1.2 * 1024 * 1024);
    const entries = openHistory(folder).entries('iex');
    assert.ok(entries.at(-1)?.startsWith('59') && entries.length > 5);
    for (let count = 0; count < 1100; count += 1) history.add('erl', `${count}.`);
    assert.equal(openHistory(folder).entries('erl').length, 1000);
  });

  it('skips lines that something else has damaged', () => {
    const folder = newFolder();
    openHistory(folder).add('iex', 'one');
    appendFileSync(join(folder, 'iex.jsonl'), 'not JSON\n{"a":1}\n"two"\n"cut');
    assert.deepEqual(openHistory(folder).entries('iex'), ['one', 'two']);
  });

  it('reports a problem of the disk, and goes on without', () => {
    const folder = newFolder();
    writeFileSync(folder, 'a file');
    const problems: unknown[] = [];
    const history = openHistory(folder, { onProblem: (error) => problems.push(error) });
    history.add('iex', 'x');
    assert.deepEqual(history.entries('iex'), []);
    assert.equal(problems.length, 1);
    assert.equal(readFileSync(folder, 'utf8'), 'a file');
  });
});
