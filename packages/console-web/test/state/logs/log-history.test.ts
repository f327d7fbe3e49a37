/** Stored lines that are loaded: older ones, and those around a line. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileFilter, noFilter } from '../../../src/state/logs/filter/line-filter.ts';
import { linesOf, TestStream } from './log-scenes.ts';

function following(mostLines?: number): TestStream {
  const on = new TestStream(mostLines);
  on.stream.setNodes(['a']);
  on.stored = linesOf(1, 3000);
  on.stream.takeLines('a', linesOf(2001, 2100));
  on.settle();
  return on;
}

describe('older lines', () => {
  test('are loaded before the first that is there, until there are none', async () => {
    const on = following(5000);
    await on.stream.loadOlder('a');
    assert.deepEqual(on.asked, [{ node: 'a', query: { lines: '500', before: '2001' } }]);
    assert.deepEqual([on.shown[0], on.shown.length], ['a1501', 600]);
    for (let turn = 0; turn < 6; turn += 1) await on.stream.loadOlder('a');
    assert.deepEqual([on.shown[0], on.shown.length], ['a1', 2100]);
    assert.equal(on.asked.length, 4, 'the first line is known');
    assert.equal(on.stream.history.mayHaveOlder('a'), false);
  });

  test('are asked for by the filter, and forgotten with it', async () => {
    const on = following();
    const compiled = compileFilter({ ...noFilter, text: 'line' });
    assert.ok(compiled.isValid);
    on.stream.setCondition(compiled.condition);
    on.settle();
    await on.stream.loadOlder('a');
    assert.deepEqual(on.asked[0]?.query, { match: '(?i)line', lines: '500', before: '2001' });
    assert.equal(on.shown.length, 600);
    on.stream.setCondition({ ...compiled.condition, query: {} });
    on.settle();
    assert.equal(on.shown.length, 100);
  });

  test('are bounded, and make room when the end is followed', async () => {
    const on = following(600);
    on.stream.setFollowing(false);
    await on.stream.loadOlder('a');
    await on.stream.loadOlder('a');
    assert.ok(on.stream.history.state.value.isFull);
    await on.stream.loadOlder('a');
    assert.equal(on.asked.length, 2);
    on.stream.setFollowing(true);
    on.stream.takeLines('a', linesOf(2101, 2700));
    on.settle();
    assert.deepEqual([on.shown[0], on.shown.length], ['a2101', 600]);
    assert.ok(!on.stream.history.state.value.isFull);
  });

  test('are asked for once, two nodes at a time', async () => {
    const on = new TestStream();
    on.stream.setNodes(['a', 'b', 'c']);
    on.stored = linesOf(1, 10);
    const all = ['a', 'b', 'c', 'a'].map((node) => on.stream.loadOlder(node));
    await Promise.resolve();
    assert.deepEqual(
      on.asked.map(({ node }) => node),
      ['a', 'b'],
    );
    await Promise.all(all);
    assert.equal(on.asked.length, 3);
    assert.equal(on.shown.length, 30);
    assert.equal(on.stream.history.state.value.loading.size, 0);
  });
});

describe('the lines around one', () => {
  test('are shown instead of the newest, with later ones on demand', async () => {
    const on = following(5000);
    const entry = await on.stream.showAround('a', 700);
    assert.equal(entry?.line.seq, 700);
    assert.deepEqual([on.shown[0], on.shown.at(-1)], ['a401', 'a1000']);
    await on.stream.history.loadNewer('a');
    await on.stream.loadOlder('a');
    assert.deepEqual([on.shown[0], on.shown.at(-1)], ['a1', 'a1300']);
    on.stream.takeLines('a', linesOf(2101, 2110));
    on.settle();
    assert.equal(on.shown.at(-1), 'a1300');
    assert.equal(on.stream.waiting.value, 10);
  });

  test('make room for the newest again', async () => {
    const on = following();
    await on.stream.showAround('a', 700);
    on.stream.takeLines('a', linesOf(2101, 2110));
    on.stream.proceed();
    on.settle();
    assert.deepEqual([on.shown[0], on.shown.at(-1)], ['a2001', 'a2110']);
  });

  test('are shown also if the line itself is not there any more', async () => {
    const on = following();
    on.stored = linesOf(900, 3000);
    assert.equal(await on.stream.showAround('a', 700), undefined);
    assert.equal(on.shown[0], 'a900');
  });
});
