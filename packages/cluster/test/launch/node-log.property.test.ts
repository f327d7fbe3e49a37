import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NodeLog } from '../../src/launch/node-log.ts';

test('however the bytes are split, the lines are the same', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\n'));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.array(fc.nat(200)), (lines, cuts) => {
      const whole = new NodeLog();
      const split = new NodeLog();
      const all = new TextEncoder().encode(lines.map((text) => `${text}\n`).join(''));
      whole.write('stdout', all);
      const places = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
      places.slice(1).forEach((end, index) => split.write('stdout', all.subarray(places[index], end)));
      assert.deepEqual(split.tail(30), whole.tail(30));
      assert.equal(whole.lines().length, lines.length);
    }),
    { numRuns: 200 },
  );
});
