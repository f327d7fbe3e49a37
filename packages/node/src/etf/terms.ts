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
 * | map                      | `TermMap`; plain objects encode to atom keys |
 * | pid, port, reference     | `Pid`, `Port`, `Reference`                  |
 * | fun, fun M:F/A           | `Fun`, `ExportFun`                          |
 * | native record (OTP 29)   | `NativeRecord`                              |
 */

/** A term as it comes out of `decode`. */
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
  | { readonly [key: string]: Term };

const interned = new Map<string, WeakRef<Atom>>();
const collected = new FinalizationRegistry<string>((name) => {
  // The name may have been interned anew since; only a dead entry goes.
  if (interned.get(name)?.deref() === undefined) interned.delete(name);
});

/** An atom other than `true`, `false`, `nil` and `undefined`. Made by `atom()`; equal names are the same object. */
export class Atom {
  readonly name: string;

  /** @internal Use `atom()`: only it keeps one object per name. */
  constructor(name: string) {
    this.name = name;
  }

  toString(): string {
    return this.name;
  }
}

/**
 * The `Atom` of this name, always the same object while anybody holds it. Names nobody holds are forgotten, so a peer
 * cannot fill memory with atoms. At most 255 characters: checked when encoded. `atom('true')` is an `Atom` too and
 * encodes the same as `true`; decoding always gives the boolean.
 */
export function atom(name: string): Atom {
  const known = interned.get(name)?.deref();
  if (known !== undefined) return known;
  const made = new Atom(name);
  interned.set(name, new WeakRef(made));
  collected.register(made, name);
  return made;
}

/** A float whose value is a whole number (or -0.0), kept apart from the integer of the same value. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
}

/** Makes a float of any finite number; `encode` writes it as a float even when it is whole. */
export function float(value: number): Float {
  return new Float(value);
}

/** A tuple. Iterable, so `const [tag, value] = tuple` works. */
export class Tuple<Elements extends readonly Term[] = readonly Term[]> implements Iterable<Term> {
  readonly elements: Elements;
  constructor(elements: Elements) {
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
    this.head = head;
    this.tail = tail;
  }
}

/** A bit string whose size is no multiple of 8: the last byte holds `lastBits` (1..7) bits, the most significant ones. */
export class BitString {
  readonly bytes: Uint8Array;
  readonly lastBits: number;
  constructor(bytes: Uint8Array, lastBits: number) {
    this.bytes = bytes;
    this.lastBits = lastBits;
  }
}

/** A process identifier. `node` is the full node name. */
export class Pid {
  readonly node: string;
  readonly id: number;
  readonly serial: number;
  readonly creation: number;
  // oxlint-disable-next-line max-params -- the four parts of a pid; an options object per decoded pid costs speed
  constructor(node: string, id: number, serial: number, creation: number) {
    this.node = node;
    this.id = id;
    this.serial = serial;
    this.creation = creation;
  }
  toString(): string {
    return `<${this.node}.${this.id}.${this.serial}>`;
  }
}

/** A port identifier; `id` is up to 64 bits wide. */
export class Port {
  readonly node: string;
  readonly id: bigint;
  readonly creation: number;
  constructor(node: string, id: bigint, creation: number) {
    this.node = node;
    this.id = id;
    this.creation = creation;
  }
  toString(): string {
    return `#Port<${this.node}.${this.id}>`;
  }
}

/** A reference of 1 to 5 words of 32 bits, in the order they have on the wire. */
export class Reference {
  readonly node: string;
  readonly creation: number;
  readonly words: readonly number[];
  constructor(node: string, creation: number, words: readonly number[]) {
    this.node = node;
    this.creation = creation;
    this.words = words;
  }
  toString(): string {
    return `#Ref<${this.node}.${this.words.join('.')}>`;
  }
}

/** A local fun of some node: opaque, relayed byte for byte. `bytes` is its external form from the tag on. */
export class Fun {
  readonly module: string;
  readonly arity: number;
  readonly bytes: Uint8Array;
  constructor(module: string, arity: number, bytes: Uint8Array) {
    this.module = module;
    this.arity = arity;
    this.bytes = bytes;
  }
}

/** `fun Module:Function/Arity`. Arity 0..255: a larger one kills OTP 27, so it is never encoded. */
export class ExportFun {
  readonly module: string;
  readonly function: string;
  readonly arity: number;
  constructor(module: string, functionName: string, arity: number) {
    this.module = module;
    this.function = functionName;
    this.arity = arity;
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
    this.module = module;
    this.name = name;
    this.exported = detail.exported;
    this.fields = detail.fields;
  }
}

/**
 * A map with structural keys: `map.get(tuple(1, 2))` finds an equal key. Keeps the order of insertion. A string given
 * as key is the binary of its UTF-8 bytes.
 */
export class TermMap implements Iterable<readonly [Term, Term]> {
  readonly #entries: Map<string, readonly [Term, Term]>;

  constructor(entries: Iterable<readonly [Term, Term]> = []) {
    this.#entries = new Map();
    for (const entry of entries) this.#entries.set(termKey(entry[0]), entry);
  }
  get size(): number {
    return this.#entries.size;
  }
  get(key: Term): Term {
    return this.#entries.get(termKey(key))?.[1];
  }
  has(key: Term): boolean {
    return this.#entries.has(termKey(key));
  }
  /** A copy with `key` set. Terms are values: a map is never changed in place. */
  with(key: Term, value: Term): TermMap {
    return new TermMap([...this, [key, value]]);
  }
  *keys(): IterableIterator<Term> {
    for (const [key] of this.#entries.values()) yield key;
  }
  *values(): IterableIterator<Term> {
    for (const [, value] of this.#entries.values()) yield value;
  }
  [Symbol.iterator](): IterableIterator<readonly [Term, Term]> {
    return this.#entries.values();
  }
}

/** Whether two terms are the same term (`=:=`: 1 and 1.0 differ). A string equals the binary of its UTF-8 bytes. */
export function equals(a: Term, b: Term): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' && typeof a !== 'string') return false;
  if (a instanceof Pid) {
    return b instanceof Pid && a.id === b.id && a.serial === b.serial && a.creation === b.creation && a.node === b.node;
  }
  return termKey(a) === termKey(b);
}

const textEncoder = new TextEncoder();

function atomKey(name: string): string {
  return `a${name.length}:${name}`;
}

function bytesKey(bytes: Uint8Array): string {
  return `b${bytes.length}:${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')}`;
}

/**
 * A string that is equal for equal terms and different for different ones, to key a `Map` by a term. Map entries are
 * ordered by key first, so insertion order does not count.
 */
export function termKey(term: Term): string {
  switch (typeof term) {
    case 'number':
      return Number.isInteger(term) && !Object.is(term, -0) ? `i${term}` : `f${Object.is(term, -0) ? '-0' : term}`;
    case 'bigint':
      return `i${term}`;
    case 'boolean':
      return atomKey(String(term));
    case 'undefined':
      return atomKey('undefined');
    case 'string':
      return bytesKey(textEncoder.encode(term));
    case 'object':
      return term === null ? atomKey('nil') : objectKey(term);
    default:
      throw new TypeError(`a ${typeof term} is no term`);
  }
}

function listKey(items: readonly Term[]): string {
  return items.map(termKey).join(',');
}

function pairsKey(pairs: Iterable<readonly [Term, Term]>): string {
  return Array.from(pairs, ([key, value]) => `${termKey(key)}=${termKey(value)}`)
    .sort()
    .join(',');
}

function objectKey(term: object): string {
  if (term instanceof Atom) return atomKey(term.name);
  if (term instanceof Uint8Array) return bytesKey(term);
  if (Array.isArray(term)) return `l${term.length}[${listKey(term)}]`;
  if (term instanceof Tuple) return `t${term.length}(${listKey(term.elements)})`;
  if (term instanceof Float) return `f${Object.is(term.value, -0) ? '-0' : term.value}`;
  if (term instanceof TermMap) return `m${term.size}{${pairsKey(term)}}`;
  if (term instanceof Pid) return `p${atomKey(term.node)}.${term.id}.${term.serial}.${term.creation}`;
  if (term instanceof Reference) return `r${atomKey(term.node)}.${term.words.join('.')}.${term.creation}`;
  if (term instanceof Port) return `o${atomKey(term.node)}.${term.id}.${term.creation}`;
  if (term instanceof ImproperList) return `L${term.head.length}[${listKey(term.head)}|${termKey(term.tail)}]`;
  if (term instanceof BitString) return `B${term.lastBits}${bytesKey(term.bytes)}`;
  if (term instanceof Fun) return `F${bytesKey(term.bytes)}`;
  if (term instanceof ExportFun) return `E${atomKey(term.module)}${atomKey(term.function)}${term.arity}`;
  if (term instanceof NativeRecord) {
    const fields = term.fields.map(([name, value]) => `${atomKey(name)}=${termKey(value)}`).join(',');
    return `R${Number(term.exported)}${atomKey(term.module)}${atomKey(term.name)}{${fields}}`;
  }
  const entries = Object.entries(term as Record<string, Term>);
  return `m${entries.length}{${pairsKey(entries.map(([name, value]) => [atomOf(name), value] as const))}}`;
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
