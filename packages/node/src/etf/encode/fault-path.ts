/**
 * Finds the part of a value that cannot be encoded. This runs only after encoding failed, so that the encoder does not have
 * to track its position. Reading the value runs the same getters and proxies again, which can only affect the path.
 */

import { asTermMap, atomName, entriesOfMap, ImproperList, NativeRecord, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';

/** A cycle or an extremely deep value has no useful end: this many steps into it are enough. */
const maxSteps = 12;
/** Maximum number of parts of one container that are tried. A proxy may claim any number. */
const maxParts = 1_000_000;

/** One step into a value. `isFault`: the part itself is missing, as in a hole of an array. */
type Part = { readonly step: string; readonly value: Term; readonly isFault?: boolean };

/**
 * The path from `term` to the smallest part for which `tryEncode` throws, in JavaScript notation: `[2].name`. Empty when it
 * is `term` itself.
 */
export function findFault(term: Term, tryEncode: (part: Term) => void): string {
  let path = '';
  let place = term;
  for (let steps = 0; steps < maxSteps; steps += 1) {
    const part = findPart(place, tryEncode);
    if (part === undefined) return path;
    path += part.step;
    if (part.isFault === true) return path;
    place = part.value;
  }
  return `${path}...`;
}

function findPart(term: Term, tryEncode: (part: Term) => void): Part | undefined {
  try {
    let tried = 0;
    for (const part of partsOf(term)) {
      if (++tried > maxParts) return undefined;
      if (part.isFault === true || !canEncode(part.value, tryEncode)) return part;
    }
  } catch {
    // Reading the value itself fails, so no part of it can be identified.
  }
  return undefined;
}

function canEncode(value: Term, tryEncode: (part: Term) => void): boolean {
  try {
    tryEncode(value);
    return true;
  } catch {
    return false;
  }
}

function* partsOf(term: Term): Generator<Part> {
  if (Array.isArray(term)) yield* indexed(term);
  else if (term instanceof Tuple) yield* indexed(term.elements);
  else if (term instanceof ImproperList) {
    yield* indexed(term.head);
    yield { step: '.tail', value: term.tail };
  } else if (term instanceof NativeRecord) {
    for (const [name, value] of term.fields) yield { step: `.${name}`, value };
  } else if (term instanceof Map) {
    yield* mapParts(entriesOfMap(term));
  } else if (typeof term === 'object' && term !== null) {
    yield* mapParts(asTermMap(term) ?? []);
  }
}

function* indexed(items: readonly Term[]): Generator<Part> {
  for (let at = 0; at < items.length; at += 1) {
    yield { step: `[${at}]`, value: items[at], isFault: !(at in items) };
  }
}

function* mapParts(entries: Iterable<readonly [Term, Term]>): Generator<Part> {
  let at = 0;
  for (const [key, value] of entries) {
    yield { step: `.keys[${at}]`, value: key };
    yield { step: keyStep(key, at), value };
    at += 1;
  }
}

function keyStep(key: Term, at: number): string {
  const name = atomName(key);
  if (name !== undefined) return `.${name}`;
  return typeof key === 'string' || typeof key === 'number' ? `[${JSON.stringify(key)}]` : `.values[${at}]`;
}
