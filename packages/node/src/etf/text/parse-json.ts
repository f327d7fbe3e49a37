/**
 * JSON text to terms, with every number as it is written: `12345678901234567890` is that integer, `1.0` is a float. The
 * runtime's JSON parser does the parsing and provides the text of each number.
 */

import { DecodeError } from '../../errors.ts';
import { Float } from '../terms.ts';
import type { Term } from '../terms.ts';

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** `JSON.parse` with the text of each number. Node has it since release 21; TypeScript's library lacks it. */
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

/**
 * Parses JSON to a term. Numbers with a fraction or an exponent become floats, all others integers of any size; strings
 * become binaries, arrays become lists, the keys of objects become atoms, and `null` becomes `nil`. Throws `DecodeError`
 * for text that is not valid JSON, and for floats out of Erlang's range.
 */
export function parseJson(text: string): Term {
  try {
    return parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined ? numberOf(source) : value,
    ) as Term;
  } catch (cause) {
    if (cause instanceof DecodeError) throw cause;
    // Apart from syntax errors, it only throws for a stack overflow.
    if (!(cause instanceof SyntaxError))
      throw new DecodeError('DECODE_LIMIT', 'the JSON text is nested too deeply', { offset: 0, cause });
    throw new DecodeError('DECODE_BAD_VALUE', cause.message, { offset: 0, cause });
  }
}

function numberOf(source: string): Term {
  if (/[.eE]/.test(source)) return floatOf(source);
  const value = Number(source);
  if (!Number.isSafeInteger(value)) return BigInt(source);
  // An integer has no sign at zero.
  return value === 0 ? 0 : value;
}

function floatOf(source: string): Term {
  const value = Number(source);
  const isTooSmall = value === 0 && /[1-9]/.test(source.replace(/[eE].*/, ''));
  if (!Number.isFinite(value) || isTooSmall) {
    const size = isTooSmall ? 'small' : 'large';
    throw new DecodeError('DECODE_BAD_VALUE', `${shortened(source)} is too ${size} for a 64-bit float`, {
      offset: 0,
    });
  }
  return Number.isInteger(value) ? new Float(value) : value;
}

function shortened(source: string): string {
  return source.length > 40 ? `${source.slice(0, 40)}...` : source;
}
