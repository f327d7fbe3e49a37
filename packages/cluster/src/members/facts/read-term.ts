/** Reads values from the answers of nodes, which may answer anything: wrong types are left out, long values are cut. Pure. */

import { parseNodeName } from '@convoy/node';
import { atom, atomName, type Term, TermMap } from '@convoy/node/etf';

const maxTextLength = 80;

/** The printable ASCII characters of a string, a binary or an atom; `undefined` if there are none. */
export function textOf(term: Term): string | undefined {
  const text = rawTextOf(term)
    .replaceAll(/[^\x20-\x7e]/g, '')
    .slice(0, maxTextLength);
  return text === '' ? undefined : text;
}

/** A number of something: a safe integer of at least 0. */
export function countOf(term: Term): number | undefined {
  return typeof term === 'number' && Number.isSafeInteger(term) && term >= 0 ? term : undefined;
}

/** The valid node names in the first `max` elements of a list, each once; `undefined` if it is not a list. */
export function nodeNamesOf(term: Term, max: number): string[] | undefined {
  if (!Array.isArray(term)) return undefined;
  const names = (term as readonly Term[]).slice(0, max).map((one) => atomName(one) ?? '');
  return [...new Set(names.filter((name) => parseNodeName(name) !== undefined))];
}

/** The value of an atom key of a map. */
export function fieldOf(map: Term, key: string): Term {
  return map instanceof TermMap ? map.get(atom(key)) : undefined;
}

function rawTextOf(term: Term): string {
  if (term === undefined) return '';
  if (term instanceof Uint8Array) return new TextDecoder().decode(term.subarray(0, maxTextLength));
  if (!Array.isArray(term)) return atomName(term) ?? '';
  const codes = (term as readonly Term[]).slice(0, maxTextLength);
  const isText = codes.every((one) => typeof one === 'number' && one >= 0 && one < 0x11_0000);
  return isText ? String.fromCodePoint(...(codes as number[])) : '';
}
