/**
 * Splits Erlang source text into tokens with their positions: numbers in all their forms, quoted atoms, strings and
 * characters with their escapes, and comments.
 */

import { DecodeError } from '../../errors.ts';

export type Token =
  | { readonly kind: 'atom' | 'string'; readonly text: string; readonly at: number }
  | { readonly kind: 'integer'; readonly value: number | bigint; readonly at: number }
  | { readonly kind: 'float'; readonly value: number; readonly at: number }
  | { readonly kind: 'mark'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

/** Matched one after the other: as one expression they would need stack for each repetition. */
const space = /\s+/y;
const comment = /%[^\n]*/y;
const mark = /<<|>>|=>|\.\.\.|[[\]{}(),|#:/.<>-]/y;
const word = /[\p{Ll}][\p{L}\p{N}_@]*/uy;
const variable = /[\p{Lu}_][\p{L}\p{N}_@]*/uy;
const float = /\d[\d_]*\.\d[\d_]*(?:[eE][+-]?\d+)?/y;
const based = /(\d{1,2})#([\da-zA-Z_]+)/y;
const integer = /\d[\d_]*/y;
const character = /\$(?:\\(?:x\{[\da-fA-F]+\}|x[\da-fA-F]{2}|[0-7]{1,3}|\^.|[\s\S])|[\s\S])/uy;
const escapeForm = /\\(?:x\{([\da-fA-F]+)\}|x([\da-fA-F]{2})|([0-7]{1,3})|\^(.)|([\s\S]))/gu;

/** Maximum length of the text that an error quotes. */
const maxShown = 40;
/** A number with this many digits in base 36 is a safe integer. */
const maxNarrowDigits = 10;

const namedEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  f: '\f',
  b: '\b',
  e: '\x1b',
  s: ' ',
  d: '\x7f',
};

/** The error for text that is not a term: it names the line and column of `at`. */
function syntaxError(
  text: string,
  at: number,
  { problem, remedy }: { readonly problem: string; readonly remedy?: string },
): DecodeError {
  const before = text.slice(0, at).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  const message = `${problem} at line ${before.length}, column ${column}`;
  return new DecodeError('DECODE_BAD_VALUE', message, { offset: at, remedy });
}

export class TermScanner {
  readonly text: string;
  #at = 0;
  #ahead: Token | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** The next token, without consuming it. */
  peek(): Token {
    return (this.#ahead ??= this.#scan());
  }

  next(): Token {
    const token = this.peek();
    this.#ahead = undefined;
    return token;
  }

  fail(at: number, problem: string): DecodeError {
    return syntaxError(this.text, at, { problem });
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #scan(): Token {
    while (this.#match(space) !== null || this.#match(comment) !== null);
    const at = this.#at;
    const first = this.text[at];
    if (first === undefined) return { kind: 'end', at };
    if (first === '"') return { kind: 'string', text: this.#quoted('"'), at };
    if (first === "'") return { kind: 'atom', text: this.#quoted("'"), at };
    const name = this.#match(word);
    if (name !== null) return { kind: name[0] === 'fun' ? 'mark' : 'atom', text: name[0], at };
    return this.#number(at) ?? this.#mark(at);
  }

  #quoted(quote: string): string {
    const start = this.#at;
    let at = start + 1;
    for (; this.text[at] !== quote; at += 1) {
      if (this.text[at] === undefined) throw this.fail(start, `the ${quote} is never closed`);
      if (this.text[at] === '\\') at += 1;
    }
    this.#at = at + 1;
    return this.#unescape(this.text.slice(start + 1, at), start);
  }

  #unescape(text: string, at: number): string {
    return text.replace(escapeForm, (_all, ...groups: (string | undefined)[]) => {
      const [braced, hex, octal, control, named] = groups;
      if (control !== undefined) return String.fromCharCode((control.codePointAt(0) ?? 0) & 31);
      if (named !== undefined) return namedEscapes[named] ?? named;
      const code = octal === undefined ? Number.parseInt(braced ?? hex ?? '', 16) : Number.parseInt(octal, 8);
      if (code > 0x10ffff) throw this.fail(at, 'the escape is beyond the last Unicode character');
      return String.fromCodePoint(code);
    });
  }

  #number(at: number): Token | undefined {
    const real = this.#match(float);
    if (real !== null) return { kind: 'float', value: Number(withoutGaps(real[0])), at };
    const inBase = this.#match(based);
    if (inBase !== null) return { kind: 'integer', value: this.#inBase(inBase, at), at };
    const whole = this.#match(integer);
    if (whole !== null) return { kind: 'integer', value: narrow(BigInt(withoutGaps(whole[0]))), at };
    const sign = this.#match(character);
    if (sign === null) return undefined;
    return { kind: 'integer', value: this.#unescape(sign[0].slice(1), at).codePointAt(0) ?? 0, at };
  }

  #inBase([, base = '', digits = '']: RegExpExecArray, at: number): number | bigint {
    const radix = Number(base);
    const plain = withoutGaps(digits);
    for (const digit of plain) {
      const isDigit = radix >= 2 && radix <= 36 && Number.parseInt(digit, 36) < radix;
      if (!isDigit) throw this.fail(at, `${base}#${digits.slice(0, maxShown)} is not a number`);
    }
    return narrow(valueOf(plain, radix));
  }

  #mark(at: number): Token {
    const found = this.#match(mark);
    if (found !== null) return { kind: 'mark', text: found[0], at };
    const name = this.#match(variable);
    if (name !== null) {
      const shown = name[0].slice(0, maxShown);
      const remedy = `Write '${shown}' for an atom, <<"${shown}">> for text.`;
      throw syntaxError(this.text, at, { problem: `${shown} is a variable`, remedy });
    }
    throw this.fail(at, `${JSON.stringify(this.text[at])} cannot start an Erlang term`);
  }
}

function withoutGaps(digits: string): string {
  return digits.replaceAll('_', '');
}

/** Converts digits of any base by halves: digit by digit would take quadratic time. */
function valueOf(digits: string, radix: number): bigint {
  if (digits.length <= maxNarrowDigits) return BigInt(Number.parseInt(digits || '0', radix));
  const middle = digits.length >> 1;
  const low = digits.slice(middle);
  return valueOf(digits.slice(0, middle), radix) * BigInt(radix) ** BigInt(low.length) + valueOf(low, radix);
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
