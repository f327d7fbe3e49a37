/**
 * The values that stand for Erlang terms where JavaScript has none of its own, with structural equality.
 * Pure data: no bytes here (encode.ts, decode.ts) and no text (inspect.ts).
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

/** A term. `decode` makes no strings, plain objects or JavaScript maps unless its options ask for them. */
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

/** A tuple. Iterable, so `const [tag, value] = tuple` works. */
export class Tuple<Elements extends readonly Term[] = readonly Term[]> implements Iterable<Term> {
  readonly elements: Elements;
  constructor(elements: Elements) {
    if (!Array.isArray(elements)) checkArray('the elements of a tuple', elements);
    this.elements = elements;
  }
  get length(): number {
    return this.elements.length;
  }
  /** The element at `index`, counted from 0; `undefined` past the end. */
  at(index: number): Term {
    return this.elements[index];
  }
  [Symbol.iterator](): Iterator<Term> {
    return this.elements[Symbol.iterator]();
  }
}

/** A tuple of the given elements. */
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

/** A native record of OTP 29. Field order and `exported` are part of the value. */
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
      throw new EncodeError('ENCODE_RANGE', `the native record #${name} has a field twice`);
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
 * A map with structural keys: `map.get(tuple(1, 2))` finds an equal key. Keeps the order of insertion. A string given
 * as key is the binary of its UTF-8 bytes.
 */
export class TermMap implements Iterable<readonly [Term, Term]> {
  /** @internal Key, value, key, value and so on, no key twice. Visible, so that deep comparisons in tests see it. */
  readonly flat: readonly Term[];
  /** The array that is known to have no key twice. */
  readonly #checked: readonly Term[];
  #index: Map<unknown, number> | undefined;

  /** `unique` is for the decoder alone: a flat array without duplicate keys, taken as it is. */
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

  /** @internal Keys and values to encode. Throws unless they are those that the map was made of. */
  static contentOf(map: TermMap): readonly Term[] {
    if (map.flat === map.#checked) return map.#checked;
    throw new EncodeError(
      'ENCODE_UNSUPPORTED',
      'a map that was changed after it was made has no Erlang form',
    );
  }

  get size(): number {
    return this.flat.length / 2;
  }
  get(key: Term): Term {
    const position = this.#find(key);
    return position === -1 ? undefined : this.flat[position + 1];
  }
  has(key: Term): boolean {
    return this.#find(key) !== -1;
  }
  /** A copy with `key` set. Terms are values: a map is never changed in place. */
  with(key: Term, value: Term): TermMap {
    return new TermMap([...this, [key, value]]);
  }
  *keys(): IterableIterator<Term> {
    for (let at = 0; at < this.flat.length; at += 2) yield this.flat[at];
  }
  *values(): IterableIterator<Term> {
    for (let at = 1; at < this.flat.length; at += 2) yield this.flat[at];
  }
  *[Symbol.iterator](): IterableIterator<readonly [Term, Term]> {
    for (let at = 0; at < this.flat.length; at += 2) yield [this.flat[at], this.flat[at + 1]];
  }
  #find(key: Term): number {
    const wanted = indexKey(key);
    if (this.#index === undefined) {
      // Small maps with atom keys, the usual ones, are searched as they are; an index would cost more than it saves.
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

/** What a `Map` can be keyed by in place of `term`: the value itself where identity is equality, else its `termKey`. */
function indexKey(term: Term): unknown {
  if (typeof term === 'number' && Number.isSafeInteger(term) && !Object.is(term, -0)) return term;
  if (term instanceof Atom) return atomOf(term.name);
  if (typeof term === 'bigint' && BigInt.asIntN(53, term) === term) return Number(term);
  if (term === null || typeof term === 'boolean' || term === undefined) return term;
  return termKey(term);
}

let atomRound = 0;

/** Whether a flat array of keys and values (see `TermMap.flat`) holds a key twice. The keys are as `decode` makes them. */
export function hasDuplicateKeys(flat: readonly Term[]): boolean {
  if (flat.length <= 2) return false;
  atomRound++;
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

/** Whether `value` is a plain object, whose keys are atoms. Objects of other classes are no terms. */
export function isPlainObject(value: object): value is { readonly [key: string]: Term } {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // An object literal of another realm, e.g. typed into a shell: its prototype is the root of its chain.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty');
}

/** What a `Map` holds, not what the iterator of a subclass gives: that may have no end. */
export function entriesOfMap(map: ReadonlyMap<unknown, unknown>): MapIterator<[Term, Term]> {
  return Map.prototype.entries.call(map) as MapIterator<[Term, Term]>;
}

/** The map that `term` is: a `TermMap` itself, a JavaScript `Map` or a plain object converted, else `undefined`. */
export function asTermMap(term: Term): TermMap | undefined {
  if (term instanceof TermMap) return term;
  if (term instanceof Map) return new TermMap(entriesOfMap(term));
  if (typeof term !== 'object' || term === null || !isPlainObject(term)) return undefined;
  return new TermMap(Object.entries(term).map(([name, value]) => [atomOf(name), value] as const));
}

const textEncoder = new TextEncoder();

/** Deepest nesting of a term used as a key. Keys are text: building one costs its size times its depth. */
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
 * A string that is equal for equal terms and different for different ones, to key a `Map` by a term. Map entries are
 * ordered by key first, so insertion order does not count. Throws EncodeError for a term nested deeper than 64.
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
      throw new EncodeError('ENCODE_UNSUPPORTED', `a ${typeof term} is no Erlang term`);
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
    throw new EncodeError('ENCODE_UNSUPPORTED', 'an object of this class is no Erlang term');
  const pairs = Array.from(map, ([key, value]) => `${keyAt(key, depth + 1)}=${keyAt(value, depth + 1)}`);
  return `m${map.size}{${pairs.sort().join(',')}}`;
}

function listKey(items: readonly Term[], depth: number): string {
  const keys: string[] = [];
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    // An array of holes only may say that it has four thousand million of them.
    if (item === undefined && !(at in items)) {
      throw new EncodeError('ENCODE_UNSUPPORTED', `an array with a hole at ${at} is not an Erlang term`);
    }
    keys.push(keyAt(item, depth + 1));
  }
  return keys.join(',');
}

/** Everything of a native record but its values: records that differ in it are different terms. */
export function recordShape(term: NativeRecord): string {
  const names = term.fields.map(([name]) => atomKey(name)).join(',');
  return `${Number(term.exported)}${atomKey(term.module)}${atomKey(term.name)}${names}`;
}

/** The term an atom of this name is: a boolean, null or undefined for those four names, else an `Atom`. */
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

/** The name of the atom that `term` is, or `undefined` when it is no atom. */
export function atomName(term: Term): string | undefined {
  if (term instanceof Atom) return term.name;
  if (term === true) return 'true';
  if (term === false) return 'false';
  if (term === null) return 'nil';
  return term === undefined ? 'undefined' : undefined;
}
