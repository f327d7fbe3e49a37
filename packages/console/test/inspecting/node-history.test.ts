import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NodeHistories } from '../../src/inspecting/node-histories.ts';
import { NodeHistory } from '../../src/inspecting/node-history.ts';
import { NodeRegistry } from '../../src/nodes/node-registry.ts';

const start = 1_796_000_000_000;

describe('the last hour of a node', () => {
  test('has one sample for five seconds, oldest first, with what was known last', () => {
    const history = new NodeHistory();
    history.note(start, { memoryBytes: 1_000_000, processes: 40 });
    history.note(start + 2000, { memoryBytes: 2_000_000 });
    history.note(start + 6000, { runQueue: 3 });
    assert.deepEqual(history.samples(start + 6000), [
      { at: start, memoryBytes: 2_000_000, processes: 40 },
      { at: start + 5000, runQueue: 3 },
    ]);
  });

  test('has at most 720 samples, and none that is older than an hour', () => {
    const history = new NodeHistory();
    for (let at = 0; at < 7_200_000; at += 2000) history.note(start + at, { processes: at });
    const now = start + 7_198_000;
    const samples = history.samples(now);
    assert.equal(samples.length, 720);
    assert.ok(samples.every(({ at }) => now - at < 3_600_000));
    assert.deepEqual(history.samples(now + 3_590_000).length, 2);
    assert.deepEqual(history.samples(now + 3_700_000), []);
    // A slot that is used again has nothing of the hour before.
    history.note(now + 3_600_000, { runQueue: 1 });
    assert.deepEqual(Object.keys(history.samples(now + 3_600_000).at(-1) ?? {}), ['at', 'runQueue']);
  });

  test('has rates from counters, and none where they have started over', () => {
    const history = new NodeHistory();
    history.note(start, { io: { inBytes: 1000, outBytes: 0 }, reductions: 500 });
    history.note(start + 100, { io: { inBytes: 9000, outBytes: 0 }, reductions: 600 });
    history.note(start + 5000, { io: { inBytes: 11_000, outBytes: 500 }, reductions: 10_500 });
    history.note(start + 10_000, { io: { inBytes: 5, outBytes: 5 }, reductions: 1 });
    assert.deepEqual(history.samples(start + 10_000), [
      { at: start + 5000, inPerSecond: 2000, outPerSecond: 100, reductionsPerSecond: 2000 },
    ]);
  });

  test('has the load of an event loop between two samples, which a restart does not make up', () => {
    const history = new NodeHistory();
    const loop = (activeMs: number, idleMs: number) => ({ eventLoop: { activeMs, idleMs } });
    assert.equal(history.note(start, loop(500, 500)), undefined);
    assert.equal(history.note(start + 5000, loop(600, 800)), 0.25);
    assert.equal(history.note(start + 10_000, loop(1, 2)), undefined);
    assert.equal(history.note(start + 15_000, { load: 0.5 }), 0.5);
    const loads = history.samples(start + 15_000).map(({ load }) => load);
    assert.deepEqual(loads, [0.25, 0.5]);
  });
});

test('a number that no node can have is left out of a history', () => {
  const history = new NodeHistory();
  history.note(start, { memoryBytes: 1e300, processes: 40 });
  assert.deepEqual(history.samples(start), [{ at: start, processes: 40 }]);
});

describe('the histories of a console', () => {
  test('are those of the nodes that it knows, and go with them', () => {
    const registry = new NodeRegistry();
    const histories = new NodeHistories({ registry, now: () => start });
    const place = { key: 'local', kind: 'local' };
    registry.dispatch({ kind: 'planned', node: 'a@h', nodeKind: 'erlang', place, join: true, at: 1 });
    histories.note('a@h', { processes: 40 });
    histories.note('stranger@h', { processes: 40 });
    assert.deepEqual(histories.samples('a@h'), [{ at: start, processes: 40 }]);
    assert.deepEqual(histories.samples('stranger@h'), []);
    registry.dispatch({ kind: 'removed', node: 'a@h' });
    assert.deepEqual(histories.samples('a@h'), []);
  });
});
