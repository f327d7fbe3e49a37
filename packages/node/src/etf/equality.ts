/**
 * Equality of terms (`=:=`), without recursion, because a peer decides how deep the compared terms are.
 */

import { asTermMap, ImproperList, NativeRecord, recordShape, termKey, Tuple } from './terms.ts';
import type { Term, TermMap } from './terms.ts';

/** Whether two terms are the same term (`=:=`: 1 and 1.0 differ). A string equals the binary of its UTF-8 bytes. */
export function equals(a: Term, b: Term): boolean {
  // The pairs left to compare, on an explicit stack: terms may be nested deeper than the JavaScript stack.
  const rest: Term[] = [a, b];
  while (rest.length > 0) {
    const right = rest.pop();
    const left = rest.pop();
    if (!Object.is(left, right) && !isSameShape(left, right, rest)) return false;
  }
  return true;
}

/** Compares two terms without their contents: the pairs inside that must also be equal are pushed onto `rest`. */
function isSameShape(a: Term, b: Term, rest: Term[]): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && pushPairs(a, b, rest);
  if (a instanceof Tuple) return b instanceof Tuple && pushPairs(a.elements, b.elements, rest);
  if (a instanceof ImproperList) {
    return b instanceof ImproperList && rest.push(a.tail, b.tail) > 0 && pushPairs(a.head, b.head, rest);
  }
  if (a instanceof NativeRecord) {
    if (!(b instanceof NativeRecord) || recordShape(a) !== recordShape(b)) return false;
    return pushPairs(fieldValues(a), fieldValues(b), rest);
  }
  const aMap = asTermMap(a);
  if (aMap !== undefined) return isSameKeys(aMap, asTermMap(b), rest);
  return !isComposite(b) && termKey(a) === termKey(b);
}

function pushPairs(a: readonly Term[], b: readonly Term[], rest: Term[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) rest.push(a[at], b[at]);
  return true;
}

function isSameKeys(a: TermMap, b: TermMap | undefined, rest: Term[]): boolean {
  if (a.size !== b?.size) return false;
  for (const [key, value] of a) {
    if (!b.has(key)) return false;
    rest.push(value, b.get(key));
  }
  return true;
}

function isComposite(term: Term): boolean {
  if (Array.isArray(term) || term instanceof Tuple || term instanceof ImproperList) return true;
  return term instanceof NativeRecord || asTermMap(term) !== undefined;
}

function fieldValues(record: NativeRecord): Term[] {
  return record.fields.map(([, value]) => value);
}
