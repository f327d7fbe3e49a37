/**
 * Checks of the constructor arguments of term classes, and the description of wrong values in errors. Reading the value
 * must never fail: it may be an object with getters or a proxy.
 */

import { EncodeError } from '../errors.ts';

const maxAtomCharacters = 255;
const maxShownCharacters = 40;

/** A short description of a value for an error. Never throws. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the string ${JSON.stringify(value.slice(0, maxShownCharacters))}`;
    case 'number':
    case 'boolean':
    case 'undefined':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? `${value}n` : 'a very large bigint';
    case 'object':
      return value === null ? 'null' : `an object of ${classNameOf(value)}`;
    default:
      return `a ${typeof value}`;
  }
}

function classNameOf(value: object): string {
  try {
    const { constructor } = value;
    const name: unknown = typeof constructor === 'function' ? constructor.name : '';
    return typeof name === 'string' && name !== '' ? name.slice(0, maxShownCharacters) : 'an unnamed class';
  } catch {
    return 'an unknown class';
  }
}

/** The error for an argument of the wrong type: `${what} must be ${wanted}`, e.g. "the arity of a fun must be a number". */
export function wrongType(what: string, wanted: string, value: unknown): EncodeError {
  return new EncodeError('ENCODE_UNSUPPORTED', `${what} must be ${wanted}, not ${describeValue(value)}`);
}

/** Throws unless `name` can be the name of an atom: a string of at most 255 characters without lone surrogates. */
export function checkName(what: string, name: unknown): void {
  if (typeof name !== 'string') throw wrongType(what, 'a string', name);
  if (!name.isWellFormed()) throw new EncodeError('ENCODE_RANGE', `${what} contains a lone surrogate`);
  if (name.length <= maxAtomCharacters) return;
  if (name.length <= 2 * maxAtomCharacters && Array.from(name).length <= maxAtomCharacters) return;
  throw new EncodeError('ENCODE_RANGE', `${what} is longer than 255 characters: ${name.slice(0, 20)}...`);
}

/** Throws unless `word` is an unsigned 32-bit integer. */
export function checkWord(what: string, word: unknown): void {
  if (typeof word !== 'number') throw wrongType(what, 'a number', word);
  if (word >>> 0 !== word || Object.is(word, -0)) {
    throw new EncodeError('ENCODE_RANGE', `${what} must be an integer from 0 to 4294967295, not ${word}`);
  }
}

export function checkArity(arity: unknown): void {
  if (typeof arity !== 'number') throw wrongType('the arity of a fun', 'a number', arity);
  if (arity >= 0 && arity <= 255 && Number.isInteger(arity)) return;
  const message = `the arity of a fun must be 0 to 255, not ${arity}: a larger one crashes OTP 27`;
  throw new EncodeError('ENCODE_RANGE', message);
}

export function checkArray(what: string, items: unknown): void {
  if (!Array.isArray(items)) throw wrongType(what, 'an array', items);
}

export function checkBytes(what: string, bytes: unknown): void {
  if (!(bytes instanceof Uint8Array)) throw wrongType(what, 'a Uint8Array', bytes);
}
