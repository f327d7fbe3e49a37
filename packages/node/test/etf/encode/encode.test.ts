/** The one form of every value, and the place of what has none. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  atom,
  BitString,
  ByteWriter,
  decode,
  encode,
  ExportFun,
  float,
  ImproperList,
  NativeRecord,
  Pid,
  Port,
  type Term,
  type TermMap,
  tuple,
  writeTerm,
} from '../../../src/etf/index.ts';

const repeated = (count: number): Term[] => Array.from({ length: count }, () => 7);
const hexOf = (term: Term): string => Buffer.from(encode(term)).toString('hex');

const written: Record<string, [term: Term, hex: string]> = {
  'a small integer': [255, '61ff'],
  'an integer of 32 bits': [-(2 ** 31), '6280000000'],
  'an integer past 32 bits': [2 ** 31, '6e040000000080'],
  'a bigint that is small as the number it is': [5n, '6105'],
  'a whole number past the safe ones as the integer it is': [2 ** 70, '6e0900000000000000000040'],
  'an integer of 256 bytes': [1n << 2040n, `6f0000010000${'00'.repeat(255)}01`],
  'a fraction as a float': [1.5, '463ff8000000000000'],
  'a whole float as a float': [float(1), '463ff0000000000000'],
  'negative zero as a float': [-0, '468000000000000000'],
  'booleans, null and undefined as atoms': [
    [true, false, null, undefined],
    '6c00000004770474727565770566616c736577036e696c7709756e646566696e65646a',
  ],
  'an atom past 255 bytes': [atom('\u00e9'.repeat(128)), `760100${'c3a9'.repeat(128)}`],
  'the empty atom': [atom(''), '7700'],
  'a string as UTF-8': ['\u00e9\u20ac', '6d00000005c3a9e282ac'],
  'an empty string': ['', '6d00000000'],
  'a list of bytes': [[1, 2, 255], '6b0003 0102ff'],
  'a list with negative zero': [[-0], '6c000000014680000000000000006a'],
  'an empty list': [[], '6a'],
  'an improper list': [new ImproperList([1], 2), '6c0000000161016102'],
  'an improper list without a head as its tail': [new ImproperList([], 2), '6102'],
  'an empty bit string as a binary': [new BitString(new Uint8Array(0), 3), '6d00000000'],
  'a bit string of eight bits as a binary': [new BitString(Uint8Array.of(5), 8), '6d0000000105'],
  'a bit string with unused bits as zeroes': [new BitString(Uint8Array.of(0xff), 1), '4d000000010180'],
  'a plain object as a map with atom keys': [{ a: 1, true: 2 }, '740000000277016161017704747275656102'],
  'an object without a prototype': [
    Object.assign(Object.create(null), { a: 1 }) as Term,
    '74000000017701616101',
  ],
  'a Map': [new Map<Term, Term>([['k', 1]]), '74000000016d000000016b6101'],
  'a port below 2^28': [new Port('a@b', 2n ** 28n - 1n, 1), '5977036140620fffffff00000001'],
  'a port from 2^28 on': [new Port('a@b', 2n ** 28n, 1), '787703614062000000001000000000000001'],
  'a pid': [new Pid('a@b', 0xffff_ffff, 1, 2), '587703614062ffffffff0000000100000002'],
  'the arity of a fun as a small integer': [new ExportFun('m', 'f', 255), '7177016d77016661ff'],
};

describe('encode writes', () => {
  for (const [what, [term, hex]] of Object.entries(written)) {
    test(what, () => assert.equal(hexOf(term), `83${hex.replaceAll(' ', '')}`));
  }

  test('65,535 bytes as a string and one more as a list', () => {
    assert.equal(hexOf(repeated(65_535)).slice(0, 8), '836bffff');
    assert.equal(hexOf(repeated(65_536)).slice(0, 12), '836c00010000');
  });

  test('255 elements as a small tuple and one more as a large one', () => {
    assert.equal(hexOf(tuple(...repeated(255))).slice(0, 6), '8368ff');
    assert.equal(hexOf(tuple(...repeated(256))).slice(0, 12), '836900000100');
  });

  test('strings of every length as their bytes', () => {
    for (const unit of ['a', '\u00e9', '\u20ac', '\u{1f600}']) {
      for (const length of [0, 1, 47, 48, 49, 1000, 20_000]) {
        const text = unit.repeat(length);
        assert.equal(Buffer.from(decode(encode(text)) as Uint8Array).toString(), text);
      }
    }
  });
});

const cycle: Term[] = [1];
cycle.push({ again: cycle });

const refused: Record<string, [term: unknown, code: string, path: string]> = {
  'a function': [{ list: [1, () => 1] }, 'ENCODE_UNSUPPORTED', '.list[1]'],
  'a symbol': [Symbol('x'), 'ENCODE_UNSUPPORTED', ''],
  'an object of a class': [[1, new Date()], 'ENCODE_UNSUPPORTED', '[1]'],
  'another typed array': [[new Float64Array(1)], 'ENCODE_UNSUPPORTED', '[0]'],
  'not a number': [new Map([['k', Number.NaN]]), 'ENCODE_RANGE', '["k"]'],
  'a key that is not a term': [new Map([[{ x: Symbol('s') }, 1]]), 'ENCODE_UNSUPPORTED', '.keys[0].x'],
  'two keys that are the same term': [[new Map<Term, Term>([[1, 1], [1n, 2]])], 'ENCODE_RANGE', '[0]'], // prettier-ignore
  'a string with a lone surrogate': [new ImproperList([1], '\udfff'), 'ENCODE_RANGE', '.tail'],
  'a long string with a lone surrogate': [`${'x'.repeat(1000)}\ud800`, 'ENCODE_RANGE', ''],
  'an array with a hole': [{ list: [1, Array(3)] }, 'ENCODE_UNSUPPORTED', '.list[1][0]'],
  'an array of four thousand million holes': [Array(2 ** 32 - 1), 'ENCODE_UNSUPPORTED', '[0]'],
  'an integer of more than a mebibyte': [[1n << (8n * 1024n * 1024n)], 'ENCODE_TOO_LARGE', '[0]'],
};

describe('encode refuses', () => {
  for (const [what, [term, code, path]] of Object.entries(refused)) {
    test(what, () => assert.throws(() => encode(term as Term), { name: 'EncodeError', code, path }));
  }

  test('a value that contains itself', () => {
    assert.throws(() => encode(cycle), {
      code: 'ENCODE_DEPTH',
      path: /^(\[1\]\.again)+\.\.\.$/ as unknown as string,
    });
  });

  test('native records where the peer does not know them', () => {
    const record = new NativeRecord('m', 'r', { exported: true, fields: [] });
    assert.throws(() => encode([record], { nativeRecords: false }), {
      code: 'ENCODE_UNSUPPORTED',
      path: '[0]',
    });
  });
});

describe('writeTerm', () => {
  test('leaves nothing of a term that failed', () => {
    const writer = new ByteWriter();
    writeTerm(writer, 1);
    assert.throws(() => writeTerm(writer, [1, 2, 'x'.repeat(50_000), Symbol('s') as unknown as Term]));
    writeTerm(writer, 2);
    assert.deepEqual([...writer.finish()], [97, 1, 97, 2]);
  });
});

describe('encode', () => {
  test('works again after it failed', () => {
    assert.throws(() => encode([1, Symbol('s') as unknown as Term]));
    assert.equal(hexOf(1), '836101');
  });

  test('can be called by a getter of what it encodes', () => {
    const term = {
      before: 1,
      get inner() {
        return encode([2, 3]);
      },
      after: 4,
    };
    const [, inner] = [...(decode(encode(term)) as TermMap).values()];
    assert.deepEqual(decode(inner as Uint8Array), [2, 3]);
  });

  test('never changes bytes that it gave out', () => {
    const results = Array.from({ length: 5000 }, (_, at) => encode([at, `text ${at}`]));
    results.forEach((bytes, at) => assert.equal((decode(bytes) as Term[])[0], at));
  });
});
