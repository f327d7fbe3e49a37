import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { UnsentMessages } from '../../../src/net/flow/unsent-messages.ts';

test('counts messages until the last byte of their write has left', () => {
  const unsent = new UnsentMessages();
  unsent.add(3, 100, 100);
  unsent.add(2, 150, 150);
  unsent.add(0, 170, 170);
  assert.equal(unsent.count, 5);
  unsent.advance(99);
  assert.equal(unsent.count, 5);
  unsent.advance(100);
  assert.equal(unsent.count, 2);
  unsent.add(1, 200, 0);
  assert.equal(unsent.count, 0);
});

test('counts as a list of all writes does', () => {
  const step = fc.record({ messages: fc.nat(3), bytes: fc.integer({ min: 1, max: 50 }), left: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2000 }), (steps) => {
      const unsent = new UnsentMessages();
      const writes: { end: number; messages: number }[] = [];
      let [end, sent] = [0, 0];
      for (const { messages, bytes, left } of steps) {
        end += bytes;
        sent = Math.max(sent, end - Math.min(left, end - sent));
        writes.push({ end, messages });
        unsent.add(messages, end, end - sent);
        const wanted = writes.filter((write) => write.end > sent);
        assert.equal(
          unsent.count,
          wanted.reduce((sum, write) => sum + write.messages, 0),
        );
      }
    }),
  );
});
