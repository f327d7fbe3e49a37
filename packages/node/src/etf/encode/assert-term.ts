/**
 * Checks whether a value is a term, for messages that stay in this process and are never encoded. Plain values are
 * recognised directly, in a fraction of the time that encoding takes; in all other cases the encoder decides, so a local
 * message is refused exactly if it would be refused on its way to another node.
 */

import { ByteWriter, lengthOfBytes } from '../byte-writer.ts';
import { isSoundPid, isSoundReference } from '../identifiers.ts';
import { Atom, Float, ImproperList, isPlainObject, Pid, Reference, TermMap, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
import { writeTerm } from './encode.ts';

/** Deeper containers are left to the encoder, which uses no JavaScript stack for them. */
const maxDepth = 100;

/** Throws `EncodeError` unless `term` can be encoded. */
export function assertTerm(term: Term): void {
  if (typeof term === 'object' ? term === null || isPlainlyTerm(term) : isPlainScalar(term)) return;
  writeTerm(new ByteWriter(), term);
}

function isPlainlyTerm(term: object): boolean {
  try {
    return isPlainValue(term, 0);
  } catch {
    // Part of it cannot be read: the encoder reports which part.
    return false;
  }
}

function isPlainScalar(value: unknown): boolean {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value);
    case 'string':
      return value.isWellFormed();
    case 'bigint':
      return BigInt.asIntN(64, value) === value;
    default:
      return value === undefined || typeof value === 'boolean';
  }
}

function isPlainValue(value: unknown, depth: number): boolean {
  if (typeof value !== 'object') return isPlainScalar(value);
  if (value === null) return true;
  if (value instanceof Atom) return Atom.isReal(value);
  if (depth >= maxDepth) return false;
  if (value instanceof Tuple) return arePlain(value.elements, depth + 1);
  if (Array.isArray(value)) return arePlain(value, depth + 1);
  if (value instanceof Pid) return isSoundPid(value);
  if (value instanceof Reference) return isSoundReference(value);
  return isPlainRare(value, depth);
}

function isPlainRare(value: object, depth: number): boolean {
  if (value instanceof Uint8Array) return lengthOfBytes(value) >= 0;
  if (value instanceof TermMap) return arePlain(TermMap.contentOf(value), depth + 1);
  if (value instanceof Float) return Number.isFinite(value.value);
  if (value instanceof ImproperList) {
    return arePlain(value.head, depth + 1) && isPlainValue(value.tail, depth + 1);
  }
  return isPlainObject(value) && arePlainFields(value, depth + 1);
}

function arePlain(items: unknown, depth: number): boolean {
  if (!Array.isArray(items)) return false;
  for (let at = 0; at < items.length; at += 1) {
    const item: unknown = items[at];
    if (item === undefined ? !(at in items) : !isPlainValue(item, depth)) return false;
  }
  return true;
}

function arePlainFields(object: Readonly<Record<string, unknown>>, depth: number): boolean {
  for (const name of Object.keys(object)) {
    if (name.length > 255 || !name.isWellFormed() || !isPlainValue(object[name], depth)) return false;
  }
  return true;
}
