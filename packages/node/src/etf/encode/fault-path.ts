/**
 * Where in a value the part is that cannot be encoded. Looked for only after encoding failed, so that the encoder need
 * not keep track of where it is. Reading the value runs the same getters and proxies again: nothing that they do matters
 * but to the path.
 */

import { asTermMap, atomName, entriesOfMap, ImproperList, NativeRecord, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';

/** A cycle or a monstrously deep value has no end worth naming: this many steps into it tell enough. */
const maxSteps = 12;
/** Parts of one container that are tried. A proxy may say that it has any number. */
const maxParts = 1_000_000;

/** `isFault`: nothing in the part is to blame, but that it is not there. */
type Part = { readonly step: string; readonly value: Term; readonly isFault?: boolean };

/**
 * The way into `term` to the smallest part for which `tryEncode` throws, written as one would in JavaScript:
 * `[2].name`. Empty when it is `term` itself.
 */
export function findFault(term: Term, tryEncode: (part: Term) => void): string {
  let path = '';
  let place = term;
  for (let steps = 0; steps < maxSteps; steps++) {
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
    // Reading the value fails before a part of it can be blamed.
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
  for (let at = 0; at < items.length; at++) {
    yield { step: `[${at}]`, value: items[at], isFault: !(at in items) };
  }
}

function* mapParts(entries: Iterable<readonly [Term, Term]>): Generator<Part> {
  let at = 0;
  for (const [key, value] of entries) {
    yield { step: `.keys[${at}]`, value: key };
    yield { step: keyStep(key, at), value };
    at++;
  }
}

function keyStep(key: Term, at: number): string {
  const name = atomName(key);
  if (name !== undefined) return `.${name}`;
  return typeof key === 'string' || typeof key === 'number' ? `[${JSON.stringify(key)}]` : `.values[${at}]`;
}
