/** The stream of the page of logs: bounded work per frame, bounded memory, one order, filters, pauses. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { compileFilter, noFilter, type Condition } from '../../../src/state/logs/filter/line-filter.ts';
import { lineOf, linesOf, TestStream } from './log-scenes.ts';

function conditionOf(text: string, isRegex = false): Condition {
  const compiled = compileFilter({ ...noFilter, text, isRegex });
  assert.ok(compiled.isValid);
  return compiled.condition;
}

function following(mostLines?: number, nodes = ['a']): TestStream {
  const on = new TestStream(mostLines);
  on.stream.setNodes(nodes);
  on.settle();
  return on;
}

describe('new lines', () => {
  test('are shown once per frame, however many messages bring them', () => {
    const on = following();
    const before = on.frames;
    let changes = 0;
    const leave = on.stream.shown.subscribe(() => (changes += 1));
    for (let seq = 1; seq <= 200; seq += 1) on.stream.takeLines('a', [lineOf(seq)]);
    assert.equal(on.frames - before, 1);
    assert.equal(on.shown.length, 0);
    on.settle();
    assert.equal(on.shown.length, 200);
    assert.equal(changes, 2, 'the value at first, and one change');
    leave();
  });

  test('are taken in over several frames when there are many, the oldest of them left out', () => {
    const on = following(20_000);
    for (let from = 1; from <= 50_000; from += 200) on.stream.takeLines('a', linesOf(from, from + 199));
    assert.ok(on.settle() >= 10);
    assert.equal(on.shown.length, 20_000);
    assert.equal(on.shown.at(-1), 'a50000');
    assert.equal(on.stream.dropped.value, 30_000);
    assert.equal(on.stream.waiting.value, 0);
  });

  test('of several nodes are in one order, late ones too', () => {
    const on = following(1000, ['a', 'b']);
    on.stream.takeLines('b', [lineOf(1, { at: 30 }), lineOf(2, { at: 50 })]);
    on.settle();
    on.stream.takeLines('a', [lineOf(1, { at: 30 }), lineOf(2, { at: 40 }), lineOf(3, { at: 60 })]);
    on.settle();
    assert.deepEqual(on.shown, ['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  test('that are sent again come once; those of other nodes do not come at all', () => {
    const on = following();
    on.stream.takeLines('a', linesOf(1, 5));
    on.settle();
    on.stream.takeLines('a', linesOf(3, 7));
    on.stream.takeLines('b', linesOf(1, 7));
    on.settle();
    assert.deepEqual(on.shown, ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7']);
  });
});

describe('memory', () => {
  test('has the newest lines only, and says how many have gone', () => {
    const on = following(10);
    on.stream.takeLines('a', linesOf(1, 8));
    on.settle();
    on.stream.takeLines('a', linesOf(9, 14));
    on.settle();
    assert.deepEqual([on.shown[0], on.shown.length], ['a5', 10]);
    assert.equal(on.stream.dropped.value, 4);
    on.stream.setCondition(conditionOf('line 1'));
    on.settle();
    assert.deepEqual(on.shown, ['a10', 'a11', 'a12', 'a13', 'a14']);
  });

  test('keeps what the user reads: new lines wait until the end is followed again', () => {
    const on = following(10);
    on.stream.takeLines('a', linesOf(1, 8));
    on.settle();
    on.stream.setFollowing(false);
    on.stream.takeLines('a', linesOf(9, 14));
    on.settle();
    assert.deepEqual([on.shown[0], on.shown.at(-1)], ['a1', 'a10']);
    assert.equal(on.stream.waiting.value, 4);
    on.stream.setFollowing(true);
    on.settle();
    assert.deepEqual([on.shown[0], on.shown.at(-1)], ['a5', 'a14']);
    assert.equal(on.stream.waiting.value, 0);
  });
});

describe('a pause', () => {
  test('shows nothing new, counts it, and bounds what waits', () => {
    const on = following(10);
    on.stream.takeLines('a', linesOf(1, 5));
    on.settle();
    on.stream.pause();
    on.stream.takeLines('a', linesOf(6, 30));
    on.settle();
    assert.deepEqual([on.shown.at(-1), on.stream.waiting.value], ['a5', 25]);
    on.stream.proceed();
    on.settle();
    assert.deepEqual([on.shown[0], on.shown.at(-1), on.shown.length], ['a21', 'a30', 10]);
    assert.deepEqual([on.stream.waiting.value, on.stream.dropped.value], [0, 20]);
  });

  test('can be searched', () => {
    const on = following();
    on.stream.takeLines('a', linesOf(1, 12));
    on.settle();
    on.stream.pause();
    on.stream.takeLines('a', linesOf(13, 19));
    on.stream.setCondition(conditionOf('line 1'));
    on.settle();
    assert.deepEqual(on.shown, ['a1', 'a10', 'a11', 'a12']);
  });
});

describe('a filter', () => {
  test('concerns the lines that are there, and new ones', async () => {
    for (const isRegex of [false, true]) {
      const on = following();
      on.stream.takeLines('a', linesOf(1, 12));
      on.settle();
      on.stream.setCondition(conditionOf('line 1', isRegex));
      on.settle();
      await Promise.resolve();
      on.stream.takeLines('a', linesOf(13, 20));
      on.settle();
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      assert.equal(on.shown.at(-1), 'a19');
      assert.equal(on.shown.length, 11);
      assert.equal(on.stream.kept.value, 20);
      on.stream.setCondition(conditionOf(''));
      on.settle();
      assert.equal(on.shown.length, 20);
    }
  });

  test('is applied to many lines in several frames, the newest first', () => {
    const on = following(20_000);
    for (let from = 1; from <= 20_000; from += 2000) on.stream.takeLines('a', linesOf(from, from + 1999));
    on.settle();
    on.stream.setCondition(conditionOf('line'));
    assert.deepEqual([on.shown.length, on.shown.at(-1)], [5000, 'a20000']);
    assert.equal(on.settle(), 3);
    assert.equal(on.shown.length, 20_000);
  });
});

describe('the nodes', () => {
  test('are followed and left one by one', () => {
    const on = following(1000, ['a', 'b']);
    on.stream.takeLines('a', linesOf(1, 2));
    on.stream.takeLines('b', linesOf(1, 2));
    on.settle();
    on.sent.length = 0;
    on.stream.setNodes(['b', 'c']);
    assert.deepEqual(on.sent, [
      { type: 'logs.unfollow', node: 'a' },
      { type: 'logs.follow', node: 'c', afterSeq: 0 },
    ]);
    assert.deepEqual(on.shown, ['b1', 'b2']);
  });

  test('are followed from where they were after a reconnect, and from the start when launched again', () => {
    const on = following();
    on.stream.takeLines('a', linesOf(1, 7));
    on.settle();
    on.sent.length = 0;
    on.stream.resume();
    assert.deepEqual(on.sent, [{ type: 'logs.follow', node: 'a', afterSeq: 7 }]);
    on.stream.restart('a');
    assert.deepEqual(on.sent.at(-1), { type: 'logs.follow', node: 'a', afterSeq: 0 });
    assert.deepEqual(on.shown, []);
  });

  test('have what they logged while the page was not connected, also more than the console sends by itself', async () => {
    const on = following();
    on.stream.takeLines('a', linesOf(1, 5));
    on.settle();
    on.stored = linesOf(1, 400);
    on.stream.resume();
    on.stream.takeLines('a', linesOf(301, 400));
    on.stream.takeLines('a', linesOf(401, 405));
    await setImmediate();
    on.settle();
    assert.deepEqual(on.asked, [{ node: 'a', query: { after: '5', before: '301', lines: '2000' } }]);
    assert.equal(on.shown.length, 405);
    assert.deepEqual(new Set(on.shown).size, 405);
  });

  test('say whether their loggers are followed', () => {
    const on = following();
    const problem = { code: 'CONSOLE_LOGGER_UNAVAILABLE', message: 'it has none' };
    const message = {
      type: 'logs.state',
      node: 'a',
      source: 'logger',
      state: 'unavailable',
      problem,
    } as const;
    on.stream.take(message);
    on.stream.take({ ...message, node: 'z' });
    assert.deepEqual([...on.stream.states.value.values()], [message]);
  });

  test('are followed with another source from the start', () => {
    const on = following();
    on.stream.takeLines('a', linesOf(1, 3));
    on.settle();
    on.stream.setSource('logger');
    assert.deepEqual(on.sent.at(-1), { type: 'logs.follow', node: 'a', afterSeq: 0, source: 'logger' });
    // Output that was on its way.
    on.stream.takeLines('a', [lineOf(4), lineOf(5, { stream: 'logger' })]);
    on.settle();
    assert.deepEqual(on.shown, ['a5']);
  });
});
