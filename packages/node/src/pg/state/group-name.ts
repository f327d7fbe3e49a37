/**
 * The name of a group: any Erlang term, looked up by its `termKey`. Pure. The key is made only after the size of the term has
 * been checked, because its cost grows with the term and a peer chooses the term.
 */

import {
  Atom,
  BitString,
  Float,
  ImproperList,
  Pid,
  Port,
  Reference,
  type Term,
  termKey,
  Tuple,
} from '../../etf/index.ts';
import { asTermMap } from '../../etf/terms.ts';

/** The largest integer in a name, either way: converting a longer one to text takes quadratic time. */
const maxInteger = 2n ** 256n;

/** The key of a name; `undefined` when the name is too large, or contains a function or a record. */
export function groupKey(name: Term, maxSize: number): string | undefined {
  if (!isWithin(name, maxSize)) return undefined;
  try {
    return termKey(name);
  } catch {
    // Nested too deeply.
    return undefined;
  }
}

/** Whether a term has at most `maxSize` bytes of text and elements together. */
function isWithin(name: Term, maxSize: number): boolean {
  const rest: Term[] = [name];
  for (let left = maxSize; rest.length > 0;) {
    const term = rest.pop();
    const parts = partsOf(term);
    const size = parts?.length ?? sizeOf(term);
    if (size === undefined) return false;
    left -= 1 + size;
    if (left < 0) return false;
    if (parts !== undefined) rest.push(...parts);
  }
  return true;
}

function partsOf(term: Term): readonly Term[] | undefined {
  if (Array.isArray(term)) return term.length > 0xffff ? undefined : (term as readonly Term[]);
  if (term instanceof Tuple) return term.length > 0xffff ? undefined : term.elements;
  if (term instanceof ImproperList) return term.head.length > 0xffff ? undefined : [...term.head, term.tail];
  const map = typeof term === 'object' ? asTermMap(term) : undefined;
  return map === undefined || map.size > 0xffff ? undefined : [...map].flat();
}

/** The size of a term without parts; `undefined` for one that a name cannot have. */
function sizeOf(term: Term): number | undefined {
  switch (typeof term) {
    case 'string':
      return term.length;
    case 'bigint':
      return term > -maxInteger && term < maxInteger ? 32 : undefined;
    case 'object':
      return term === null ? 0 : sizeOfObject(term);
    default:
      return 0;
  }
}

function sizeOfObject(term: object): number | undefined {
  if (term instanceof Atom) return term.name.length;
  if (term instanceof Uint8Array) return term.length;
  if (term instanceof BitString) return term.bytes.length;
  if (term instanceof Pid || term instanceof Port || term instanceof Reference) return term.node.length;
  return term instanceof Float ? 0 : undefined;
}
