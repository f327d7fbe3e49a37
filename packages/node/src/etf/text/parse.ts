/**
 * Text to terms, in the syntax of Erlang: what a person types as an argument. Literals only: nothing is computed, and
 * variables are refused with a hint. A string is a list of code points, as in Erlang; text is written <<"text">>.
 */

import { DecodeError } from '../../errors.ts';
import { atomOf, BitString, ExportFun, Float, ImproperList, TermMap, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
import { TermScanner } from './term-scanner.ts';
import type { Token } from './term-scanner.ts';

const maxDepth = 200;
/** Characters of the text that an error repeats. */
const maxShown = 40;

/**
 * The term that `text` is; a full stop at the end may be there. Throws DecodeError with the line and column of what is
 * wrong; its `offset` counts characters.
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
    throw this.#scanner.fail(rest.at, `${shown(rest)} after the term`);
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
    throw this.#scanner.fail(at, 'an atom has at most 255 characters;');
  }

  #float(value: number, at: number): Term {
    if (!Number.isFinite(value)) throw this.#scanner.fail(at, 'a float that is too large');
    return Number.isInteger(value) ? new Float(value) : value;
  }

  /** Strings side by side are one string. */
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
      throw new DecodeError('DECODE_LIMIT', `nested deeper than ${maxDepth}`, { offset: token.at });
    }
    this.#depth++;
    const term = this.#afterMark(token);
    this.#depth--;
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
        throw this.#scanner.fail(at, hints[text] ?? `'${text}' where a term should start`);
    }
  }

  #negative(): Term {
    const token = this.#scanner.next();
    if (token.kind === 'integer') return token.value === 0 ? 0 : -token.value;
    if (token.kind === 'float') return this.#float(-token.value, token.at);
    throw this.#scanner.fail(token.at, `${shown(token)} after a minus sign`);
  }

  /** Items between commas, up to and with `close`. */
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
    throw this.#scanner.fail(at, 'a map with the same key twice');
  }

  #binary(at: number): Term {
    const segments = this.#list('>>', () => this.#segment());
    const last = segments.at(-1);
    if (segments.slice(0, -1).some(({ lastBits }) => lastBits !== 8)) {
      throw this.#scanner.fail(at, 'bits that do not fill a byte before the end of a bit string');
    }
    const bytes = Uint8Array.from(Buffer.concat(segments.map((segment) => segment.bytes)));
    return last === undefined || last.lastBits === 8 ? bytes : new BitString(bytes, last.lastBits);
  }

  /** `"text"`, `"text"/utf8`, `255` or `5:3`. */
  #segment(): { bytes: Uint8Array; lastBits: number } {
    const token = this.#scanner.next();
    if (token.kind === 'string') return { bytes: this.#text(token.text, token.at), lastBits: 8 };
    if (token.kind !== 'integer') throw this.#scanner.fail(token.at, `${shown(token)} inside a binary`);
    const size = this.#takes(':') ? this.#size() : 8;
    const value = Number(BigInt.asUintN(size, BigInt(token.value)));
    return { bytes: Uint8Array.of(value << (8 - size)), lastBits: size };
  }

  #size(): number {
    const token = this.#scanner.next();
    if (token.kind === 'integer' && token.value >= 1 && token.value <= 8) return Number(token.value);
    throw this.#scanner.fail(token.at, 'a segment size other than 1 to 8');
  }

  #text(first: string, at: number): Uint8Array {
    const text = this.#string(first);
    if (this.#takes('/')) {
      const type = this.#scanner.next();
      if (type.kind === 'atom' && type.text === 'utf8') return Buffer.from(text, 'utf8');
      throw this.#scanner.fail(type.at, `the type ${shown(type)}, where only utf8 is known,`);
    }
    if (/^[\0-\xff]*$/.test(text)) return Buffer.from(text, 'latin1');
    throw this.#scanner.fail(at, 'characters beyond Latin-1 need <<"..."/utf8>>');
  }

  /** `fun Module:Function/Arity`. */
  #fun(at: number): Term {
    const module = this.#name();
    this.#expect(':', undefined);
    const name = this.#name();
    this.#expect('/', undefined);
    const arity = this.#scanner.next();
    if (arity.kind === 'integer' && arity.value <= 255)
      return new ExportFun(module, name, Number(arity.value));
    throw this.#scanner.fail(at, 'a fun other than fun module:function/arity');
  }

  #name(): string {
    const token = this.#scanner.next();
    if (token.kind === 'atom') return token.text;
    throw this.#scanner.fail(token.at, `${shown(token)} where an atom should be`);
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
    throw this.#scanner.fail(token.at, `${shown(token)} where ${wanted} should be`);
  }
}

const hints: Readonly<Record<string, string>> = {
  ':': "':' where a term should start (Erlang writes the atom :name as name)",
  '<': "'<' where a term should start (a pid cannot be written as text)",
};

function shown(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
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
