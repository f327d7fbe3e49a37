/**
 * The JavaScript values that represent Erlang terms, with classes for those that JavaScript lacks, and structural equality.
 * Pure data: bytes are in encode.ts and decode.ts, text is in inspect.ts.
 *
 * | Erlang                   | JavaScript                                  |
 * |--------------------------|---------------------------------------------|
 * | integer                  | number when safe, else bigint               |
 * | float                    | number, or `Float` when it is integral      |
 * | true, false              | boolean                                     |
 * | nil (Elixir), undefined  | null, undefined                             |
 * | any other atom           | `Atom`, the same object for the same name   |
 * | list                     | array (a STRING_EXT is an array of numbers) |
 * | improper list            | `ImproperList`                              |
 * | tuple                    | `Tuple`                                     |
 * | binary                   | Uint8Array; strings encode to UTF-8         |
 * | bit string               | `BitString`                                 |
 * | map                      | `TermMap`; `Map`s and plain objects (atom keys) encode too |
 * | pid, port, reference     | `Pid`, `Port`, `Reference`                  |
 * | fun, fun M:F/A           | `Fun`, `ExportFun`                          |
 * | native record (OTP 29)   | `NativeRecord`                              |
 */

import { Atom, atom } from './atoms.ts';
import { checkArray, checkName, wrongType } from './argument-checks.ts';
import { BitString } from './bit-string.ts';
import { areSimpleKeys, hasSameSimpleKeys } from './simple-keys.ts';
import { Float, float } from './float.ts';
import { ExportFun, Fun, Pid, Port, Reference } from './identifiers.ts';
import { EncodeError } from '../errors.ts';

export { Atom, atom, BitString, ExportFun, Float, float, Fun, Pid, Port, Reference };

/** An Erlang term. `decode` returns strings and plain objects only if its options ask for them, and never a `Map`. */
export type Term =
  | number
  | bigint
  | boolean
  | null
  | undefined
  | string
  | Atom
  | Float
  | Uint8Array
  | BitString
  | Tuple
  | ImproperList
  | TermMap
  | Pid
  | Port
  | Reference
  | Fun
  | ExportFun
  | NativeRecord
  | readonly Term[]
  | ReadonlyMap<Term, Term>
  | { readonly [key: string]: Term };

/** A tuple. It is iterable, so `const [tag, value] = tuple` works. */
export class Tuple<Elements extends readonly Term[] = readonly Term[]> implements Iterable<Term> {
  /** The elements, in order. */
  readonly elements: Elements;
  constructor(elements: Elements) {
    if (!Array.isArray(elements)) checkArray('the elements of a tuple', elements);
    this.elements = elements;
  }
  /** The number of elements. */
  get length(): number {
    return this.elements.length;
  }
  /** The element at `index`, counted from 0; `undefined` beyond the end. */
  at(index: number): Term {
    return this.elements[index];
  }
  /** Iterates over the elements. */
  [Symbol.iterator](): Iterator<Term> {
    return this.elements[Symbol.iterator]();
  }
}

/** Creates a tuple of the given elements. */
export function tuple<const Elements extends readonly Term[]>(...elements: Elements): Tuple<Elements> {
  return new Tuple(elements);
}

/** `[a, b | tail]`: a list whose tail is not a list. `head` has at least one element. */
export class ImproperList {
  readonly head: readonly Term[];
  readonly tail: Term;
  constructor(head: readonly Term[], tail: Term) {
    checkArray('the head of an improper list', head);
    this.head = head;
    this.tail = tail;
  }
}

/** A native record of OTP 29. The order of fields and `exported` are part of the value. */
export class NativeRecord {
  readonly module: string;
  readonly name: string;
  readonly exported: boolean;
  readonly fields: readonly (readonly [name: string, value: Term])[];
  constructor(
    module: string,
    name: string,
    detail: { exported: boolean; fields: readonly (readonly [name: string, value: Term])[] },
  ) {
    checkName('the module of a native record', module);
    checkName('the name of a native record', name);
    checkArray('the fields of a native record', (detail as typeof detail | undefined)?.fields);
    const names = new Set(detail.fields.map(fieldName));
    if (names.size < detail.fields.length) {
      throw new EncodeError('ENCODE_RANGE', `the native record #${name} has a duplicate field`);
    }
    this.module = module;
    this.name = name;
    this.exported = detail.exported;
    this.fields = detail.fields;
  }
}

function fieldName(field: readonly [name: string, value: Term]): string {
  checkArray('a field of a native record', field);
  const [name] = field;
  checkName('the name of a field', name);
  return name;
}

/**
 * A map with structural keys: `map.get(tuple(1, 2))` finds an equal key. It preserves the order of insertion. A string key
 * is the binary of its UTF-8 bytes.
 */
export class TermMap implements Iterable<readonly [Term, Term]> {
  /** @internal Alternating keys and values, without duplicate keys. Visible, so that deep comparisons in tests see it. */
  readonly flat: readonly Term[];
  /** The array that is known to have no duplicate keys. */
  readonly #checked: readonly Term[];
  #index: Map<unknown, number> | undefined;

  /** `unique` is only for the decoder: a flat array without duplicate keys, used as it is. */
  constructor(entries: Iterable<readonly [Term, Term]> = [], unique?: readonly Term[]) {
    this.flat = unique ?? [];
    this.#checked = this.flat;
    if (unique !== undefined) return;
    const flat: Term[] = [];
    this.#index = new Map();
    if (typeof (entries as Partial<typeof entries> | null)?.[Symbol.iterator] !== 'function') {
      throw wrongType('the entries of a map', 'an iterable of [key, value] pairs', entries);
    }
    for (const entry of entries) {
      checkArray('an entry of a map', entry);
      const [key, value] = entry;
      const known = this.#index.get(indexKey(key));
      if (known === undefined) this.#index.set(indexKey(key), flat.push(key, value) - 2);
      else flat[known + 1] = value;
    }
    this.flat = flat;
    this.#checked = flat;
  }

  /** @internal The keys and values to encode. Throws if they were changed after the map was created. */
  static contentOf(map: TermMap): readonly Term[] {
    if (map.flat === map.#checked) return map.#checked;
    throw new EncodeError(
      'ENCODE_UNSUPPORTED',
      'a TermMap that was changed after its creation cannot be encoded',
    );
  }

  /** The number of entries. */
  get size(): number {
    return this.flat.length / 2;
  }
  /** The value of a key; `undefined` when the map does not contain it. */
  get(key: Term): Term {
    const position = this.#find(key);
    return position === -1 ? undefined : this.flat[position + 1];
  }
  /** Whether the map contains a key. */
  has(key: Term): boolean {
    return this.#find(key) !== -1;
  }
  /** Returns a copy with `key` set. Terms are values: a map never changes. */
  with(key: Term, value: Term): TermMap {
    return new TermMap([...this, [key, value]]);
  }
  /** Iterates over the keys. */
  *keys(): IterableIterator<Term> {
    for (let at = 0; at < this.flat.length; at += 2) yield this.flat[at];
  }
  /** Iterates over the values. */
  *values(): IterableIterator<Term> {
    for (let at = 1; at < this.flat.length; at += 2) yield this.flat[at];
  }
  /** Iterates over `[key, value]` pairs. */
  *[Symbol.iterator](): IterableIterator<readonly [Term, Term]> {
    for (let at = 0; at < this.flat.length; at += 2) yield [this.flat[at], this.flat[at + 1]];
  }
  #find(key: Term): number {
    const wanted = indexKey(key);
    if (this.#index === undefined) {
      // Small maps with atom keys, the usual case, are searched linearly; an index would cost more than it saves.
      if (this.flat.length <= 32 && typeof wanted !== 'string') return findKey(this.flat, wanted);
      this.#index = indexOf(this.flat);
    }
    return this.#index.get(wanted) ?? -1;
  }
}

function findKey(flat: readonly Term[], wanted: unknown): number {
  for (let at = 0; at < flat.length; at += 2) if (flat[at] === wanted) return at;
  return -1;
}

function indexOf(flat: readonly Term[]): Map<unknown, number> {
  const index = new Map<unknown, number>();
  for (let at = 0; at < flat.length; at += 2) index.set(indexKey(flat[at]), at);
  return index;
}

/** The key for `term` in a JavaScript `Map`: the value itself if identity is equality, otherwise its `termKey`. */
function indexKey(term: Term): unknown {
  if (typeof term === 'number' && Number.isSafeInteger(term) && !Object.is(term, -0)) return term;
  if (term instanceof Atom) return atomOf(term.name);
  if (typeof term === 'bigint' && BigInt.asIntN(53, term) === term) return Number(term);
  if (term === null || typeof term === 'boolean' || term === undefined) return term;
  return termKey(term);
}

let atomRound = 0;

/** Whether a flat array of keys and values (see `TermMap.flat`) has duplicate keys. The keys must come from `decode`. */
export function hasDuplicateKeys(flat: readonly Term[]): boolean {
  if (flat.length <= 2) return false;
  atomRound += 1;
  for (let at = 0; at < flat.length; at += 2) {
    const key = flat[at];
    if (!(key instanceof Atom)) return hasOtherDuplicates(flat);
    if (Atom.isSeen(key, atomRound)) return true;
  }
  return false;
}

function hasOtherDuplicates(flat: readonly Term[]): boolean {
  return flat.length <= 32 && areSimpleKeys(flat)
    ? hasSameSimpleKeys(flat)
    : indexOf(flat).size < flat.length / 2;
}

/** Whether `value` is a plain object, whose keys are atoms. Objects of other classes are not terms. */
export function isPlainObject(value: object): value is { readonly [key: string]: Term } {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // An object literal from another realm, e.g. typed into a shell: its prototype is the root of its chain.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty');
}

/** The real entries of a `Map`, not what the iterator of a subclass returns: that may be endless. */
export function entriesOfMap(map: ReadonlyMap<unknown, unknown>): MapIterator<[Term, Term]> {
  return Map.prototype.entries.call(map) as MapIterator<[Term, Term]>;
}

/** A map term as a `TermMap`: a `Map` or a plain object is converted; `undefined` for any other term. */
export function asTermMap(term: Term): TermMap | undefined {
  if (term instanceof TermMap) return term;
  if (term instanceof Map) return new TermMap(entriesOfMap(term));
  if (typeof term !== 'object' || term === null || !isPlainObject(term)) return undefined;
  return new TermMap(Object.entries(term).map(([name, value]) => [atomOf(name), value] as const));
}

const textEncoder = new TextEncoder();

/** Deepest nesting of a term used as a key. Keys are text: building one takes time proportional to its size times its depth. */
const maxKeyDepth = 64;

function atomKey(name: string): string {
  return `a${name.length}:${name}`;
}

function floatKey(value: number): string {
  return `f${Object.is(value, -0) ? '-0' : value}`;
}

function bytesKey(bytes: Uint8Array): string {
  return `b${bytes.length}:${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')}`;
}

/**
 * A string that is equal for equal terms only, for a JavaScript `Map` keyed by terms. Map entries are sorted by key, so
 * their insertion order does not matter. Throws `EncodeError` for a term nested deeper than 64.
 */
export function termKey(term: Term): string {
  return keyAt(term, 0);
}

function keyAt(term: Term, depth: number): string {
  switch (typeof term) {
    case 'number':
      if (!Number.isInteger(term) || Object.is(term, -0)) return floatKey(term);
      return `i${Number.isSafeInteger(term) ? term : BigInt(term)}`;
    case 'bigint':
      return `i${term}`;
    case 'boolean':
      return atomKey(String(term));
    case 'undefined':
      return atomKey('undefined');
    case 'string':
      return bytesKey(textEncoder.encode(term));
    case 'object':
      return term === null ? atomKey('nil') : (leafKey(term) ?? compositeKey(term, depth));
    default:
      throw new EncodeError('ENCODE_UNSUPPORTED', `a ${typeof term} is not an Erlang term`);
  }
}

function leafKey(term: object): string | undefined {
  if (term instanceof Atom) return atomKey(term.name);
  if (term instanceof Uint8Array) return bytesKey(term);
  if (term instanceof Float) return floatKey(term.value);
  if (term instanceof Pid) return `p${atomKey(term.node)}.${term.id}.${term.serial}.${term.creation}`;
  if (term instanceof Reference) return `r${atomKey(term.node)}.${term.words.join('.')}.${term.creation}`;
  if (term instanceof Port) return `o${atomKey(term.node)}.${term.id}.${term.creation}`;
  if (term instanceof BitString) return `B${term.lastBits}${bytesKey(term.bytes)}`;
  if (term instanceof Fun) return `F${bytesKey(term.bytes)}`;
  if (term instanceof ExportFun) return `E${atomKey(term.module)}${atomKey(term.function)}${term.arity}`;
  return undefined;
}

function compositeKey(term: Term, depth: number): string {
  if (depth === maxKeyDepth) {
    throw new EncodeError('ENCODE_DEPTH', `a term nested deeper than ${maxKeyDepth} cannot be a key`);
  }
  if (Array.isArray(term)) return `l${term.length}[${listKey(term, depth)}]`;
  if (term instanceof Tuple) return `t${term.length}(${listKey(term.elements, depth)})`;
  if (term instanceof ImproperList)
    return `L${term.head.length}[${listKey(term.head, depth)},${keyAt(term.tail, depth + 1)}]`;
  if (term instanceof NativeRecord) {
    return `R${recordShape(term)}{${listKey(
      term.fields.map(([, value]) => value),
      depth,
    )}}`;
  }
  const map = asTermMap(term);
  if (map === undefined)
    throw new EncodeError('ENCODE_UNSUPPORTED', 'an object of this class is not an Erlang term');
  const pairs = Array.from(map, ([key, value]) => `${keyAt(key, depth + 1)}=${keyAt(value, depth + 1)}`);
  return `m${map.size}{${pairs.sort().join(',')}}`;
}

function listKey(items: readonly Term[], depth: number): string {
  const keys: string[] = [];
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at];
    // An array that consists only of holes may claim a length of four thousand million.
    if (item === undefined && !(at in items)) {
      throw new EncodeError('ENCODE_UNSUPPORTED', `an array with a hole at ${at} is not an Erlang term`);
    }
    keys.push(keyAt(item, depth + 1));
  }
  return keys.join(',');
}

/** Everything about a native record except its values: records with different shapes are different terms. */
export function recordShape(term: NativeRecord): string {
  const names = term.fields.map(([name]) => atomKey(name)).join(',');
  return `${Number(term.exported)}${atomKey(term.module)}${atomKey(term.name)}${names}`;
}

/** The term for an atom name: a boolean, null or undefined for `true`, `false`, `nil` and `undefined`, otherwise an `Atom`. */
export function atomOf(name: string): Term {
  switch (name) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'nil':
      return null;
    case 'undefined':
      return undefined;
    default:
      return atom(name);
  }
}

/** The name of an atom, including `true`, `false`, `nil` and `undefined`; `undefined` when `term` is not an atom. */
export function atomName(term: Term): string | undefined {
  if (term instanceof Atom) return term.name;
  if (term === true) return 'true';
  if (term === false) return 'false';
  if (term === null) return 'nil';
  return term === undefined ? 'undefined' : undefined;
}
