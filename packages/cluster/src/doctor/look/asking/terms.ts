/** Reads and writes the Erlang terms of the doctor's questions. Pure. */

import { atomName, type Term, tuple, Tuple } from '@convoy/node/etf';

/** The names in a list of atoms. */
export function namesIn(term: Term): string[] {
  return Array.isArray(term) ? (term as readonly Term[]).flatMap((one) => atomName(one) ?? []) : [];
}

/** An Erlang string, printable part only. */
export function charlist(term: Term): string {
  if (!Array.isArray(term)) return '';
  const codes = (term as readonly Term[]).filter((code): code is number => typeof code === 'number');
  return String.fromCodePoint(...codes.filter((code) => code >= 0x20 && code < 0x7f).slice(0, 200));
}

/** The characters of a text as an Erlang string. */
export function stringTerm(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/** The reason in `{error, Reason}`, if it is an atom or a tuple that begins with one; `undefined` for other terms. */
export function errorIn(term: Term): string | undefined {
  if (!(term instanceof Tuple) || atomName(term.at(0)) !== 'error') return undefined;
  const reason = term.at(1);
  return atomName(reason) ?? (reason instanceof Tuple ? atomName(reason.at(0)) : undefined) ?? 'unknown';
}

/** The value in `{ok, Value}`; `undefined` for other terms. */
export function okIn(term: Term): Term | undefined {
  return term instanceof Tuple && atomName(term.at(0)) === 'ok' ? term.at(1) : undefined;
}

/** `{127,0,0,1}`, or eight numbers for IPv6. */
export function ipTerm(address: string): Tuple {
  if (!address.includes(':')) return tuple(...address.split('.').map(Number));
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const parts = (text: string): number[] =>
    text
      .split(':')
      .filter((part) => part !== '')
      .map((part) => Number.parseInt(part, 16));
  const [first, last] = [parts(head), parts(tail ?? '')];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => 0);
  return tuple(...first, ...zeros, ...last);
}

/** The text of an address term; `undefined` for other terms. */
export function ipText(term: Term): string | undefined {
  if (!(term instanceof Tuple)) return undefined;
  const parts = term.elements;
  if (!parts.every((part): part is number => typeof part === 'number' && part >= 0 && part < 65_536))
    return undefined;
  if (parts.length === 4) return parts.join('.');
  return parts.length === 8 ? shortened(parts.map((part) => part.toString(16)).join(':')) : undefined;
}

/** With the first run of zeros left out, as people write it. */
function shortened(text: string): string {
  const zeros = /(?:^|:)0(?::0)+(?:$|:)/.exec(text)?.[0];
  return zeros === undefined ? text : text.replace(zeros, '::');
}
