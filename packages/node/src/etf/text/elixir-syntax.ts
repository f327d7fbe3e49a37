/**
 * Terms as IEx prints them (`inspect/1`), on one line. Charlists in the form of Elixir 1.15 and later, `~c"abc"`.
 */

import { Atom, atomName, ExportFun, Fun, Pid, Port, Reference, Tuple } from '../terms.ts';
import type { Term, TermMap } from '../terms.ts';
import { funParts } from './fun-parts.ts';
import { decimalFloat, quote, scientificFloat } from './quoting.ts';
import type { Quoting } from './quoting.ts';
import type { MapText, Syntax } from './syntax.ts';

const plainAtom = /^[\p{L}_][\p{L}\p{N}_@]*[?!]?$/u;
const moduleAlias = /^Elixir(\.[A-Z]\w*)*$/;
const operators = new Set(
  (
    '! && || & ^ + - * / ++ -- +++ --- <> == != === !== < > <= >= =~ |> <<< >>> ~>> <<~ ~> <~ <~> ||| &&& ^^^ ~~~ .. ' +
    '... <- -> :: | = @ % {} %{} <<>> => . \\\\ // **'
  ).split(' '),
);
const reservedNames = new Set(['true', 'false', 'nil']);

function codePoint(code: number): string {
  const hex = code.toString(16).toUpperCase();
  return code <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

const quotedText: Quoting = { quote: '"', escapes: { '\x07': '\\a', '\x7f': '\\d', '\0': '\\0' }, codePoint };

function quoted(text: string): string {
  return quote(text, quotedText).replaceAll('#{', '\\#{');
}

function atom(name: string): string {
  if (reservedNames.has(name)) return name;
  if (moduleAlias.test(name)) return name === 'Elixir' ? name : name.slice('Elixir.'.length);
  return plainAtom.test(name) || operators.has(name) ? `:${name}` : `:${quoted(name)}`;
}

/** The short form `name: ` of a key in keyword lists and maps; `undefined` for modules, which have no such form. */
function shortKey(key: Term): string | undefined {
  const name = atomName(key);
  if (name === undefined || moduleAlias.test(name)) return undefined;
  return plainAtom.test(name) || operators.has(name) ? `${name}: ` : `${quoted(name)}: `;
}

function float(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return decimalFloat(value);
  const scientific = scientificFloat(value);
  if (magnitude >= 1e16 || magnitude < 1e-4) return scientific;
  const decimal = decimalFloat(value);
  return magnitude < 1 && scientific.length < decimal.length ? scientific : decimal;
}

function identifier(term: Term & object): string | undefined {
  if (term instanceof Pid) return `#PID<${term.node}.${term.id}.${term.serial}>`;
  if (term instanceof Reference) return `#Reference<${term.node}.${term.words.toReversed().join('.')}>`;
  if (term instanceof Port) return `#Port<${term.node}.${term.id}>`;
  if (term instanceof ExportFun) {
    const name =
      plainAtom.test(term.function) || operators.has(term.function) ? term.function : quoted(term.function);
    return `&${atom(term.module)}.${name}/${term.arity}`;
  }
  if (!(term instanceof Fun)) return undefined;
  const { index, hash } = funParts(term);
  return `#Function<${index}.${hash}/${term.arity} in ${atom(term.module)}>`;
}

function isPrintableCode(item: Term): boolean {
  if (typeof item !== 'number' || !Number.isInteger(item)) return false;
  return (item >= 0x20 && item < 0x7f) || (item >= 7 && item <= 13) || item === 27;
}

function charlist(items: readonly Term[]): string | undefined {
  if (items.length === 0 || !items.every(isPrintableCode)) return undefined;
  return `~c${quoted((items as readonly number[]).map((code) => String.fromCharCode(code)).join(''))}`;
}

function keyword(item: Term): { readonly name: string; readonly value: Term } | undefined {
  if (!(item instanceof Tuple) || item.length !== 2) return undefined;
  const name = shortKey(item.at(0));
  return name === undefined ? undefined : { name, value: item.at(1) };
}

const structKey = '__struct__';

function map(term: TermMap): MapText {
  const entries = [...term];
  const isShort = entries.every(([key]) => shortKey(key) !== undefined);
  const struct = entries.find(([key]) => atomName(key) === structKey)?.[1];
  const isStruct = isShort && struct instanceof Atom && moduleAlias.test(struct.name);
  return {
    open: isStruct ? `%${atom(struct.name)}{` : '%{',
    close: '}',
    entries: isStruct ? entries.filter(([key]) => atomName(key) !== structKey) : entries,
    shortKey: isShort ? shortKey : () => undefined,
    arrow: ' => ',
  };
}

export const elixirSyntax: Syntax = {
  separator: ', ',
  atom,
  float,
  text: quoted,
  bits: (value, size) => `${value}::size(${size})`,
  identifier,
  charlist,
  keyword,
  map,
  record: { open: (module, name) => `#Record<${atom(module)}.${name}{`, assign: ': ', close: '}>' },
};
