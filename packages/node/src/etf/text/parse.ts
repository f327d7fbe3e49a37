/**
 * Text to terms, in Erlang syntax, for arguments that a person types. Only literals: nothing is evaluated, and variables
 * are refused with a hint. A string is a list of code points, as in Erlang; text is written <<"text">>.
 */

import { DecodeError } from '../../errors.ts';
import { atomOf, BitString, ExportFun, Float, ImproperList, TermMap, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
import { TermScanner } from './term-scanner.ts';
import type { Token } from './term-scanner.ts';

const maxDepth = 200;
/** Maximum length of the text that an error quotes. */
const maxShown = 40;

/**
 * Parses one term, optionally followed by a full stop. Throws `DecodeError` with the line and column of the error; its
 * `offset` counts characters.
 */
export function parseTerm(text: string): Term {
  const parser = new TermParser(text);
  return parser.whole();
}

class TermParser {
  readonly #scanner: TermScanner;
  #depth = 0;

  constructor(text: string) {
    this.#scanner = new TermScanner(text);
  }

  whole(): Term {
    const term = this.#term();
    if (this.#isMark('.')) this.#scanner.next();
    const rest = this.#scanner.peek();
    if (rest.kind === 'end') return term;
    throw this.#scanner.fail(rest.at, `unexpected ${shown(rest)} after the term`);
  }

  #term(): Term {
    const token = this.#scanner.next();
    switch (token.kind) {
      case 'integer':
        return token.value;
      case 'float':
        return this.#float(token.value, token.at);
      case 'string':
        return Array.from(this.#string(token.text), (character) => character.codePointAt(0) as number);
      case 'atom':
        return this.#atom(token.text, token.at);
      case 'mark':
        return this.#nested(token);
      case 'end':
        throw this.#scanner.fail(token.at, 'a term is missing');
    }
  }

  #atom(name: string, at: number): Term {
    if (Array.from(name).length <= 255) return atomOf(name);
    throw this.#scanner.fail(at, 'the atom is longer than 255 characters');
  }

  #float(value: number, at: number): Term {
    if (!Number.isFinite(value)) throw this.#scanner.fail(at, 'the float is too large');
    return Number.isInteger(value) ? new Float(value) : value;
  }

  /** Adjacent strings are one string. */
  #string(first: string): string {
    let text = first;
    for (let token = this.#scanner.peek(); token.kind === 'string'; token = this.#scanner.peek()) {
      text += token.text;
      this.#scanner.next();
    }
    return text;
  }

  #nested(token: Token & { kind: 'mark' }): Term {
    if (this.#depth === maxDepth) {
      throw new DecodeError('DECODE_LIMIT', `the term is nested deeper than ${maxDepth}`, {
        offset: token.at,
      });
    }
    this.#depth += 1;
    const term = this.#afterMark(token);
    this.#depth -= 1;
    return term;
  }

  #afterMark({ text, at }: Token & { kind: 'mark' }): Term {
    switch (text) {
      case '-':
        return this.#negative();
      case '{':
        return new Tuple(this.#list('}', () => this.#term()));
      case '[':
        return this.#listTerm();
      case '#':
        return this.#map(at);
      case '<<':
        return this.#binary(at);
      case 'fun':
        return this.#fun(at);
      default:
        throw this.#scanner.fail(at, hints[text] ?? `unexpected '${text}' where a term should start`);
    }
  }

  #negative(): Term {
    const token = this.#scanner.next();
    if (token.kind === 'integer') return token.value === 0 ? 0 : -token.value;
    if (token.kind === 'float') return this.#float(-token.value, token.at);
    throw this.#scanner.fail(token.at, `unexpected ${shown(token)} after a minus sign`);
  }

  /** Items separated by commas, up to and including `close`. */
  #list<Item>(close: string, item: () => Item): Item[] {
    const items: Item[] = [];
    if (this.#takes(close)) return items;
    for (;;) {
      items.push(item());
      if (this.#takes(close)) return items;
      this.#expect(',', close);
    }
  }

  #listTerm(): Term {
    const items: Term[] = [];
    if (this.#takes(']')) return items;
    for (;;) {
      items.push(this.#term());
      if (this.#takes(']')) return items;
      if (this.#takes('|')) break;
      this.#expect(',', ']');
    }
    const tail = this.#term();
    this.#expect(']', undefined);
    return Array.isArray(tail) ? [...items, ...(tail as Term[])] : new ImproperList(items, tail);
  }

  #map(at: number): Term {
    this.#expect('{', undefined);
    const entries = this.#list('}', () => {
      const key = this.#term();
      this.#expect('=>', undefined);
      return [key, this.#term()] as const;
    });
    const map = new TermMap(entries);
    if (map.size === entries.length) return map;
    throw this.#scanner.fail(at, 'the map has a duplicate key');
  }

  #binary(at: number): Term {
    const segments = this.#list('>>', () => this.#segment());
    const last = segments.at(-1);
    if (segments.slice(0, -1).some(({ lastBits }) => lastBits !== 8)) {
      throw this.#scanner.fail(at, 'only the last segment of a bit string may be smaller than a byte');
    }
    const bytes = Uint8Array.from(Buffer.concat(segments.map((segment) => segment.bytes)));
    return last === undefined || last.lastBits === 8 ? bytes : new BitString(bytes, last.lastBits);
  }

  /** Parses `"text"`, `"text"/utf8`, `255` or `5:3`. */
  #segment(): { bytes: Uint8Array; lastBits: number } {
    const token = this.#scanner.next();
    if (token.kind === 'string') return { bytes: this.#text(token.text, token.at), lastBits: 8 };
    if (token.kind !== 'integer')
      throw this.#scanner.fail(token.at, `unexpected ${shown(token)} inside a binary`);
    const size = this.#takes(':') ? this.#size() : 8;
    const value = Number(BigInt.asUintN(size, BigInt(token.value)));
    return { bytes: Uint8Array.of(value << (8 - size)), lastBits: size };
  }

  #size(): number {
    const token = this.#scanner.next();
    if (token.kind === 'integer' && token.value >= 1 && token.value <= 8) return Number(token.value);
    throw this.#scanner.fail(token.at, 'the size of a segment must be 1 to 8');
  }

  #text(first: string, at: number): Uint8Array {
    const text = this.#string(first);
    if (this.#takes('/')) {
      const type = this.#scanner.next();
      if (type.kind === 'atom' && type.text === 'utf8') return Buffer.from(text, 'utf8');
      throw this.#scanner.fail(type.at, `the segment type ${shown(type)} is not supported (only utf8 is)`);
    }
    if (/^[\0-\xff]*$/.test(text)) return Buffer.from(text, 'latin1');
    throw this.#scanner.fail(at, 'characters beyond Latin-1 require <<"..."/utf8>>');
  }

  /** Parses `fun Module:Function/Arity`. */
  #fun(at: number): Term {
    const module = this.#name();
    this.#expect(':', undefined);
    const name = this.#name();
    this.#expect('/', undefined);
    const arity = this.#scanner.next();
    if (arity.kind === 'integer' && arity.value <= 255)
      return new ExportFun(module, name, Number(arity.value));
    throw this.#scanner.fail(at, 'a fun must have the form fun module:function/arity');
  }

  #name(): string {
    const token = this.#scanner.next();
    if (token.kind === 'atom') return token.text;
    throw this.#scanner.fail(token.at, `unexpected ${shown(token)} instead of an atom`);
  }

  #isMark(text: string): boolean {
    const token = this.#scanner.peek();
    return token.kind === 'mark' && token.text === text;
  }

  #takes(text: string): boolean {
    if (!this.#isMark(text)) return false;
    this.#scanner.next();
    return true;
  }

  #expect(text: string, otherwise: string | undefined): void {
    const token = this.#scanner.next();
    if (token.kind === 'mark' && token.text === text) return;
    const wanted = otherwise === undefined ? `'${text}'` : `'${text}' or '${otherwise}'`;
    throw this.#scanner.fail(token.at, `unexpected ${shown(token)} instead of ${wanted}`);
  }
}

const hints: Readonly<Record<string, string>> = {
  ':': "unexpected ':' where a term should start (Erlang writes the atom :name as name)",
  '<': "unexpected '<' where a term should start (a pid cannot be written as text)",
};

function shown(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'end of text';
    case 'atom':
    case 'mark':
      return `'${token.text.slice(0, maxShown)}'`;
    case 'string':
      return `"${token.text.slice(0, maxShown)}"`;
    case 'integer':
    case 'float':
      return typeof token.value === 'bigint' ? 'an integer' : String(token.value);
  }
}
