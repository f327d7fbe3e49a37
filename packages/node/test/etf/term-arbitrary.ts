/** Random terms of every kind, as `decode` would make them, for property and oracle tests. */

import fc from 'fast-check';
import {
  atomOf,
  BitString,
  ExportFun,
  Float,
  ImproperList,
  NativeRecord,
  Pid,
  Port,
  Reference,
  type Term,
  TermMap,
  termKey,
  Tuple,
} from '@convoy/node/etf';

const word = fc.nat({ max: 0xffff_ffff });
/** Creation 0 stands for the node that reads: real nodes show such values as their own. */
const creation = fc.integer({ min: 1, max: 0xffff_ffff });
const name = fc.oneof(
  fc.constantFrom('ok', 'error', 'true', 'nil', 'undefined', '', '__proto__', 'Elixir.Enum', 'two words'),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 80 }),
  fc.constantFrom('x'.repeat(255), '\u{1f600}'.repeat(255), '\u00e9'.repeat(128)),
);
const node = fc.constantFrom('a@b', 'app@127.0.0.1', 'n\u00f6de@host', `${'n'.repeat(200)}@h`);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.uint8Array({ minLength: 60, maxLength: 300 }),
  fc.string({ unit: 'grapheme' }).map((text) => Uint8Array.from(Buffer.from(text))),
);

const integer = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(narrow),
  fc.bigInt({ min: -(2n ** 2100n), max: 2n ** 2100n }).map(narrow),
);

function narrow(value: bigint): number | bigint {
  return BigInt.asIntN(53, value) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const float = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => (Number.isInteger(value) ? new Float(value) : value));

const bitString = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 10 }), fc.integer({ min: 1, max: 7 }))
  .map(([content, lastBits]) => new BitString(content, lastBits));

const identifier: fc.Arbitrary<Term> = fc.oneof(
  fc.tuple(node, word, word, creation).map(([at, id, serial, made]) => new Pid(at, id, serial, made)),
  fc
    .tuple(node, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), creation)
    .map(([at, id, made]) => new Port(at, id, made)),
  fc
    .tuple(node, creation, fc.array(word, { minLength: 1, maxLength: 5 }))
    .map(([at, made, words]) => new Reference(at, made, words)),
);

const exportFun = fc
  .tuple(name, name, fc.integer({ min: 0, max: 255 }))
  .map(([module, fun, arity]) => new ExportFun(module, fun, arity));

const leaf: fc.Arbitrary<Term> = fc.oneof(
  integer,
  float,
  name.map(atomOf),
  bytes,
  bitString,
  identifier,
  exportFun,
);

function withoutDuplicates(entries: readonly (readonly [Term, Term])[]): (readonly [Term, Term])[] {
  return [...new Map(entries.map((entry) => [termKey(entry[0]), entry])).values()];
}

function containerOf(inside: fc.Arbitrary<Term>): fc.Arbitrary<Term> {
  const items = fc.array(inside, { maxLength: 6 });
  return fc.oneof(
    items,
    items.map((elements) => new Tuple(elements)),
    fc.array(fc.nat({ max: 255 }), { maxLength: 30 }),
    fc
      .array(fc.tuple(inside, inside), { maxLength: 6 })
      .map((entries) => new TermMap(withoutDuplicates(entries))),
    fc
      .tuple(fc.array(inside, { minLength: 1, maxLength: 4 }), leaf)
      .map(([head, tail]) => new ImproperList(head, tail)),
  );
}

/** A term of any kind that all releases know. */
export const anyTerm: fc.Arbitrary<Term> = fc.letrec<{ term: Term; container: Term }>((tie) => ({
  term: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('container')),
  container: containerOf(tie('term')),
})).term;

const record: fc.Arbitrary<Term> = fc
  .tuple(
    name,
    name,
    fc.boolean(),
    fc.uniqueArray(fc.tuple(name, anyTerm), { selector: ([field]) => field, maxLength: 5 }),
  )
  .map(([module, title, exported, fields]) => new NativeRecord(module, title, { exported, fields }));

/** A term of any kind, native records of OTP 29 included. */
export const anyTermOrRecord: fc.Arbitrary<Term> = fc.oneof(
  { weight: 5, arbitrary: anyTerm },
  { weight: 1, arbitrary: record },
  { weight: 1, arbitrary: record.map((inner) => new Tuple([inner, [inner]])) },
);
