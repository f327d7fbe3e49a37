/** What a receiver accepts and refuses. The vectors were held against `binary_to_term` of OTP 25. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { DecodeError, type DecodeErrorCode } from '../../../src/errors.ts';
import {
  atom,
  BitString,
  ByteReader,
  decode,
  encode,
  equals,
  ExportFun,
  Float,
  Fun,
  ImproperList,
  inspect,
  NativeRecord,
  Pid,
  Port,
  readTerm,
  Reference,
  type Term,
  TermMap,
  tuple,
} from '../../../src/etf/index.ts';

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const u32 = (value: number): string => value.toString(16).padStart(8, '0');
const node = '7703614062'; // 'a@b'
const funFields = `01 ${'ab'.repeat(16)} 00000003 00000000 77016d 6101 6205000000 58${node}000000010000000000000001`;

const accepted: Record<string, [hex: string, term: Term]> = {
  'an integer in more bytes than it needs': ['6e03 00 050000', 5],
  'an integer of no bytes': ['6e00 00', 0],
  'a negative zero': ['6e01 01 00', 0],
  'any sign byte that is not zero': ['6e01 07 05', -5],
  'a small integer as a large one': ['6f00000001 00 2a', 42],
  'an integer in four bytes that fits one': ['6200000001', 1],
  'the largest safe integer': ['6e07 00 ffffffffffff1f', Number.MAX_SAFE_INTEGER],
  'an integer past the safe ones': ['6e07 00 00000000000020', 2n ** 53n],
  'an integer of eight bytes that is safe': ['6e08 01 0100000000000000', -1],
  'an integer of 64 bits': ['6e08 01 ffffffffffffffff', -(2n ** 64n - 1n)],
  'a whole float': ['46 3ff0000000000000', new Float(1)],
  'a negative zero as a float': ['46 8000000000000000', new Float(-0)],
  'a float as text': [`63 ${Buffer.from('1.50000000000000000000e+00').toString('hex')} 0000000000`, 1.5],
  'a Latin-1 atom': ['64 0002 68e9', atom('h\u00e9')],
  'a small Latin-1 atom': ['73 02 6f6b', atom('ok')],
  'a long UTF-8 atom tag on a short atom': ['76 0004 74727565', true],
  'an atom that is a byte order mark': ['77 03 efbbbf', atom('\ufeff')],
  'an atom of 255 characters of four bytes': [
    `76 03fc ${'f09f9880'.repeat(255)}`,
    atom('\u{1f600}'.repeat(255)),
  ],
  'nil and undefined': ['68 02 77036e696c 7709756e646566696e6564', tuple(null, undefined)],
  'a string of length 0': ['6b 0000', []],
  'a list of bytes that is not a string': ['6c 00000002 6101 6102 6a', [1, 2]],
  'a list whose tail is a list': ['6c 00000001 6101 6c 00000001 6102 6a', [1, 2]],
  'a list whose tail is a string': ['6c 00000001 6101 6b 0002 0203', [1, 2, 3]],
  'a list of no elements': ['6c 00000000 6a', []],
  'a list of no elements with a tail': ['6c 00000000 6105', 5],
  'an improper list': ['6c 00000001 6101 6102', new ImproperList([1], 2)],
  'an improper list in pieces': ['6c 00000001 6101 6c 00000001 6102 6103', new ImproperList([1, 2], 3)],
  'a large tuple that is small': ['69 00000001 6101', tuple(1)],
  'a bit string of eight bits': ['4d 00000001 08 ff', Uint8Array.of(255)],
  'a bit string with dirty bits': ['4d 00000002 03 01ff', new BitString(Uint8Array.of(1, 0xe0), 3)],
  'an empty bit string of no bits': ['4d 00000000 00', new Uint8Array(0)],
  'the keys 1 and 1.0': [
    '74 00000002 6101 6161 46 3ff0000000000000 6162',
    new TermMap([
      [1, 97],
      [new Float(1), 98],
    ]),
  ],
  'keys in no order': [
    '74 00000002 6102 6161 6101 6162',
    new TermMap([
      [2, 97],
      [1, 98],
    ]),
  ],
  'an old pid': [`67 ${node} 00000007 00000001 03`, new Pid('a@b', 7, 1, 3)],
  'a pid of creation 0': [`58 ${node} ffffffff ffffffff 00000000`, new Pid('a@b', 0xffffffff, 0xffffffff, 0)],
  'an old reference': [`65 ${node} 00000007 02`, new Reference('a@b', 2, [7])],
  'a reference of OTP 22': [`72 0002 ${node} 02 00000007 00000008`, new Reference('a@b', 2, [7, 8])],
  'an old port': [`66 ${node} 00000007 02`, new Port('a@b', 7n, 2)],
  'a port of OTP 23': [`59 ${node} 00000007 00000002`, new Port('a@b', 7n, 2)],
  'a port of 64 bits': [`78 ${node} ffffffffffffffff 00000002`, new Port('a@b', 2n ** 64n - 1n, 2)],
  'a node as a Latin-1 atom': ['58 64 0003 614062 00000001 00000002 00000003', new Pid('a@b', 1, 2, 3)],
  'an arity of four bytes': ['71 77016d 770166 62000000ff', new ExportFun('m', 'f', 255)],
  'an exported native record': [
    '43 00000002 01 77026e72 7705706f696e74 770178 770179 6101 6102',
    new NativeRecord('nr', 'point', { exported: true, fields: [['x', 1], ['y', 2]] }), // prettier-ignore
  ],
  'a native record that is not exported': [
    '43 00000003 00 77026e72 770470726976 770161 77027a7a 770162 6101 6d000000017a 6b000173',
    new NativeRecord('nr', 'priv', { exported: false, fields: [['a', 1], ['zz', 'z'], ['b', [0x73]]] }), // prettier-ignore
  ],
  'a native record without fields': [
    '43 00000000 01 77026e72 7706656d70747930',
    new NativeRecord('nr', 'empty0', { exported: true, fields: [] }),
  ],
};

describe('decode accepts', () => {
  for (const [what, [hex, term]] of Object.entries(accepted)) {
    test(what, () => {
      const decoded = decode(fromHex(`83${hex}`));
      assert.ok(equals(decoded, term), `${inspect(decoded)} is not ${inspect(term)}`);
      assert.ok(equals(decode(encode(decoded)), term));
    });
  }
});

const refused: Record<string, [hex: string, code: DecodeErrorCode]> = {
  'no bytes': ['', 'DECODE_TRUNCATED'],
  'another version': ['82 6101', 'DECODE_BAD_TAG'],
  'a version byte alone': ['83', 'DECODE_TRUNCATED'],
  'an unknown tag': ['83 ff', 'DECODE_BAD_TAG'],
  'a version byte inside': ['83 6801 83 6101', 'DECODE_BAD_TAG'],
  'an atom cache reference': ['83 5200', 'DECODE_BAD_TAG'],
  'a fun of before OTP 23': ['83 7500000000', 'DECODE_BAD_TAG'],
  'a term in the local form': ['83 79066685b0 6101', 'DECODE_BAD_TAG'],
  'compressed data inside': ['83 6801 50 00000002 789c', 'DECODE_BAD_TAG'],
  'bytes behind the term': ['83 6101 00', 'DECODE_TRAILING'],
  'not a number': ['83 46 7ff8000000000000', 'DECODE_BAD_VALUE'],
  infinity: ['83 46 fff0000000000000', 'DECODE_BAD_VALUE'],
  'a float of other text': [
    `83 63 ${Buffer.from('not a number').toString('hex').padEnd(62, '0')}`,
    'DECODE_BAD_VALUE',
  ],
  'a float as a whole number': [`83 63 ${'3135'.padEnd(62, '0')}`, 'DECODE_BAD_VALUE'],
  'an atom of 256 characters': [`83 76 0100 ${'61'.repeat(256)}`, 'DECODE_BAD_VALUE'],
  'a Latin-1 atom of 256 characters': [`83 64 0100 ${'e9'.repeat(256)}`, 'DECODE_BAD_VALUE'],
  'an atom of 60,000 bytes': [`83 76 ea60 ${'61'.repeat(60_000)}`, 'DECODE_BAD_VALUE'],
  'an atom that is not UTF-8': ['83 77 01 ff', 'DECODE_BAD_VALUE'],
  'an atom in overlong UTF-8': ['83 77 02 c080', 'DECODE_BAD_VALUE'],
  'an atom with a surrogate': ['83 77 03 eda080', 'DECODE_BAD_VALUE'],
  'the same key twice': ['83 74 00000002 6101 6101 6101 6102', 'DECODE_BAD_VALUE'],
  'the same key in two forms': ['83 74 00000002 6101 6101 6200000001 6102', 'DECODE_BAD_VALUE'],
  'the same atom twice as a key': [
    '83 74 00000003 770161 6101 770162 6102 64000161 6103',
    'DECODE_BAD_VALUE',
  ],
  'the same binary twice as a key': [
    '83 74 00000002 6d0000000161 6101 6d0000000161 6102',
    'DECODE_BAD_VALUE',
  ],
  'the same tuple twice as a key': ['83 74 00000002 680161 01 6101 6801 6101 6102', 'DECODE_BAD_VALUE'],
  'bits without bytes': ['83 4d 00000000 01', 'DECODE_BAD_VALUE'],
  'bytes without bits': ['83 4d 00000001 00 ff', 'DECODE_BAD_VALUE'],
  'nine bits of a byte': ['83 4d 00000001 09 ff', 'DECODE_BAD_VALUE'],
  'a reference of no words': [`83 5a 0000 ${node} 00000001`, 'DECODE_BAD_VALUE'],
  'a reference of six words': [`83 5a 0006 ${node} 00000001 ${u32(1).repeat(6)}`, 'DECODE_BAD_VALUE'],
  'creation 4 in an old pid': [`83 67 ${node} 00000007 00000000 04`, 'DECODE_BAD_VALUE'],
  'creation 4 in an old reference': [`83 65 ${node} 00000007 04`, 'DECODE_BAD_VALUE'],
  'a node that is not an atom': ['83 58 6101 00000001 00000001 00000001', 'DECODE_BAD_TAG'],
  'a negative arity': ['83 71 77016d 770166 62ffffffff', 'DECODE_BAD_VALUE'],
  'an arity that is not an integer': ['83 71 77016d 770166 770161', 'DECODE_BAD_TAG'],
  'flags of a native record': ['83 43 00000000 02 77026e72 7706656d70747930', 'DECODE_BAD_VALUE'],
  'a field given twice': ['83 43 00000002 00 770161 770162 770178 770178 6101 6102', 'DECODE_BAD_VALUE'],
  'a field that is not an atom': ['83 43 00000001 00 770161 770162 6101 6102', 'DECODE_BAD_TAG'],
  'a list longer than the input': ['83 6c ffffffff 6101', 'DECODE_TRUNCATED'],
  'a tuple longer than the input': ['83 69 00ffffff 6101', 'DECODE_TRUNCATED'],
  'a map longer than the input': ['83 74 ffffffff 6101', 'DECODE_TRUNCATED'],
  'a binary longer than the input': ['83 6d ffffffff 00', 'DECODE_TRUNCATED'],
  'an integer longer than the input': ['83 6f 00010000 00 01', 'DECODE_TRUNCATED'],
  'an integer over the limit': ['83 6f ffffffff 00 01', 'DECODE_LIMIT'],
  'a native record longer than the input': ['83 43 ffffffff 00 770161 770162', 'DECODE_TRUNCATED'],
  'a fun with more free variables than bytes': [
    `83 70 00000000 ${funFields.replace('00000003 00000000', '00000003 ffffffff')}`,
    'DECODE_TRUNCATED',
  ],
};

describe('decode refuses', () => {
  for (const [what, [hex, code]] of Object.entries(refused)) {
    test(what, () => {
      assert.throws(
        () => decode(fromHex(hex)),
        (error) => error instanceof DecodeError && error.code === code,
      );
    });
  }

  test('a tag with its place in the input', () => {
    assert.throws(() => decode(fromHex('83 6802 6101 5200')), { code: 'DECODE_BAD_TAG', offset: 5, tag: 82 });
  });
});

describe('funs', () => {
  test('are kept as they are, free variables included', () => {
    const bytes = fromHex(
      `83 70 00000099 ${funFields.replace('00000003 00000000', '00000003 00000001')} 6801 6101`,
    );
    const fun = decode(bytes) as Fun;
    assert.ok(fun instanceof Fun);
    assert.deepEqual([fun.module, fun.arity], ['m', 1]);
    assert.deepEqual(encode(fun), bytes);
  });

  test('end where their fields end, whatever size they announce', () => {
    const fun = `70 00000003 ${funFields}`;
    const [first, second] = (decode(fromHex(`83 6802 ${fun} 6107`)) as unknown as { elements: Term[] })
      .elements;
    assert.ok(first instanceof Fun);
    assert.equal(second, 7);
  });

  test('do not keep the message they came in', () => {
    const message = Buffer.concat([
      fromHex(`83 6802 70 00000003 ${funFields} 6d 00010000`),
      Buffer.alloc(65_536),
    ]);
    const [fun] = (decode(message) as unknown as { elements: [Fun] }).elements;
    assert.ok(fun.bytes.buffer.byteLength < 9000);
  });
});

describe('compressed terms', () => {
  const compressed = (content: Uint8Array, size: number = content.length): Uint8Array =>
    Buffer.concat([fromHex(`83 50 ${u32(size)}`), deflateSync(content)]);

  test('are inflated', () => {
    assert.deepEqual(
      decode(compressed(encode('x'.repeat(1000)).subarray(1))),
      new Uint8Array(1000).fill(120),
    );
  });

  test('of another size than announced are refused', () => {
    assert.throws(() => decode(compressed(fromHex('6105'), 3)), { code: 'DECODE_BAD_VALUE' });
    assert.throws(() => decode(compressed(fromHex('6105'), 1)), { code: 'DECODE_BAD_VALUE' });
    assert.throws(() => decode(compressed(fromHex('6105'), 0)), { code: 'DECODE_BAD_VALUE' });
  });

  test('are never inflated past the announced size', () => {
    const bomb = compressed(new Uint8Array(4 * 1024 * 1024), 100);
    assert.throws(() => decode(bomb), { code: 'DECODE_BAD_VALUE' });
  });

  test('that announce more than the limit are refused before inflating', () => {
    assert.throws(() => decode(compressed(fromHex('6105'), 0xffff_ffff)), { code: 'DECODE_LIMIT' });
    const term = compressed(encode('x'.repeat(1000)).subarray(1));
    assert.throws(() => decode(term, { limits: { maxUncompressedBytes: 1000 } }), { code: 'DECODE_LIMIT' });
  });

  test('that are cut off, garbage or followed by bytes are refused', () => {
    const whole = compressed(fromHex('6105'));
    assert.throws(() => decode(whole.subarray(0, -3)), { code: 'DECODE_TRUNCATED' });
    assert.throws(() => decode(fromHex('83 50 00000002 ffffffff')), { code: 'DECODE_BAD_VALUE' });
    assert.throws(() => decode(Buffer.concat([whole, Buffer.of(0)])), { code: 'DECODE_TRAILING' });
    assert.throws(() => decode(compressed(fromHex('610500'))), { code: 'DECODE_TRAILING' });
  });

  test('inside a compressed term are refused', () => {
    assert.throws(() => decode(compressed(compressed(fromHex('6105')).subarray(1))), {
      code: 'DECODE_BAD_TAG',
    });
  });
});

describe('conveniences', () => {
  const term = encode(new TermMap([[atom('name'), 'Joe'], [atom('bytes'), Uint8Array.of(255)]])); // prettier-ignore

  test('make strings of binaries that are UTF-8', () => {
    const map = decode(term, { binaries: 'string' }) as TermMap;
    assert.equal(map.get(atom('name')), 'Joe');
    assert.deepEqual(map.get(atom('bytes')), Uint8Array.of(255));
    assert.equal(decode(encode(''), { binaries: 'string' }), '');
  });

  test('make objects of maps with atom keys', () => {
    assert.deepEqual(decode(term, { maps: 'object', binaries: 'string' }), {
      name: 'Joe',
      bytes: Uint8Array.of(255),
    });
    assert.ok(decode(encode(new TermMap([['name', 1]])), { maps: 'object' }) instanceof TermMap);
  });

  test('never let a key change a prototype', () => {
    const bytes = encode(new TermMap([[atom('__proto__'), new TermMap([[atom('polluted'), true]])]]));
    const object = decode(bytes, { maps: 'object' }) as Record<string, unknown>;
    assert.equal(object['polluted'], undefined);
    assert.deepEqual(Object.keys(object), ['__proto__']);
    assert.equal(Object.getPrototypeOf(object), Object.prototype);
    assert.deepEqual(encode(object as Term), bytes);
  });
});

describe('readTerm', () => {
  test('reads one term and leaves the reader behind it', () => {
    const reader = new ByteReader(fromHex('6101 6a 6102'));
    assert.deepEqual([readTerm(reader), readTerm(reader), reader.remaining], [1, [], 2]);
  });

  test('stops at the end it was given', () => {
    const reader = new ByteReader(fromHex('00 6d00000002 ffff'), 1, 7);
    assert.throws(() => readTerm(reader), { code: 'DECODE_TRUNCATED' });
  });
});

describe('decoded binaries', () => {
  const message = (size: number): Uint8Array =>
    encode(tuple(new Uint8Array(size).fill(7), new Uint8Array(65_536)));
  const first = (bytes: Uint8Array): Uint8Array =>
    (decode(bytes) as unknown as { elements: [Uint8Array] }).elements[0];

  test('are views where they are a quarter of the input or more', () => {
    const bytes = message(40_000);
    assert.equal(first(bytes).buffer, bytes.buffer);
  });

  test('are copies otherwise, that keep little memory', () => {
    for (const size of [0, 1, 64, 65, 1000, 2048, 2049, 5000]) {
      const binary = first(message(size));
      assert.deepEqual(binary, new Uint8Array(size).fill(7));
      assert.ok(binary.buffer.byteLength <= Math.max(8192, size));
    }
  });
});
