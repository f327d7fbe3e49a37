import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  atom,
  BitString,
  equals,
  ExportFun,
  float,
  ImproperList,
  NativeRecord,
  Pid,
  Port,
  Reference,
  type Term,
  TermMap,
  termKey,
  tuple,
} from '../../src/etf/index.ts';

const same: [Term, Term][] = [
  [1, 1n],
  [2n ** 60n, 2n ** 60n],
  [1.5, float(1.5)],
  [-0, float(-0)],
  ['text', Uint8Array.from(Buffer.from('text'))],
  [true, atom('true')],
  [null, atom('nil')],
  [{ a: 1, b: 2 }, new TermMap([[atom('b'), 2], [atom('a'), 1]])], // prettier-ignore
  [new Map([[1, 'x']]), new TermMap([[1n, 'x']])],
  [tuple(1, [2, [3]]), tuple(1, [2, [3n]])],
  [new Pid('a@b', 1, 2, 3), new Pid('a@b', 1, 2, 3)],
  [new BitString(Uint8Array.of(0xff), 3), new BitString(Uint8Array.of(0xe0), 3)],
  [new TermMap([[new TermMap([[1, 2]]), 3]]), new Map([[new Map([[1n, 2]]), 3]])],
];

const different: [Term, Term][] = [
  [1, float(1)],
  [0, -0],
  ['ok', atom('ok')],
  [[1, 2], tuple(1, 2)],
  [[1], new ImproperList([1], 2)],
  [[], ''],
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, { a: 1, b: 1 }],
  [{ a: undefined }, {}],
  [new Pid('a@b', 1, 2, 3), new Pid('a@b', 1, 2, 4)],
  [new Reference('a@b', 1, [1, 2]), new Reference('a@b', 1, [2, 1])],
  [new Port('a@b', 1n, 1), new Port('a@c', 1n, 1)],
  [new ExportFun('m', 'f', 1), new ExportFun('m', 'f', 2)],
  [new BitString(Uint8Array.of(0xe0), 3), new BitString(Uint8Array.of(0xe0), 4)],
  [
    new NativeRecord('m', 'r', { exported: true, fields: [['a', 1]] }),
    new NativeRecord('m', 'r', { exported: false, fields: [['a', 1]] }),
  ],
];

describe('equality', () => {
  for (const [left, right] of same) {
    test(`${termKey(left)} is the same in both forms`, () => {
      assert.ok(equals(left, right) && equals(right, left));
      assert.equal(termKey(left), termKey(right));
    });
  }
  for (const [left, right] of different) {
    test(`${termKey(left)} is not ${termKey(right)}`, () => {
      assert.ok(!equals(left, right) && !equals(right, left));
      assert.notEqual(termKey(left), termKey(right));
    });
  }
});

describe('TermMap', () => {
  const map = new TermMap([
    [atom('a'), 1],
    ['text', 2],
    [tuple(1, 2), 3],
    [float(1), 4],
    [1, 5],
    [null, 6],
  ]);

  test('finds keys by what they are', () => {
    const keys: Term[] = [atom('a'), Buffer.from('text'), tuple(1, 2n), float(1), 1n, null];
    assert.deepEqual(
      keys.map((key) => map.get(key)),
      [1, 2, 3, 4, 5, 6],
    );
    assert.deepEqual([map.get(atom('text')), map.has('a'), map.has(undefined)], [undefined, false, false]);
  });

  test('keeps the last value of a key and the order of the first', () => {
    const twice = new TermMap([[1, 'first'], [2, 'second'], [1n, 'third']]); // prettier-ignore
    assert.deepEqual([...twice], [[1, 'third'], [2, 'second']]); // prettier-ignore
    assert.equal(twice.size, 2);
  });

  test('is never changed in place', () => {
    const more = map.with(atom('b'), 7).with(1, 'new');
    assert.deepEqual([map.size, more.size, map.get(1), more.get(1)], [6, 7, 5, 'new']);
    assert.deepEqual([...more.keys()].length, 7);
    assert.deepEqual([...more.values()].at(-1), 7);
  });

  test('shows its entries to deep comparisons', () => {
    assert.deepEqual(new TermMap([[1, 2]]), new TermMap([[1, 2]]));
    assert.notDeepEqual(new TermMap([[1, 2]]), new TermMap([[1, 3]]));
  });
});

test('a value that is not a term has no key', () => {
  assert.throws(() => termKey((() => 1) as unknown as Term), { code: 'ENCODE_UNSUPPORTED' });
  assert.throws(() => termKey([new Date()] as unknown as Term), { code: 'ENCODE_UNSUPPORTED' });
});
