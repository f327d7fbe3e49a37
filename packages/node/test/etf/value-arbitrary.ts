/** Values of every JavaScript type, terms among them, as code without types may hand them to `send`. */

import fc from 'fast-check';
import {
  atom,
  BitString,
  ExportFun,
  Float,
  Fun,
  ImproperList,
  NativeRecord,
  Pid,
  Port,
  Reference,
  TermMap,
  Tuple,
} from '@convoy/node/etf';
import { anyText } from '../../../../test/support/texts/any-text.ts';
import { anyTermOrRecord } from './term-arbitrary.ts';

/** Code that runs while a value is read. */
export type Intruder = () => void;

function detached(): Uint8Array {
  const bytes = Uint8Array.of(1, 2, 3);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

function resized(): Uint8Array {
  const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
  const bytes = new Uint8Array(buffer, 4);
  buffer.resize(2);
  return bytes;
}

class ShortBytes extends Uint8Array {
  override get length(): number {
    return Number.NaN;
  }
}

class EndlessMap extends Map<unknown, unknown> {
  override *[Symbol.iterator](): MapIterator<[unknown, unknown]> {
    for (;;) yield [1, 1];
  }
}

const prototypes = [Tuple, TermMap, ImproperList, Pid, Port, Reference, Fun, ExportFun, Float, BitString]
  .map((termClass) => termClass.prototype as object)
  .concat(Object.getPrototypeOf(atom('a')) as object, Uint8Array.prototype, Map.prototype, Array.prototype);

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    Number.NaN,
    -0,
    Infinity,
    -Infinity,
    2 ** 53,
    1e300,
    5e-324,
    '',
    '\ud800',
    'a\udfff',
  ),
  fc.constantFrom<unknown>('x'.repeat(100), `${'x'.repeat(100)}\udbff`, undefined, null, true, Symbol('s')),
  anyText(),
  fc.bigInt({ min: -(2n ** 3000n), max: 2n ** 3000n }),
  fc.double(),
  fc.integer(),
);

const objectOfAClass: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    new Date(Number.NaN),
    new Date(),
    /x/g,
    new Error('e'),
    new Set([1]),
    new WeakMap(),
  ),
  fc.constantFrom<unknown>(
    () => 1,
    class extends Map {},
    Promise.resolve(1),
    new Proxy({}, {}),
    globalThis,
    Math,
    JSON,
  ),
  fc.constantFrom<unknown>(new ArrayBuffer(4), new SharedArrayBuffer(4), new DataView(new ArrayBuffer(4))),
  fc.constantFrom<unknown>(new Float64Array(3), new Uint16Array(3), new ShortBytes(40), new EndlessMap()),
  fc.constantFrom<unknown>(Array(3), Array(2 ** 32 - 1), new Number(1), new String('x'), Object(1n)),
  fc.constantFrom<() => unknown>(detached, resized).map((make) => make()),
  fc.constantFrom<object>(...prototypes).map((prototype) => Object.create(prototype) as unknown),
);

/** Calls a constructor of terms with anything; what it refuses is left out. */
function madeOf(inside: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  type Make = (...parts: never[]) => unknown;
  const makes: Make[] = [
    (a, b, c) => new ExportFun(a, b, c),
    (a, b, c) => new Fun(a, b, c),
    (a, b, c) => new Pid(a, b, c, 1),
    (a, b, c) => new Port(a, b, c),
    (a, b, c) => new Reference(a, b, c),
    (a, b, c) => new NativeRecord(a, b, { exported: c, fields: [] }),
    (a) => new Tuple(a),
    (a, b) => new ImproperList(a, b),
    (a, b) => new BitString(a, b),
    (a, b) => new TermMap([[a, b]]),
    (a) => atom(a),
  ];
  return fc.tuple(fc.constantFrom(...makes), inside, inside, inside).map(([make, ...parts]) => {
    try {
      return make(...(parts as unknown as never[]));
    } catch {
      return parts;
    }
  });
}

/** A term class whose fields were overwritten. */
function spoilt(inside: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const terms: (() => object)[] = [
    () => new ExportFun('m', 'f', 1),
    () => new Pid('a@b', 1, 2, 3),
    () => new Port('a@b', 1n, 1),
    () => new Reference('a@b', 1, [1, 2]),
    () => new Tuple([1, 2]),
    () => new TermMap([[1, 2]]),
    () => new ImproperList([1], 2),
    () => new BitString(Uint8Array.of(1), 1),
    () => new Float(1),
    () => [1, 2, 3],
    () => Uint8Array.of(1, 2, 3),
  ];
  const field = fc.nat({ max: 4 });
  return fc.tuple(fc.constantFrom(...terms), field, inside).map(([make, at, value]) => {
    const term = make();
    const names = [...Object.keys(term), 'length', 'size'];
    const name = names[at % names.length] as string;
    try {
      Object.defineProperty(term, name, { value, configurable: true, writable: true });
    } catch {
      return [term, value];
    }
    return term;
  });
}

/** Objects whose reading runs code: it throws, changes what is read next, or sends something itself. */
function intruding(inside: fc.Arbitrary<unknown>, intrude: Intruder): fc.Arbitrary<unknown> {
  type Trap = (value: unknown) => unknown;
  const traps: Trap[] = [
    (value) => ({ get a() { intrude(); return value; }, b: 1 }), // prettier-ignore
    (value) => ({ get a(): never { throw value; } }), // prettier-ignore
    (value) => [{ valueOf: () => intrude(), value }, value],
    (value) =>
      new Proxy([1, value, 3], { get: (target, key) => (intrude(), Reflect.get(target, key) as unknown) }),
    (value) =>
      new Proxy([1, 2, 3], { get: (target, key) => (key === 'length' ? value : Reflect.get(target, key)) }),
    (value) =>
      new Proxy(new Tuple([1, 2]), {
        get: (target, key) => (key === 'elements' ? value : Reflect.get(target, key)),
      }),
    (value) => new Proxy({ value }, { ownKeys: () => (intrude(), ['value']) }),
    (value) => new Proxy({}, { getPrototypeOf: () => { throw value; } }), // prettier-ignore
    (value) => {
      const list: unknown[] = [1, 2, 3];
      Object.defineProperty(list, 1, { get: () => (intrude(), (list.length = 2), value) });
      return list;
    },
    (value) => {
      const list: unknown[] = [1, 2, 3];
      let answers = 0;
      Object.defineProperty(list, 1, { get: () => ((answers += 1) === 1 ? 2 : value) });
      return list;
    },
    (value) => {
      const list: unknown[] = [value];
      list.push({ list, tuple: new Tuple([list as never]) });
      return list;
    },
  ];
  return fc.tuple(fc.constantFrom(...traps), inside).map(([trap, value]) => trap(value));
}

/**
 * A value of any type. `intrude` is called while some of them are read; without it there are none that behave differently
 * each time they are read.
 */
export function anyValue(intrude?: Intruder): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown; container: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      objectOfAClass,
      anyTermOrRecord as fc.Arbitrary<unknown>,
      tie('container'),
    ),
    container: fc.oneof(
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(tie('value'), { maxLength: 4 }).map((items) => new Tuple(items as never)),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
      madeOf(tie('value')),
      spoilt(tie('value')),
      ...(intrude === undefined ? [] : [intruding(tie('value'), intrude)]),
    ),
  })).value;
}
