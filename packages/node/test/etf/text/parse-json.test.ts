import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { equals, float, parseJson, type Term, toJson } from '../../../src/etf/index.ts';
import { attack } from '../../../../../test/support/attack.ts';

test('each number is the term that its text says', () => {
  const cases: [string, Term][] = [
    ['5', 5],
    ['-0', 0],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-12345678901234567890', -12345678901234567890n],
    ['1.0', float(1)],
    ['1e2', float(100)],
    ['-0.0', float(-0)],
    ['0.1', 0.1],
    ['0e5', float(0)],
    ['5e-324', 5e-324],
    ['[1.0, {"a": 12345678901234567890, "b": [2.50]}]', [float(1), { a: 12345678901234567890n, b: [2.5] }]],
    ['"12345678901234567890"', '12345678901234567890'],
    ['[true, null, "é"]', [true, null, 'é']],
  ];
  for (const [text, term] of cases) assert.deepEqual(parseJson(text), term, text);
});

attack('Input', 'a JSON number that a float cannot hold is refused, not rounded', () => {
  for (const text of ['1e400', '-1e400', '[1, 2.0e309]', '1e-400', '-0.001e-999']) {
    assert.throws(() => parseJson(text), {
      code: 'DECODE_BAD_VALUE',
      message: /is too (large|small) for a 64-bit float/,
    });
  }
  assert.throws(() => parseJson(`1${'0'.repeat(400)}.5`), { message: /^10{39}\.\.\. is too large/ });
});

test('what is not JSON, or nested without end, is refused with a reason', () => {
  for (const text of ['', '{', '01', '+1', '.5', '1.', 'NaN', 'Infinity', '[1,]', '1 2', "'a'"]) {
    assert.throws(() => parseJson(text), { code: 'DECODE_BAD_VALUE' }, text);
  }
  const depth = 200_000;
  assert.throws(() => parseJson('['.repeat(depth) + ']'.repeat(depth)), { code: 'DECODE_LIMIT' });
});

test('a key of any name is a property', () => {
  const term = parseJson('{"__proto__": {"polluted": 1.0}}') as Record<string, Term>;
  assert.equal(term['polluted'], undefined);
  assert.deepEqual(Object.keys(term), ['__proto__']);
});

test('every number comes back from its JSON as the same term', () => {
  const number = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => float(value)),
  );
  fc.assert(
    fc.property(fc.array(number), (terms) => {
      const back = parseJson(JSON.stringify(toJson(terms))) as readonly Term[];
      assert.ok(equals(back, terms), JSON.stringify(toJson(terms)));
    }),
  );
});
