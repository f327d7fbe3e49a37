/** Names of nodes that are launched together. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { namePatternProblem, namesFor } from '../../../src/state/launching/name-pattern.ts';

describe('a name or pattern', () => {
  test('is fine when it is empty, a name, or a name with a number', () => {
    for (const [typed, count] of [
      ['', 5],
      ['store', 1],
      ['worker-%', 1],
      ['worker-%', 20],
      ['w%x', 3],
    ] as const)
      assert.equal(namePatternProblem(typed, count), undefined, typed);
  });

  test('needs a number for several nodes', () => {
    assert.match(namePatternProblem('worker', 3) ?? '', /3 nodes need different names.*worker-%/);
  });

  test('is explained like a name where it cannot be one', () => {
    assert.match(namePatternProblem('%-worker', 1) ?? '', /starts with a letter/);
    assert.match(namePatternProblem('a %', 2) ?? '', /cannot contain a space/);
    assert.match(namePatternProblem('%a%', 2) ?? '', /only one %/);
    assert.match(namePatternProblem(`${'a'.repeat(62)}%`, 10) ?? '', /at most 63 characters/);
  });
});

describe('names from a pattern', () => {
  test('are counted from 1, past those that are taken', () => {
    assert.deepEqual(namesFor('worker-%', 3, new Set()), ['worker-1', 'worker-2', 'worker-3']);
    assert.deepEqual(namesFor('worker-%', 3, new Set(['worker-1', 'worker-3'])), [
      'worker-2',
      'worker-4',
      'worker-5',
    ]);
  });

  test('are left to the console without a pattern', () => {
    assert.deepEqual(namesFor(' ', 2, new Set()), [undefined, undefined]);
    assert.deepEqual(namesFor('store', 1, new Set()), ['store']);
  });
});
