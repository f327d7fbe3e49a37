/** What is wrong with a typed name. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchRequestSchema } from '@convoy/console/protocol';
import { nodeNameProblem, regionProblem } from '../../../src/state/nodes/typed-names.ts';

test('says which character of a node name is wrong, and why', () => {
  assert.match(nodeNameProblem('1st') ?? '', /starts with a letter from a to z, not with “1”/);
  assert.match(nodeNameProblem('-a') ?? '', /not with “-”/);
  assert.match(nodeNameProblem('my node') ?? '', /cannot contain a space/);
  assert.match(nodeNameProblem('knöten') ?? '', /cannot contain “ö”/);
  assert.match(nodeNameProblem('a😀') ?? '', /cannot contain “😀”/);
  assert.match(nodeNameProblem('app@host') ?? '', /only the part before the @/);
  assert.match(nodeNameProblem('a'.repeat(64)) ?? '', /at most 63 characters; this one has 64/);
});

test('says nothing about names that the console accepts, and something about all others', () => {
  const names = [
    'a',
    'Web_1-b',
    'a'.repeat(63),
    '9',
    'a.b',
    'a'.repeat(64),
    '_a',
    'ä',
    'a b',
    'a\n',
    '@',
    '\u017f',
    'a\u212a',
  ];
  for (const name of names) {
    const isAccepted = launchRequestSchema.safeParse({ kind: 'erlang', name: name.trim() }).success;
    assert.equal(nodeNameProblem(name) === undefined, isAccepted, JSON.stringify(name));
  }
  assert.equal(nodeNameProblem('  '), undefined);
});

test('says which character of a region is wrong', () => {
  assert.equal(regionProblem('europe-west4-drams3a'), undefined);
  assert.equal(regionProblem(''), undefined);
  assert.match(regionProblem('Europe') ?? '', /cannot contain “E”/);
  assert.match(regionProblem('eu west') ?? '', /a space/);
  assert.match(regionProblem('e'.repeat(61)) ?? '', /at most 60/);
});
