import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomWords } from '../../../src/node/runtime/random-words.ts';
import {
  localPidNumber,
  PidGenerator,
  pidKey,
  referenceKey,
  ReferenceGenerator,
} from '../../../src/process/relations/identity.ts';

const incarnation = { node: 'a@host', creation: 7 };

test('mints pid ids below 2^15 and goes on with the next serial', () => {
  const minter = new PidGenerator(incarnation);
  const seen = new Set<number>();
  for (let count = 0; count < 70_000; count += 1) {
    const pid = minter.next();
    assert.ok(pid.id < 2 ** 15 && pid.serial < 2 ** 13);
    seen.add(localPidNumber(pid));
  }
  assert.equal(seen.size, 70_000);
});

test('mints references of three words, the first below 2^18, all different', () => {
  const minter = new ReferenceGenerator(incarnation, randomWords());
  const seen = new Set<string>();
  for (let count = 0; count < 2 ** 18 + 10; count += 1) {
    const ref = minter.next();
    assert.ok(ref.words.length === 3 && (ref.words[0] ?? 2 ** 18) < 2 ** 18);
    seen.add(referenceKey(ref));
  }
  assert.equal(seen.size, 2 ** 18 + 10);
});

test('keys tell apart pids of other incarnations and nodes', () => {
  const [one, two] = [
    new PidGenerator(incarnation).next(),
    new PidGenerator({ ...incarnation, creation: 8 }).next(),
  ];
  const three = new PidGenerator({ node: 'b@host', creation: 7 }).next();
  assert.equal(new Set([one, two, three].map(pidKey)).size, 3);
});
