import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RefusalCounter } from '../../src/audit/refusal-counter.ts';

const minute = 60_000;
const wrong = { address: '10.0.0.1', code: 'CONSOLE_WRONG_TOKEN' };

test('tells the first refusal at once and counts those after it, for longer and longer', () => {
  const counter = new RefusalCounter();
  assert.deepEqual(counter.count(wrong, 1000), { ...wrong, count: 1, since: 1000 });
  for (let at = 2000; at < 3000; at += 1) assert.equal(counter.count(wrong, at), undefined);
  assert.deepEqual(counter.due(minute), []);
  assert.deepEqual(counter.due(minute + 1000), [{ ...wrong, count: 1000, since: 2000 }]);
  counter.count(wrong, 2 * minute);
  assert.deepEqual(counter.due(2 * minute + 1000), [], 'the second window is two minutes');
  assert.deepEqual(counter.due(3 * minute + 1000), [{ ...wrong, count: 1, since: 2 * minute }]);
  counter.count(wrong, 4 * minute);
  assert.deepEqual(counter.drain(), [{ ...wrong, count: 1, since: 4 * minute }]);
  assert.deepEqual(counter.drain(), []);
  assert.deepEqual(counter.due(70 * minute), []);
  assert.equal(counter.count(wrong, 70 * minute)?.count, 1, 'forgotten after a quiet hour');
});

test('every refusal is told once, in few entries, whatever the addresses', () => {
  const steps = fc.array(fc.record({ address: fc.integer({ min: 0, max: 200 }), waitMs: fc.nat(20_000) }), {
    maxLength: 500,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const counter = new RefusalCounter();
      let now = 0;
      const told = all.flatMap(({ address, waitMs }) => {
        now += waitMs;
        const first = counter.count({ address: `10.0.0.${address}`, code: 'x' }, now);
        return [...(first === undefined ? [] : [first]), ...counter.due(now)];
      });
      const entries = [...told, ...counter.drain()];
      assert.equal(
        entries.reduce((sum, { count }) => sum + count, 0),
        all.length,
      );
      assert.ok(new Set(entries.map(({ address }) => address)).size <= 33);
    }),
  );
});
