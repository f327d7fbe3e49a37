/** What terms cannot be made of is said where they are made. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  atom,
  BitString,
  decode,
  encode,
  ExportFun,
  Float,
  float,
  Fun,
  ImproperList,
  NativeRecord,
  Pid,
  Port,
  Reference,
  type Term,
  TermMap,
  Tuple,
} from '../../src/etf/index.ts';
import { attack } from '../../../../test/support/attack.ts';

/** As JavaScript has it, without types to help. */
const loose = (value: unknown): never => value as never;

const record = (fields: unknown): NativeRecord =>
  new NativeRecord('m', 'r', loose({ exported: true, fields }));

const refused: Record<string, [make: () => unknown, code: string, message: RegExp]> = {
  'a fun of an atom': [
    () => new ExportFun(loose(atom('lists')), 'reverse', 1),
    'ENCODE_UNSUPPORTED',
    /^the module of a fun must be a string, not an object of Atom$/,
  ],
  'a fun without a function': [
    () => new ExportFun('m', loose(undefined), 1),
    'ENCODE_UNSUPPORTED',
    /function of a fun/,
  ],
  'an arity above 255': [() => new ExportFun('m', 'f', 256), 'ENCODE_RANGE', /0 to 255, not 256/],
  'an arity that is a bigint': [() => new ExportFun('m', 'f', loose(1n)), 'ENCODE_UNSUPPORTED', /arity.*1n/],
  'a fun of text': [() => new Fun('m', 1, loose('bytes')), 'ENCODE_UNSUPPORTED', /Uint8Array/],
  'an atom of a number': [() => atom(loose(5)), 'ENCODE_UNSUPPORTED', /must be a string, not 5/],
  'an atom of 256 characters': [() => atom('x'.repeat(256)), 'ENCODE_RANGE', /longer than 255/],
  'an atom with a lone surrogate': [() => atom('\ud800'), 'ENCODE_RANGE', /lone surrogate/],
  'a pid of an atom': [() => new Pid(loose(atom('a@b')), 1, 2, 3), 'ENCODE_UNSUPPORTED', /node of a pid/],
  'a pid with a negative id': [() => new Pid('a@b', -1, 2, 3), 'ENCODE_RANGE', /id of a pid.*-1/],
  'a pid without a creation': [
    () => new Pid('a@b', 1, 2, loose(undefined)),
    'ENCODE_UNSUPPORTED',
    /creation/,
  ],
  'a pid of a fraction': [() => new Pid('a@b', 1.5, 2, 3), 'ENCODE_RANGE', /1\.5/],
  'a port of a number': [() => new Port('a@b', loose(5), 1), 'ENCODE_UNSUPPORTED', /a bigint, not 5/],
  'a port of more than 64 bits': [() => new Port('a@b', 2n ** 64n, 1), 'ENCODE_RANGE', /64-bit/],
  'a reference without words': [() => new Reference('a@b', 1, []), 'ENCODE_RANGE', /1 to 5 words/],
  'a reference of bigints': [
    () => new Reference('a@b', 1, loose([1n])),
    'ENCODE_UNSUPPORTED',
    /a number, not 1n/,
  ],
  'a reference of one number': [
    () => new Reference('a@b', 1, loose(7)),
    'ENCODE_UNSUPPORTED',
    /an array, not 7/,
  ],
  'a float that is not finite': [() => float(Number.NaN), 'ENCODE_RANGE', /NaN/],
  'a float of text': [() => new Float(loose('1')), 'ENCODE_UNSUPPORTED', /the string "1"/],
  'a tuple of text': [() => new Tuple(loose('abc')), 'ENCODE_UNSUPPORTED', /an array, not the string "abc"/],
  'a tuple of bytes': [() => new Tuple(loose(Uint8Array.of(1))), 'ENCODE_UNSUPPORTED', /an array/],
  'a list of a set': [() => new ImproperList(loose(new Set()), 1), 'ENCODE_UNSUPPORTED', /an object of Set/],
  'bits of text': [() => new BitString(loose('a'), 3), 'ENCODE_UNSUPPORTED', /Uint8Array/],
  'nine bits of a byte': [() => new BitString(Uint8Array.of(1), 9), 'ENCODE_RANGE', /1 to 8 bits, not 9/],
  'a map of an object': [() => new TermMap(loose({ a: 1 })), 'ENCODE_UNSUPPORTED', /iterable/],
  'a map of values': [() => new TermMap(loose([1, 2])), 'ENCODE_UNSUPPORTED', /entry of a map/],
  'a record without fields': [() => record(undefined), 'ENCODE_UNSUPPORTED', /fields of a native record/],
  'a record with a duplicate field': [
    () => record([['a', 1], ['a', 2]]), // prettier-ignore
    'ENCODE_RANGE',
    /duplicate field/,
  ],
  'a record with a field named by an atom': [() => record([[atom('a'), 1]]), 'ENCODE_UNSUPPORTED', /field/],
};

describe('constructors refuse', () => {
  for (const [what, [make, code, message]] of Object.entries(refused)) {
    test(what, () => assert.throws(make, { name: 'EncodeError', code, message }));
  }
});

test('the name of a node has up to 255 characters, whatever their size', () => {
  const node = '\u{1f600}'.repeat(255);
  for (const term of [new Pid(node, 1, 2, 3), new Reference(node, 1, [1]), new Port(node, 1n, 1)]) {
    assert.deepEqual(decode(encode(term)), term);
  }
});

describe('what was changed after it was made', () => {
  const set = (value: object, field: string, to: unknown): Term =>
    Object.assign(value, { [field]: to }) as Term;
  const changed: Record<string, () => Term> = {
    'the module of a fun': () => set(new ExportFun('m', 'f', 1), 'module', atom('m')),
    'the function of a fun': () => set(new ExportFun('m', 'f', 1), 'function', { length: Number.NaN }),
    'the node of a pid': () => set(new Pid('a@b', 1, 2, 3), 'node', { length: 3 }),
    'the id of a pid': () => set(new Pid('a@b', 1, 2, 3), 'id', 'many'),
    'the id of a port': () => set(new Port('a@b', 1n, 1), 'id', 1),
    'the words of a reference': () => set(new Reference('a@b', 1, [1]), 'words', [1, 2, 3, 4, 5, 6]),
    'the elements of a tuple': () => set(new Tuple([1]), 'elements', { length: Number.NaN }),
    'the entries of a map': () => set(new TermMap(), 'flat', [1]),
    'the head of a list': () => set(new ImproperList([1], 2), 'head', undefined),
    'the value of a float': () => set(float(1), 'value', { valueOf: () => 1 }),
    'the bytes of a bit string': () => set(new BitString(Uint8Array.of(1), 3), 'bytes', { length: 1 }),
    'the name of a record': () => set(record([]), 'name', undefined),
  };
  for (const [what, make] of Object.entries(changed)) {
    test(`${what} is checked again`, () => {
      assert.throws(() => encode([1, make()]), { name: 'EncodeError' });
      assert.throws(() => encode(make()), { name: 'EncodeError' });
    });
  }

  test('an object that only has the prototype of a term is not one', () => {
    for (const value of [
      atom('a'),
      new Pid('a@b', 1, 2, 3),
      new Tuple([]),
      Uint8Array.of(1),
      new TermMap(),
    ]) {
      const imitation: unknown = Object.create(Object.getPrototypeOf(value) as object);
      assert.throws(() => encode([imitation as Term]), { name: 'EncodeError', path: '[0]' });
    }
  });
});

describe('funs off the wire', () => {
  test('an arity that no fun has is refused', () => {
    const arity = [98, 0, 0, 1, 0];
    const bytes = Uint8Array.of(131, 113, 119, 1, 0x6d, 119, 1, 0x66, ...arity);
    assert.throws(() => decode(bytes), { name: 'DecodeError', code: 'DECODE_BAD_VALUE' });
  });

  /** `131, 112`: size, arity 0, 16 bytes, index, no free variables, module `m`, old index and hash, a pid. */
  const pid = [88, 119, 3, 0x61, 0x40, 0x62, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
  const body = [0, ...Buffer.alloc(24), 119, 1, 0x6d, 97, 0, 97, 0, ...pid];
  const bytes = Uint8Array.of(112, 0, 0, 0, body.length + 4, ...body);

  test('are relayed as they came', () => {
    const fun = decode(Uint8Array.of(131, ...bytes));
    assert.ok(fun instanceof Fun);
    assert.deepEqual([...encode(fun)], [131, ...bytes]);
  });

  attack('Terms and frames', 'a fun whose bytes were made up does not get into a frame', () => {
    const made = [
      Uint8Array.of(1, 2, 3),
      bytes.subarray(0, -1),
      Uint8Array.of(...bytes, 106),
      Uint8Array.of(97, 1),
    ];
    for (const content of made)
      assert.throws(() => encode(new Fun('m', 0, content)), { code: 'ENCODE_RANGE' });
  });
});
