import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Bucket } from '../../src/auth/throttle.ts';

test('however it is asked, a bucket never gives more than its burst and its rate', () => {
  const step = fc.record({ waitMs: fc.nat(3000), amount: fc.integer({ min: 1, max: 20 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const bucket = new Bucket({ burst: 10, perSecond: 4 }, 0);
      let now = 0;
      let given = 0;
      for (const { waitMs, amount } of steps) {
        now += waitMs;
        if (bucket.take(amount, now)) given += amount;
        assert.ok(given <= 10 + (now / 1000) * 4 + 1e-6);
      }
    }),
  );
});

test('says how long to wait, and means it', () => {
  const bucket = new Bucket({ burst: 2, perSecond: 0.5 }, 0);
  assert.ok(bucket.take(2, 0));
  assert.equal(bucket.secondsUntil(1, 0), 2);
  assert.equal(bucket.take(1, 1999), false);
  assert.ok(bucket.take(1, 2000));
});
