import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  atom,
  BitString,
  ExportFun,
  float,
  ImproperList,
  NativeRecord,
  Pid,
  type Term,
  TermMap,
  toJson,
  tuple,
} from '../../../src/etf/index.ts';

test('terms become the JSON values of the table', () => {
  const cases: [Term, unknown][] = [
    [5, 5],
    [
      [true, false, null],
      [true, false, null],
    ],
    [undefined, 'undefined'],
    [atom('ok'), 'ok'],
    ['text', 'text'],
    [Uint8Array.of(255), { $binary: '/w==' }],
    [new BitString(Uint8Array.of(1, 0xa0), 3), { $bits: 'AaA=', size: 11 }],
    [
      [97, 98],
      [97, 98],
    ],
    [tuple(atom('ok'), [1]), ['ok', [1]]],
    [new ImproperList([1], 2), { $improper: [1], tail: 2 }],
    [{ a: { b: 1 } }, { a: { b: 1 } }],
    [new TermMap([['name', 1], [5, 2], [tuple(1), 3]]), { name: 1, '5': 2, '{1}': 3 }], // prettier-ignore
    [new TermMap([[atom('a'), 1], ['a', 2]]), { a: 1, '<<"a">>': 2 }], // prettier-ignore
    [new Pid('a@b', 1, 2, 3), '<a@b.1.2>'],
    [new ExportFun('m', 'f', 1), 'fun m:f/1'],
    [
      new NativeRecord('m', 'r', { exported: true, fields: [['x', 1]] }),
      { $record: 'm:r', fields: { x: 1 } },
    ],
  ];
  for (const [term, json] of cases) assert.deepEqual(JSON.parse(JSON.stringify(toJson(term))), json);
});

test('numbers keep their digits and their kind', () => {
  const cases: [Term, string][] = [
    [5, '5'],
    [2n ** 64n + 1n, '18446744073709551617'],
    [-(2n ** 64n), '-18446744073709551616'],
    [1e21, '1000000000000000000000'],
    [0.1, '0.1'],
    [float(1), '1.0'],
    [float(-0), '-0.0'],
    [-0, '-0.0'],
    [float(1e22), '1e+22'],
    [[float(1), { a: 2n ** 64n }], '[1.0,{"a":18446744073709551616}]'],
  ];
  for (const [term, json] of cases) assert.equal(JSON.stringify(toJson(term)), json);
});

test('no key changes a prototype', () => {
  const json = toJson({ ['__proto__']: { polluted: true } }) as Record<string, unknown>;
  assert.equal(json['polluted'], undefined);
  assert.equal(JSON.stringify(json), '{"__proto__":{"polluted":true}}');
});
