/** What panels make of numbers: charts, shares, costs, ages. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  costDetails,
  formatAge,
  formatCost,
  formatNumber,
  formatShare,
  formatShort,
  formatWork,
} from '../../../src/state/inside/inside-format.ts';
import { ConsoleClock } from '../../../src/state/inside/console-clock.ts';
import { pidIn } from '../../../src/state/inside/process-ids.ts';
import { chartData, lastValue, shownRange, shownTimes } from '../../../src/state/inside/series.ts';
import { memoryParts, shareOf } from '../../../src/state/inside/usage.ts';

describe('charts', () => {
  const samples = [
    { at: 0, memoryBytes: 10 },
    { at: 5000, memoryBytes: 11, runQueue: 3 },
    { at: 10_000, memoryBytes: 12 },
    { at: 200_000, memoryBytes: 20, runQueue: 4 },
  ];

  test('are broken where the node was not asked, not where it was asked something else', () => {
    assert.deepEqual(chartData(samples, ['memoryBytes']), [
      [0, 5, 10, 10.001, 200],
      [10, 11, 12, null, 20],
    ]);
    assert.deepEqual(chartData(samples, ['runQueue']), [
      [5, 5.001, 200],
      [3, null, 4],
    ]);
    assert.deepEqual(chartData([], ['inPerSecond', 'outPerSecond']), [[], [], []]);
    assert.equal(lastValue(samples, 'runQueue'), 4);
    assert.equal(lastValue(samples, 'load'), undefined);
  });

  test('show at least five minutes and at most an hour', () => {
    const now = 10_000_000;
    assert.deepEqual(shownTimes([], now), [now / 1000 - 300, now / 1000]);
    assert.deepEqual(shownTimes([{ at: now - 1_000_000 }], now), [(now - 1_000_000) / 1000, now / 1000]);
    assert.deepEqual(shownTimes([{ at: 0 }], now), [now / 1000 - 3600, now / 1000]);
  });

  test('do not make a cliff of a small change', () => {
    const [least, most] = shownRange([1000, 1010], false);
    assert.ok(most - least >= 100, `${least} to ${most}`);
    assert.deepEqual(shownRange([5, 100], true)[0], 0);
  });
});

test('limits are shares only where both numbers are known', () => {
  assert.equal(shareOf({ count: 80, limit: 100 }), 0.8);
  assert.equal(shareOf({ count: 200, limit: 100 }), 1);
  assert.equal(shareOf({ count: 1 }), undefined);
  assert.equal(shareOf({ count: 1, limit: 0 }), undefined);
});

test('memory is what it is made of, the rest last, and nothing twice', () => {
  const parts = memoryParts({ total: 100, processes: 30, processes_used: 29, binary: 40, system: 70 });
  assert.deepEqual(
    parts.map(({ id, bytes, share }) => [id, bytes, share]),
    [
      ['binary', 40, 0.4],
      ['processes', 30, 0.3],
      ['other', 30, 0.3],
    ],
  );
  assert.deepEqual(memoryParts({}), []);
});

test('numbers are written for people', () => {
  assert.equal(formatNumber(1_234_567.4), '1,234,567');
  assert.equal(formatShort(9999), '9,999');
  assert.equal(formatShort(1_234_567), '1.2M');
  assert.deepEqual([0, 0.0004, 0.004, 0.425, 1].map(formatShare), [
    '0 %',
    '< 0.1 %',
    '0.4 %',
    '43 %',
    '100 %',
  ]);
  assert.deepEqual([0.34, 12.4, 1260].map(formatWork), ['0.3 ms', '12 ms', '1.3 s']);
  assert.deepEqual([0, 1999, 12_000, 185_000, 7_200_000].map(formatAge), [
    'now',
    'now',
    '12 s ago',
    '3 m ago',
    '2 h ago',
  ]);
});

test('the cost of a question is said as a share of one scheduler', () => {
  const cost = { questions: 1, reductions: 12_300, elapsedMs: 20, busyMs: 8 };
  assert.equal(
    formatCost(cost, { what: 'This list', periodMs: 1992 }),
    'This list took 0.4 % of one scheduler',
  );
  assert.equal(
    formatCost(cost, { what: 'This list', periodMs: undefined }),
    'This list took 8 ms of one scheduler',
  );
  assert.equal(formatCost({ questions: 1 }, { what: 'This list', periodMs: 2000 }), undefined);
  assert.equal(
    costDetails(cost, { periodMs: 2000 }),
    '1 remote call, 12,300 reductions, 20 ms from start to end, 8 ms without rests, asked every 2.0 s',
  );
});

test('links lead to processes of the same node only', () => {
  assert.equal(pidIn('<0.85.0>'), '<0.85.0>');
  assert.equal(pidIn('my_server (<0.85.0>)'), '<0.85.0>');
  assert.equal(pidIn('<9012.85.0>'), undefined);
  assert.equal(pidIn('#Port<0.4>'), undefined);
  assert.equal(pidIn('kernel_sup'), undefined);
});

test('answers are as old as the console says, whatever its clock shows', () => {
  const clock = new ConsoleClock();
  const hour = 3_600_000;
  // The console is an hour behind. This answer was given 20 ms ago.
  assert.equal(clock.timeOf(1000, hour + 1020), hour + 1020);
  // One that took less time on its way, the same again a minute later, and one without a date.
  assert.equal(clock.timeOf(2000, hour + 2005), hour + 2005);
  assert.equal(clock.timeOf(2000, hour + 62_000), hour + 2005);
  assert.equal(clock.timeOf(undefined, 7), 7);
});
