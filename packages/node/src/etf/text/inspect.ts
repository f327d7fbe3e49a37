/**
 * Terms as human-readable text: in the syntax of Elixir or Erlang, on one line, safe to print (control characters are always
 * escaped). It never fails: a value that is not a term is shown as `#JavaScript<...>`, and text that is too deep or too
 * long ends in `...`.
 */

import { asTermMap, Atom, atomName, BitString, Float, ImproperList, NativeRecord, Tuple } from '../terms.ts';
import type { Term, TermMap } from '../terms.ts';
import { elixirSyntax } from './elixir-syntax.ts';
import { erlangSyntax } from './erlang-syntax.ts';
import { textOf } from './quoting.ts';
import type { Syntax } from './syntax.ts';

/** How `inspect` shows a term. */
export type InspectOptions = {
  /** The language whose syntax is used. Default `'elixir'`. */
  readonly syntax?: 'elixir' | 'erlang';
  /** Maximum length of the text in characters; the rest becomes `...`. Default 16,777,216. */
  readonly maxLength?: number;
};

const defaultMaxLength = 16 * 1024 * 1024;
const maxDepth = 200;
const ellipsis = '...';

/** Shows `term` as text: `{:ok, "text", %{a: 1}}` in Elixir, `{ok,<<"text">>,#{a => 1}}` in Erlang. */
export function inspect(term: Term, options: InspectOptions = {}): string {
  const maxLength = options.maxLength ?? defaultMaxLength;
  const printer = new Printer(options.syntax === 'erlang' ? erlangSyntax : elixirSyntax, maxLength);
  printer.term(term);
  if (printer.text.length <= maxLength) return printer.text;
  return printer.text.slice(0, Math.max(0, maxLength - ellipsis.length)) + ellipsis;
}

class Printer {
  text: string = '';
  #depth = 0;
  readonly #syntax: Syntax;
  readonly #maxLength: number;

  constructor(syntax: Syntax, maxLength: number) {
    this.#syntax = syntax;
    this.#maxLength = maxLength;
  }

  get #isFull(): boolean {
    return this.text.length > this.#maxLength;
  }

  term(term: Term): void {
    if (this.#isFull) return;
    if (typeof term === 'object' && term !== null && !(term instanceof Atom)) this.#object(term);
    else this.text += this.#scalar(term);
  }

  #scalar(term: Term): string {
    const name = atomName(term);
    if (name !== undefined) return this.#syntax.atom(name);
    if (typeof term === 'string') return this.#string(term);
    if (typeof term === 'bigint' || Number.isInteger(term))
      return Object.is(term, -0) ? '-0.0' : `${term as bigint}`;
    if (typeof term === 'number') return Number.isFinite(term) ? this.#syntax.float(term) : String(term);
    return `#JavaScript<${typeof term}>`;
  }

  #string(text: string): string {
    return this.#binary(Buffer.from(text.slice(0, this.#maxLength + 1)));
  }

  #bytes(bytes: Uint8Array): string {
    // Each byte takes at least two characters, so more bytes are not needed to fill the text.
    return Array.from(bytes.subarray(0, this.#maxLength)).join(this.#syntax.separator);
  }

  #object(term: Term & object): void {
    const leaf = this.#leaf(term);
    if (leaf !== undefined) this.text += leaf;
    else if (this.#depth === maxDepth) this.text += ellipsis;
    else {
      this.#depth += 1;
      this.#container(term);
      this.#depth -= 1;
    }
  }

  #leaf(term: Term & object): string | undefined {
    if (term instanceof Uint8Array) return this.#binary(term);
    if (term instanceof Float) return this.#syntax.float(term.value);
    if (term instanceof BitString) return this.#bitString(term);
    return this.#syntax.identifier(term);
  }

  #binary(bytes: Uint8Array): string {
    const text = textOf(this.#start(bytes));
    return text === undefined
      ? `<<${this.#bytes(bytes)}>>`
      : this.#syntax.text(text.slice(0, this.#maxLength));
  }

  /** As many of the bytes as can be shown: the others need not be checked for text. */
  #start(bytes: Uint8Array): Uint8Array {
    let end = this.#maxLength * 4;
    if (!(end < bytes.length)) return bytes;
    // Not in the middle of a character.
    while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
    return bytes.subarray(0, end);
  }

  #bitString({ bytes, lastBits }: BitString): string {
    const last = this.#syntax.bits((bytes.at(-1) ?? 0) >> (8 - lastBits), lastBits);
    const whole = this.#bytes(bytes.subarray(0, -1));
    return `<<${whole === '' ? last : whole + this.#syntax.separator + last}>>`;
  }

  #container(term: Term & object): void {
    if (Array.isArray(term)) return this.#list(term);
    if (term instanceof Tuple) return this.#between('{', '}', () => this.#each(term.elements));
    if (term instanceof ImproperList) return this.#between('[', ']', () => this.#improper(term));
    if (term instanceof NativeRecord) return this.#record(term);
    const map = asTermMap(term);
    if (map !== undefined) return this.#map(map);
    const { constructor } = term;
    this.text += `#JavaScript<${typeof constructor === 'function' ? constructor.name : 'object'}>`;
  }

  #between(open: string, close: string, inside: () => void): void {
    this.text += open;
    inside();
    this.text += close;
  }

  #each(items: Iterable<Term>): void {
    this.#separated(items, (item) => this.term(item));
  }

  #separated<Item>(items: Iterable<Item>, show: (item: Item) => void): void {
    let isFirst = true;
    for (const item of items) {
      if (this.#isFull) return;
      if (!isFirst) this.text += this.#syntax.separator;
      isFirst = false;
      show(item);
    }
  }

  #list(all: readonly Term[]): void {
    // Each element takes at least one character, so more elements are not needed to fill the text.
    const items = all.length > this.#maxLength ? all.slice(0, this.#maxLength + 1) : all;
    const charlist = this.#syntax.charlist(items);
    if (charlist !== undefined) {
      this.text += charlist;
      return;
    }
    const pairs = items.map((item) => this.#syntax.keyword(item));
    this.#between('[', ']', () => {
      if (pairs.every((pair) => pair !== undefined))
        this.#separated(pairs, (pair) => this.#named(pair.name, pair.value));
      else this.#each(items);
    });
  }

  #named(name: string, value: Term): void {
    this.text += name;
    this.term(value);
  }

  #improper(list: ImproperList): void {
    this.#each(list.head);
    this.text += this.#syntax.separator === ',' ? '|' : ' | ';
    this.term(list.tail);
  }

  #record(record: NativeRecord): void {
    const { open, assign, close } = this.#syntax.record;
    this.#between(open(record.module, record.name), close, () => {
      this.#separated(record.fields, ([name, value]) =>
        this.#named(fieldName(name, this.#syntax) + assign, value),
      );
    });
  }

  #map(map: TermMap): void {
    const { open, close, entries, shortKey, arrow } = this.#syntax.map(map);
    this.#between(open, close, () => {
      this.#separated(entries, ([key, value]) => {
        const short = shortKey(key);
        if (short !== undefined) return this.#named(short, value);
        this.term(key);
        this.#named(arrow, value);
      });
    });
  }
}

/** The `name` in `#record{name = ...}`: an atom, without the colon that Elixir puts before atoms. */
function fieldName(name: string, syntax: Syntax): string {
  return syntax.atom(name).replace(/^:/, '');
}
