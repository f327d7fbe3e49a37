/**
 * Shared by the syntaxes of both languages: which bytes are text, how characters are escaped inside quotes, and the names
 * of the control characters. The resulting text can never move a terminal's cursor or reorder its line.
 */

import { visibleText } from '../../visible-text.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The characters of text: everything that Elixir considers printable, including line breaks. */
// oxlint-disable-next-line no-misleading-character-class -- the ranges are meant as code points
const printable = /^[\x20-\x7e\x07\b\t\n\v\f\r\x1b\x7f\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** The text of printable UTF-8 bytes; `undefined` for other bytes. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = strictUtf8.decode(bytes);
    return printable.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

const namedEscapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\f': '\\f',
  '\b': '\\b',
  '\x1b': '\\e',
  '\\': '\\\\',
};

export type Quoting = {
  readonly quote: '"' | "'";
  /** Escapes of this language in addition to those of both. */
  readonly escapes: Readonly<Record<string, string>>;
  /** The escape of any other character that cannot be shown unescaped. */
  readonly codePoint: (code: number) => string;
};

/** Quotes `text`, and escapes every character that cannot be shown unescaped. */
export function quote(text: string, quoting: Quoting): string {
  let quoted: string = quoting.quote;
  for (const character of text) quoted += escape(character, quoting);
  return quoted + quoting.quote;
}

function escape(character: string, quoting: Quoting): string {
  if (character === quoting.quote) return `\\${character}`;
  const named = quoting.escapes[character] ?? namedEscapes[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
  return isControl || visibleText(character) !== character ? quoting.codePoint(code) : character;
}

/** The shortest digits that read back as `value`, and the position of the point: `0.digits * 10 ** exponent`. */
export function shortestDigits(value: number): { digits: string; exponent: number } {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) + 1 };
}

/** A float with a point and no exponent. */
export function decimalFloat(value: number): string {
  const { digits, exponent } = shortestDigits(value);
  const sign = isNegative(value) ? '-' : '';
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`;
  const whole = digits.slice(0, exponent).padEnd(exponent, '0');
  return `${sign}${whole}.${digits.slice(exponent) || '0'}`;
}

/** A float with an exponent: `1.0e-5`. */
export function scientificFloat(value: number): string {
  const { digits, exponent } = shortestDigits(value);
  return `${isNegative(value) ? '-' : ''}${digits[0]}.${digits.slice(1) || '0'}e${exponent - 1}`;
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}
