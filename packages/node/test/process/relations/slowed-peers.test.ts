import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fullness,
  isRelieved,
  slowdownMs,
  SlowedPeers,
} from '../../../src/process/relations/slowed-peers.ts';

const max = { messages: 1000, bytes: 1_000_000 };

test('senders are slowed from half of a bound on, the more the fuller, until it would take ten minutes', () => {
  assert.equal(slowdownMs(0.5, 1000, max), 0);
  assert.equal(slowdownMs(0.75, 1000, max), 2400);
  assert.ok(slowdownMs(0.9, 1000, max) > slowdownMs(0.75, 1000, max));
  assert.ok(Number.isFinite(slowdownMs(1, 1000, max)));
  let [filled, tookMs] = [0.5, 0];
  while (filled < 0.99) {
    tookMs += slowdownMs(filled + 1e-9, 1000, max);
    filled += 1000 / max.bytes;
  }
  assert.ok(tookMs > 600_000, `${tookMs} ms`);
});

test('messages and bytes count alike', () => {
  assert.equal(fullness({ messages: 500, bytes: 0 }, max), 0.5);
  assert.equal(fullness({ messages: 1, bytes: 900_000 }, max), 0.9);
  // A message without a payload still takes a place.
  assert.equal(slowdownMs(0.75, 0, max), 2400);
  assert.deepEqual([isRelieved(0.41), isRelieved(0.39)], [false, true]);
});

test('a peer is noted once for each process, until it is released or gone', () => {
  const slowed = new SlowedPeers<number>();
  assert.deepEqual(
    [slowed.add(1, 'a'), slowed.add(1, 'a'), slowed.add(1, 'b'), slowed.add(2, 'a')],
    [true, false, true, true],
  );
  slowed.forget('b');
  assert.deepEqual([...slowed.take(1)], ['a']);
  assert.deepEqual([...slowed.take(1)], []);
});
