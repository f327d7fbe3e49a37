import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  type Control,
  decodeControl,
  encodeControl,
  hasPayload,
  kindOfOp,
} from '../../src/distribution/control-messages.ts';
import { type ControlKind, controlRows } from '../../src/distribution/control-rows.ts';
import { DecodeError } from '../../src/errors.ts';
import {
  atom,
  ByteReader,
  ByteWriter,
  Pid,
  readTerm,
  Reference,
  type Term,
  Tuple,
  tuple,
} from '../../src/etf/index.ts';

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const node = fc.constantFrom('a@host', 'b@127.0.0.1');
const pid = fc.tuple(node, u32, u32, u32).map((parts) => new Pid(...parts));
const reference = fc
  .tuple(node, u32, fc.array(u32, { minLength: 1, maxLength: 5 }))
  .map(([name, creation, words]) => new Reference(name, creation, words));
// 'true', 'nil' and 'undefined' are names of atoms that have a JavaScript value of their own.
const name = fc.oneof(
  fc.stringMatching(/^[a-z_]{0,20}$/),
  fc.constantFrom('true', 'nil', 'undefined', 'é', '_'),
);
const term: fc.Arbitrary<Term> = fc.oneof(
  fc.integer(),
  pid,
  reference,
  fc.constantFrom<Term>(true, null, atom('kill'), [], tuple(0, 17, 1, 0)),
  fc.array(fc.nat(), { maxLength: 3 }),
);

/** One arbitrary for each kind of field, so that a new row is tested without a thought. */
const fields: Record<string, fc.Arbitrary<unknown>> = {
  pid,
  name,
  reference,
  term,
  optionalTerm: fc.option(pid, { nil: undefined }),
  pidOrName: fc.oneof(pid, name),
  pidNameOrAlias: fc.oneof(pid, name, reference),
  unlinkId: fc.oneof(fc.integer({ min: 1 }), fc.bigInt(2n ** 53n, 2n ** 64n - 1n)),
  bits: fc.integer({ min: 0, max: 255 }),
  spawnTarget: fc.record({ module: name, function: name, arity: fc.nat(255) }, { noNullPrototype: true }),
};

function arbitraryOf(kind: ControlKind): fc.Arbitrary<Control> {
  const parts: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [field, type] of Object.entries<string>(controlRows[kind].fields)) {
    if (type !== 'cookie') parts[field] = fields[type]!;
  }
  return fc.record(parts, { noNullPrototype: true }).map((values) => ({ kind, ...values }) as Control);
}

function write(control: Control): Uint8Array {
  const writer = new ByteWriter();
  encodeControl(writer, control);
  return writer.finish();
}

function read(bytes: Uint8Array): Control {
  return decodeControl(readTerm(new ByteReader(bytes)));
}

const kinds = Object.keys(controlRows) as ControlKind[];

describe('control messages', () => {
  for (const kind of kinds) {
    test(`${kind} survives both ways, and every cut of it is a DecodeError`, () => {
      fc.assert(
        fc.property(arbitraryOf(kind), fc.nat(), (control, cut) => {
          const bytes = write(control);
          assert.equal(bytes[3], controlRows[kind].op);
          assert.deepEqual(read(bytes), control);
          assert.throws(() => read(bytes.slice(0, cut % bytes.length)), DecodeError);
        }),
        { numRuns: 50 },
      );
    });
  }

  test('every operation from 1 to 37 that the protocol defines has a row', () => {
    const ops = Array.from({ length: 60 }, (_, op) => op).filter((op) => kindOfOp(op) !== undefined);
    const defined = [
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      12,
      13,
      16,
      18,
      ...Array.from({ length: 19 }, (_, index) => index + 19),
    ];
    assert.deepEqual(ops, defined);
  });

  test('the messages with a payload are those of the specification', () => {
    const withPayload = kinds.filter(hasPayload).map((kind) => controlRows[kind].op);
    assert.deepEqual(withPayload, [2, 6, 12, 16, 22, 23, 24, 25, 26, 27, 28, 29, 30, 33, 34, 37]);
  });

  test('elements after those of the row are ignored, and so is the cookie slot', () => {
    const from = new Pid('a@host', 1, 2, 3);
    const long = new Tuple([6, from, atom('cookie'), atom('rex'), 1, 2]);
    assert.deepEqual(decodeControl(long), { kind: 'REG_SEND', from, to: 'rex' });
  });

  test('an undefined operation number, or a missing one, is a DecodeError', () => {
    for (const odd of [
      tuple(0),
      tuple(9),
      tuple(38),
      tuple(-1),
      tuple(1.5),
      tuple(2n ** 70n),
      tuple(),
      [],
      5,
      null,
    ]) {
      assert.throws(() => decodeControl(odd), DecodeError);
    }
  });

  test('any term is a control message or a DecodeError', () => {
    const anything = fc.array(fc.oneof(term, fc.double(), fc.integer({ min: 0, max: 40 })), { maxLength: 7 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), anything, (op, elements) => {
        try {
          decodeControl(new Tuple([op, ...elements]));
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
