/**
 * Where in a value the part is that cannot be encoded. Looked for only after encoding failed, so that the encoder need
 * not keep track of where it is.
 */

import { asTermMap, atomName, ImproperList, NativeRecord, Tuple } from '../terms.ts';
import type { Term, TermMap } from '../terms.ts';

/** A cycle or a monstrously deep value has no end worth naming: this many steps into it tell enough. */
const maxSteps = 12;

type Part = { readonly step: string; readonly value: Term };

/**
 * The way into `term` to the smallest part for which `tryEncode` throws, written as one would in JavaScript:
 * `[2].name`. Empty when it is `term` itself.
 */
export function findFault(term: Term, tryEncode: (part: Term) => void): string {
  let path = '';
  let place = term;
  for (let steps = 0; steps < maxSteps; steps++) {
    const part = partsOf(place).find(({ value }) => !canEncode(value, tryEncode));
    if (part === undefined) return path;
    path += part.step;
    place = part.value;
  }
  return `${path}...`;
}

function canEncode(value: Term, tryEncode: (part: Term) => void): boolean {
  try {
    tryEncode(value);
    return true;
  } catch {
    return false;
  }
}

function partsOf(term: Term): Part[] {
  if (Array.isArray(term)) return term.map(indexed);
  if (term instanceof Tuple) return term.elements.map(indexed);
  if (term instanceof ImproperList) return [...term.head.map(indexed), { step: '.tail', value: term.tail }];
  if (term instanceof NativeRecord) return term.fields.map(([name, value]) => ({ step: `.${name}`, value }));
  if (term instanceof Map) return mapParts(term as ReadonlyMap<Term, Term>);
  if (typeof term !== 'object' || term === null) return [];
  const map = asTermMap(term);
  return map === undefined ? [] : mapParts(map);
}

function indexed(value: Term, at: number): Part {
  return { step: `[${at}]`, value };
}

function mapParts(map: TermMap | ReadonlyMap<Term, Term>): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const [key, value] of map) {
    parts.push({ step: `.keys[${at}]`, value: key }, { step: keyStep(key, at), value });
    at++;
  }
  return parts;
}

function keyStep(key: Term, at: number): string {
  const name = atomName(key);
  if (name !== undefined) return `.${name}`;
  return typeof key === 'string' || typeof key === 'number' ? `[${JSON.stringify(key)}]` : `.values[${at}]`;
}
