import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../src/errors.ts';
import {
  ByteReader,
  ByteWriter,
  decode,
  encode,
  equals,
  inspect,
  parseTerm,
  termKey,
  toJson,
} from '../../src/etf/index.ts';
import type { Term } from '../../src/etf/index.ts';
import { createContext } from '../../src/etf/decode/decode-context.ts';
import { readAny } from '../../src/etf/decode/decode.ts';
import { createEncodeContext } from '../../src/etf/encode/encode-context.ts';
import { writeAny } from '../../src/etf/encode/encode.ts';
import { anyTerm, anyTermOrRecord } from './term-arbitrary.ts';
import { runsOf } from '../../../../test/support/extent.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Decodes or gives the DecodeError; anything else that is thrown goes through. */
function attempt(bytes: Uint8Array): Term | DecodeError {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

test('decode(encode(x)) is x, and encodes to the same bytes', () => {
  fc.assert(
    fc.property(anyTermOrRecord, (term) => {
      const bytes = encode(term);
      const back = decode(bytes);
      assert.ok(equals(back, term), inspect(term));
      assert.equal(termKey(back), termKey(term));
      assert.equal(hex(encode(back)), hex(bytes));
    }),
    { numRuns: runsOf(1500) },
  );
});

test('every truncation throws DecodeError', () => {
  fc.assert(
    fc.property(anyTermOrRecord, (term) => {
      const bytes = encode(term);
      for (let length = 0; length < bytes.length; length += 1 + (length >> 6)) {
        assert.throws(() => decode(bytes.subarray(0, length)), DecodeError);
      }
    }),
    { numRuns: 300 },
  );
});

test('random bytes throw nothing but DecodeError', () => {
  const tag = fc.constantFrom(
    67,
    70,
    77,
    88,
    89,
    90,
    97,
    98,
    99,
    100,
    101,
    102,
    103,
    104,
    105,
    106,
    107,
    108,
    109,
  );
  const moreTags = fc.constantFrom(80, 82, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 131);
  const byte = fc.oneof(tag, moreTags, fc.nat({ max: 4 }), fc.nat({ max: 255 }));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => void attempt(Uint8Array.from([131, ...bytes]))),
    { numRuns: runsOf(20_000) },
  );
});

test('a changed byte throws DecodeError or gives a term that can be encoded', () => {
  fc.assert(
    fc.property(anyTermOrRecord, fc.nat(), fc.nat({ max: 255 }), (term, place, value) => {
      const bytes = Uint8Array.from(encode(term));
      bytes[place % bytes.length] = value;
      const result = attempt(bytes);
      // A fun with an arity above 255 is the one value that may be read and not written.
      if (!(result instanceof DecodeError) && !/EncodeError/.test(String(catching(() => encode(result))))) {
        assert.ok(equals(decode(encode(result)), result));
      }
    }),
    { numRuns: runsOf(3000) },
  );
});

function catching(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}

test('decoding with and without recursion gives the same', () => {
  fc.assert(
    fc.property(anyTermOrRecord, fc.nat({ max: 3 }), (term, recursion) => {
      const bytes = encode(term);
      const reader = new ByteReader(bytes, 1);
      const shallow = readAny(reader, createContext({}, recursion));
      assert.equal(reader.remaining, 0);
      assert.ok(equals(shallow, decode(bytes)));
    }),
    { numRuns: 500 },
  );
});

test('encoding with and without recursion gives the same', () => {
  fc.assert(
    fc.property(anyTermOrRecord, fc.nat({ max: 3 }), (term, recursion) => {
      const writer = new ByteWriter();
      writer.u8(131);
      writeAny(writer, createEncodeContext({}, recursion), term);
      assert.equal(hex(writer.finish()), hex(encode(term)));
    }),
    { numRuns: 500 },
  );
});

test('both ways of decoding refuse the same bytes', () => {
  fc.assert(
    fc.property(anyTermOrRecord, fc.nat(), fc.nat({ max: 255 }), (term, place, value) => {
      const bytes = Uint8Array.from(encode(term));
      bytes[1 + (place % (bytes.length - 1))] = value;
      const usual = catching(() => readAny(new ByteReader(bytes, 1), createContext({})));
      const deep = catching(() => readAny(new ByteReader(bytes, 1), createContext({}, 0)));
      assert.equal(deep === undefined, usual === undefined);
    }),
    { numRuns: runsOf(2000) },
  );
});

test('a term is never found equal to a different one', () => {
  fc.assert(
    fc.property(anyTerm, anyTerm, (left, right) => {
      assert.equal(equals(left, right), termKey(left) === termKey(right));
    }),
    { numRuns: 500 },
  );
});

test('texts and JSON can be made of every term', () => {
  fc.assert(
    fc.property(anyTermOrRecord, (term) => {
      assert.doesNotMatch(inspect(term) + inspect(term, { syntax: 'erlang' }), /[\x00-\x1f\x7f-\x9f]/);
      assert.ok(inspect(term, { maxLength: 10 }).length <= 10);
      JSON.stringify(toJson(term));
    }),
    { numRuns: 500 },
  );
});

test('Erlang text parses back to the term, identifiers aside', () => {
  fc.assert(
    fc.property(anyTerm, (term) => {
      const text = inspect(term, { syntax: 'erlang' });
      if (/<[^<>]*@|#Port|#Ref/.test(text)) return;
      assert.ok(equals(parseTerm(text), term), text);
    }),
    { numRuns: 1000 },
  );
});

test('any text parses or throws DecodeError', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '<<',
    '>>',
    '#',
    '|',
    ',',
    '=>',
    '"',
    "'",
    '\\',
    '$',
    '1',
    '1.5',
    'a',
    'fun',
    ':',
    '/',
    ' ',
    '-',
    '16#f',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 2 })), { maxLength: 12 }), (pieces) => {
      const error = catching(() => parseTerm(pieces.join('')));
      assert.ok(error === undefined || error instanceof DecodeError, String(error));
    }),
    { numRuns: runsOf(5000) },
  );
});
