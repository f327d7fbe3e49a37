/** The limits of a node of which its options replace some. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeLimits, defaultLimits } from '../src/limits.ts';

test('limits that are not given have their defaults', () => {
  assert.deepEqual(completeLimits(), defaultLimits);
  const { maxFrameBytes, maxFragmentBytes } = completeLimits({ maxFrameBytes: 1024 });
  assert.deepEqual([maxFrameBytes, maxFragmentBytes], [1024, defaultLimits.maxFragmentBytes]);
});

test('longer messages that are allowed can also arrive in fragments, unless that is bounded too', () => {
  const maxFrameBytes = 4 * defaultLimits.maxFrameBytes;
  assert.equal(completeLimits({ maxFrameBytes }).maxFragmentBytes, 2 * maxFrameBytes);
  assert.equal(completeLimits({ maxFrameBytes, maxFragmentBytes: 1 }).maxFragmentBytes, 1);
});
