/**
 * Terms as the Erlang shell prints them (`io:format("~tp")`), on one line.
 */

import { ExportFun, Fun, Pid, Port, Reference } from '../terms.ts';
import type { Term, TermMap } from '../terms.ts';
import { funParts } from './fun-parts.ts';
import { decimalFloat, quote, scientificFloat } from './quoting.ts';
import type { Quoting } from './quoting.ts';
import type { MapText, Syntax } from './syntax.ts';

const reservedWords = new Set(
  (
    'after and andalso band begin bnot bor bsl bsr bxor case catch cond div else end fun if let maybe not of or orelse ' +
    'receive rem try when xor'
  ).split(' '),
);

const plainAtom = /^[a-z\u00df-\u00f6\u00f8-\u00ff][\w@\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]*$/u;

function codePoint(code: number): string {
  return `\\x{${code.toString(16).toUpperCase()}}`;
}

const quotedAtom: Quoting = { quote: "'", escapes: {}, codePoint };
const quotedText: Quoting = { quote: '"', escapes: {}, codePoint };

/** An atom, quoted if Erlang requires it. */
export function erlangAtom(name: string): string {
  return plainAtom.test(name) && !reservedWords.has(name) ? name : quote(name, quotedAtom);
}

/** The shorter of the two forms, as in OTP 25 and later. */
function float(value: number): string {
  const scientific = scientificFloat(value);
  if (Math.abs(value) >= 2 ** 53) return scientific;
  const decimal = decimalFloat(value);
  return decimal.length <= scientific.length ? decimal : scientific;
}

function text(value: string): string {
  if (value === '') return '<<>>';
  return `<<${quote(value, quotedText)}${/^[\x00-\x7f]*$/.test(value) ? '' : '/utf8'}>>`;
}

function identifier(term: Term & object): string | undefined {
  if (term instanceof Pid) return `<${term.node}.${term.id}.${term.serial}>`;
  if (term instanceof Reference) return `#Ref<${term.node}.${term.words.toReversed().join('.')}>`;
  if (term instanceof Port) return `#Port<${term.node}.${term.id}>`;
  if (term instanceof ExportFun)
    return `fun ${erlangAtom(term.module)}:${erlangAtom(term.function)}/${term.arity}`;
  if (!(term instanceof Fun)) return undefined;
  const { index, hash } = funParts(term);
  return `#Fun<${term.module}.${index}.${hash}>`;
}

function isPrintableCode(item: Term): boolean {
  if (typeof item !== 'number' || !Number.isInteger(item)) return false;
  return (
    (item >= 0x20 && item < 0x7f) ||
    (item >= 0xa0 && item <= 0xff) ||
    (item >= 8 && item <= 13) ||
    item === 27
  );
}

function charlist(items: readonly Term[]): string | undefined {
  if (items.length === 0 || !items.every(isPrintableCode)) return undefined;
  return quote((items as readonly number[]).map((code) => String.fromCharCode(code)).join(''), quotedText);
}

function map(term: TermMap): MapText {
  return { open: '#{', close: '}', entries: term, shortKey: () => undefined, arrow: ' => ' };
}

export const erlangSyntax: Syntax = {
  separator: ',',
  atom: erlangAtom,
  float,
  text,
  bits: (value, size) => `${value}:${size}`,
  identifier,
  charlist,
  keyword: () => undefined,
  map,
  record: {
    open: (module, name) => `#${erlangAtom(module)}:${erlangAtom(name)}{`,
    assign: ' = ',
    close: '}',
  },
};
