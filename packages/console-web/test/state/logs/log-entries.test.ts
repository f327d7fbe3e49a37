/** The order of the lines of many logs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  compareEntries,
  entriesFrom,
  entriesOf,
  firstOfNodes,
  includesEntry,
  indexOfEntry,
  type LogEntry,
  mergeEntries,
} from '../../../src/state/logs/log-entries.ts';
import { entryOf, keysOf, lineOf } from './log-scenes.ts';

const entries: fc.Arbitrary<LogEntry[]> = fc.uniqueArray(
  fc
    .record({ node: fc.constantFrom('a', 'b', 'c'), seq: fc.nat(200), at: fc.nat(30) })
    .map(({ node, seq, at }) => entryOf(node, seq, { at })),
  { selector: ({ node, line }) => `${node} ${line.at} ${line.seq}`, maxLength: 60 },
);

test('lines are ordered by time, then by node, then by number', () => {
  const late = [
    entryOf('b', 1, { at: 5 }),
    entryOf('a', 7, { at: 5 }),
    entryOf('a', 2, { at: 5 }),
    entryOf('c', 9, { at: 4 }),
  ];
  assert.deepEqual(keysOf(mergeEntries([], late)), ['c9', 'a2', 'a7', 'b1']);
});

test('the order does not depend on when lines arrive, and none comes twice', () => {
  fc.assert(
    fc.property(entries, fc.nat(60), (all, cut) => {
      const sorted = [...all].sort(compareEntries);
      const first = mergeEntries([], all.slice(0, cut));
      assert.deepEqual(mergeEntries(first, all.slice(cut)), sorted);
      assert.deepEqual(mergeEntries(mergeEntries([], all.slice(cut)), all), sorted);
      for (const [index, entry] of sorted.entries()) {
        assert.equal(indexOfEntry(sorted, entry), index);
        assert.ok(includesEntry(sorted, entry));
        assert.deepEqual(entriesFrom(sorted, entry), sorted.slice(index));
      }
    }),
  );
});

test('the first line of each node is found', () => {
  const all = mergeEntries([], [entryOf('a', 2), entryOf('b', 1), entryOf('a', 3), entryOf('c', 9)]);
  assert.deepEqual(keysOf([...firstOfNodes(all, 3).values()]), ['b1', 'a2', 'c9']);
  assert.deepEqual(keysOf([...firstOfNodes(all, 1).values()]), ['b1']);
});

test('a line without what is needed is left out', () => {
  const odd = [lineOf(1), { seq: 2 }, null, { ...lineOf(3), at: Number.NaN }, { ...lineOf(4), seq: 'x' }];
  assert.deepEqual(keysOf(entriesOf('a', odd as never)), ['a1']);
});
