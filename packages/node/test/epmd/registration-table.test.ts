/** Creations and names of a daemon. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeEntry } from '../../src/epmd/messages.ts';
import { RegistrationTable } from '../../src/epmd/registration-table.ts';
import { attack } from '../../../../test/support/attack.ts';

const entry = (name: string, port: number = 1): NodeEntry => ({
  name,
  port,
  nodeType: 77,
  protocol: 0,
  highestVersion: 6,
  lowestVersion: 5,
  extra: new Uint8Array(),
});

function makeTable(
  options: { maxNames?: number; maxUnused?: number; seed?: number } = {},
): RegistrationTable {
  const { maxNames = 10, maxUnused = 10, seed = 1000 } = options;
  return new RegistrationTable({ maxNames, maxUnused, seed: () => seed });
}

test('a name that is taken again gets the next creation', () => {
  const table = makeTable();
  assert.equal(table.register(entry('a'), 1), 1000);
  table.release(1);
  assert.equal(table.register(entry('a'), 2), 1001);
});

test('creations stay above the range of old nodes, also when they wrap', () => {
  assert.equal(makeTable({ seed: 0 }).register(entry('a'), 1), 4);
  const table = makeTable({ seed: 2 ** 32 - 1 });
  assert.equal(table.register(entry('a'), 1), 2 ** 32 - 1);
  table.release(1);
  assert.equal(table.register(entry('a'), 2), 4);
});

test('a held name is refused to others and found until it is released', () => {
  const table = makeTable();
  table.register(entry('a', 7), 1);
  assert.equal(table.register(entry('a', 8), 2), undefined);
  assert.equal(table.find('a')?.port, 7);
  table.release(1);
  assert.equal(table.find('a'), undefined);
  assert.equal(table.register(entry('a', 8), 2), 1001);
});

test('lists the newest held name first and the oldest released one first', () => {
  const table = makeTable();
  for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) table.register(entry(name), index);
  assert.deepEqual(
    table.active().map(({ name }) => name),
    ['d', 'c', 'b', 'a'],
  );
  table.releaseName('b');
  table.releaseName('a');
  assert.deepEqual(
    table.unused().map(({ name, fd }) => [name, fd]),
    [
      ['b', 1],
      ['a', 0],
    ],
  );
});

test('refuses names beyond its bound and forgets released ones beyond theirs', () => {
  const table = makeTable({ maxNames: 2, maxUnused: 2 });
  assert.ok(table.register(entry('a'), 1));
  assert.ok(table.register(entry('b'), 2));
  assert.equal(table.register(entry('c'), 3), undefined);
  table.release(1);
  table.release(2);
  table.register(entry('c'), 3);
  table.release(3);
  assert.deepEqual(
    table.unused().map(({ name }) => name),
    ['b', 'c'],
  );
});

attack('EPMD', 'a name that would add lines of its own to the list of names is refused', () => {
  const table = makeTable();
  for (const name of ['a at port 1\nname app', 'a b', 'a\tb', 'a\u0000', 'a\u0085b', 'a\u2028b']) {
    assert.equal(table.register(entry(name), 1), undefined, JSON.stringify(name));
  }
  assert.deepEqual(table.active(), []);
  assert.equal(table.register(entry('knüpfer-1_x'), 1), 1000);
});
