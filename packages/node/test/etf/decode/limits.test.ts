/** Terms made to hurt: deep, wide on paper, or expensive to compare. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack } from '../../../../../test/support/attack.ts';
import {
  atom,
  decode,
  encode,
  equals,
  ImproperList,
  inspect,
  type Term,
  TermMap,
  toJson,
  tuple,
} from '../../../src/etf/index.ts';

const nested = (depth: number, wrap: (inner: Term) => Term): Term => {
  let term: Term = 1000;
  for (let level = 0; level < depth; level += 1) term = wrap(term);
  return term;
};

const wraps: Record<string, (inner: Term) => Term> = {
  lists: (inner) => [inner],
  'lists with a neighbour': (inner) => [inner, 'x'],
  tuples: (inner) => tuple(inner),
  maps: (inner) => new TermMap([[atom('a'), inner]]),
  objects: (inner) => ({ a: inner }),
  'JavaScript maps': (inner) => new Map([[1, inner]]),
  'improper lists': (inner) => new ImproperList([inner], atom('end')),
};

for (const [what, wrap] of Object.entries(wraps)) {
  test(`takes 10,000 nested ${what} both ways, and no more`, () => {
    const bytes = encode(nested(10_000, wrap));
    const term = decode(bytes);
    assert.deepEqual(encode(term), bytes);
    assert.ok(equals(decode(bytes), term));
    assert.ok(inspect(term).includes('...'));
    JSON.stringify(toJson(term));
    assert.throws(() => encode(nested(10_001, wrap)), { code: 'ENCODE_DEPTH' });
  });
}

test('refuses lists nested deeper than the limit, however many are announced', () => {
  const bytes = Buffer.concat([
    Buffer.of(131),
    ...Array.from({ length: 200_000 }, () => Buffer.from('6c00000001', 'hex')),
  ]);
  assert.throws(() => decode(bytes), { code: 'DECODE_LIMIT' });
  const tuples = Buffer.alloc(400_001, Buffer.of(104, 1));
  assert.throws(() => decode(Buffer.concat([Buffer.of(131), tuples])), { code: 'DECODE_LIMIT' });
});

test('counts the depth the same at every limit', () => {
  const bytes = encode(nested(300, (inner) => [inner]));
  for (const maxTermDepth of [300, 301, 1000]) decode(bytes, { limits: { maxTermDepth } });
  for (const maxTermDepth of [0, 1, 100, 199, 200, 201, 299]) {
    assert.throws(() => decode(bytes, { limits: { maxTermDepth } }), { code: 'DECODE_LIMIT' });
  }
});

/** Terms of 1000 objects and the one around them, in every form an object of a few bytes has. */
const manyObjects: Record<string, readonly number[]> = {
  tuples: [104, 0],
  lists: [106],
  binaries: [109, 0, 0, 0, 0],
  maps: [116, 0, 0, 0, 0],
  floats: [70, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0],
  strings: [107, 0, 1, 65],
  'bit strings': [77, 0, 0, 0, 1, 7, 2],
};

attack('Terms and frames', 'a term of too many small objects is refused before they take the memory', () => {
  for (const [what, object] of Object.entries(manyObjects)) {
    const list = [108, 0, 0, 0x03, 0xe8, ...Array.from({ length: 1000 }, () => object).flat(), 106];
    const deep = [...Array.from({ length: 300 }, () => [104, 1]).flat(), ...list];
    for (const { bytes, around } of [
      { bytes: list, around: 1 },
      { bytes: deep, around: 301 },
    ]) {
      const term = Buffer.from([131, ...bytes]);
      const decodeUpTo = (maxTermObjects: number): Term => decode(term, { limits: { maxTermObjects } });
      assert.throws(() => decodeUpTo(999 + around), { code: 'DECODE_LIMIT' }, what);
      for (let again = 0; again < 2; again += 1) decodeUpTo(1002 + around);
    }
  }
});

test('counts no small integers and no atoms in what is as flat as most messages', () => {
  const flat = encode(Array.from({ length: 10_000 }, (_, at) => (at % 2 === 0 ? atom('a') : 70_000)));
  decode(flat, { limits: { maxTermObjects: 3 } });
});

test('works with little stack left', () => {
  const bytes = encode(nested(10_000, (inner) => tuple(inner)));
  const outcomes = new Set<string>();
  const descend = (levels: number): void => {
    if (levels > 0) return descend(levels - 1);
    outcomes.add(equals(decode(bytes), decode(bytes)) ? 'equal' : 'different');
  };
  descend(3000);
  assert.deepEqual([...outcomes], ['equal']);
});

test('allocates for what is there, not for what every level announces', () => {
  const level = Buffer.from('6900010000', 'hex');
  const bytes = Buffer.concat([
    Buffer.of(131),
    ...Array.from({ length: 9000 }, () => level),
    Buffer.alloc(70_000, 106),
  ]);
  const before = process.memoryUsage().heapUsed;
  assert.throws(() => decode(bytes), { code: 'DECODE_TRUNCATED' });
  assert.ok(process.memoryUsage().heapUsed - before < 64 * 1024 * 1024);
});

test('joins a list that comes in a hundred thousand pieces', () => {
  const piece = Buffer.from('6c00000001 6105'.replace(' ', ''), 'hex');
  const bytes = Buffer.concat([
    Buffer.of(131),
    ...Array.from({ length: 100_000 }, () => piece),
    Buffer.of(106),
  ]);
  assert.equal((decode(bytes) as Term[]).length, 100_000);
});

test('refuses map keys that are costly to compare', () => {
  const key = nested(100, (inner) => tuple(inner));
  const map = Buffer.concat([
    Buffer.from('83740000000261016101', 'hex'),
    Buffer.from(encode(key)).subarray(1),
    Buffer.from('6101', 'hex'),
  ]);
  assert.throws(() => decode(map), { code: 'DECODE_LIMIT' });
});
