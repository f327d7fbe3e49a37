/**
 * Reads values from the answers of nodes, which may answer anything: what has the wrong type is left out, text is cut and has no
 * control characters, and integers of any size cost no time. Pure.
 */

import { visibleText } from '@convoy/node';
import { atomName, inspect, Pid, Port, type Term, TermMap, Tuple } from '@convoy/node/etf';

/** A number of something, at least 0. Above 2^53 it is rounded. */
export function countOf(term: Term): number | undefined {
  if (typeof term === 'number') return Number.isFinite(term) && term >= 0 ? term : undefined;
  // Converting what a node may send as an integer could take seconds.
  if (typeof term !== 'bigint' || BigInt.asUintN(120, term) !== term) return undefined;
  return Number(term);
}

/** An integer, which may be below 0. */
export function integerOf(term: Term): bigint | undefined {
  if (typeof term === 'number') return Number.isSafeInteger(term) ? BigInt(term) : undefined;
  return typeof term === 'bigint' && BigInt.asIntN(120, term) === term ? term : undefined;
}

/** The text of an atom, a binary or a list of characters, cut at `max` characters; `undefined` for other terms. */
export function textOf(term: Term, max: number): string | undefined {
  const raw = rawTextOf(term, max);
  if (raw === undefined) return undefined;
  return visibleText(raw.slice(0, max).replaceAll(/\p{Cc}/gu, ' '));
}

/** The same as `textOf`, with its line breaks. */
export function linesOf(term: Term, max: number): string | undefined {
  const raw = rawTextOf(term, max);
  if (raw === undefined) return undefined;
  const lines = raw.slice(0, max).split(/\r?\n/);
  return lines
    .map((line) => visibleText(line.replaceAll(/\p{Cc}/gu, ' ')))
    .join('\n')
    .trimEnd();
}

/** The name of an atom, cut and visible; `undefined` for `undefined` and for other terms. */
export function nameOf(term: Term): string | undefined {
  const name = atomName(term);
  return name === undefined || term === undefined ? undefined : textOf(term, maxName);
}

/** Whether a term is the atom of that name. */
export function isWord(term: Term, word: string): boolean {
  return term !== undefined && atomName(term) === word;
}

/** `module:function/arity`. */
export function functionOf(term: Term): string | undefined {
  const [module, name, arity] = elementsOf(term);
  const [moduleText, nameText] = [nameOf(module), nameOf(name)];
  const count = countOf(Array.isArray(arity) ? arity.length : arity);
  if (moduleText === undefined || nameText === undefined || count === undefined) return undefined;
  return `${moduleText}:${nameText}/${count}`;
}

/** A pid as its own node prints it, `<0.85.0>`; one of another node has the name of that node instead of 0. */
export function pidTextOf(term: Term, node: string): string | undefined {
  if (!(term instanceof Pid)) return undefined;
  return term.node === node ? `<0.${term.id}.${term.serial}>` : textOf(term.toString(), maxName);
}

/** A process of a cluster. */
export interface ClusterProcess {
  /** As its own node prints it: `<0.85.0>`. */
  readonly pid: string;
  readonly node: string;
}

/** The process that a pid of any node stands for. */
export function clusterProcessOf(term: Term): ClusterProcess | undefined {
  if (!(term instanceof Pid)) return undefined;
  return { pid: `<0.${term.id}.${term.serial}>`, node: textOf(term.node, maxName) ?? '' };
}

/** Whatever a node names in a list: a process, a port, a registered name, or another term as text. */
export function partyOf(term: Term, node: string): string {
  const pid = pidTextOf(term, node);
  if (pid !== undefined) return pid;
  if (term instanceof Port && term.node === node) return `#Port<0.${term.id}>`;
  const [kind, what] = elementsOf(term);
  const isTagged = term instanceof Tuple && term.length === 2;
  if (isTagged && ['process', 'port'].includes(atomName(kind) ?? '')) return partyOf(what, node);
  if (isTagged && atomName(what) === node) return partyOf(kind, node);
  return visibleText(inspect(term, { syntax: 'erlang', maxLength: maxName }));
}

/** The elements of a tuple; none for other terms. */
export function elementsOf(term: Term): readonly Term[] {
  return term instanceof Tuple ? term.elements : [];
}

/** The first `max` elements of a list; none for other terms. */
export function listOf(term: Term, max: number): readonly Term[] {
  return Array.isArray(term) ? (term as readonly Term[]).slice(0, max) : [];
}

/** The values of a list of `{Name, Value}` or of a map with atom keys, by name. */
export function fieldsOf(term: Term): ReadonlyMap<string, Term> {
  const fields = new Map<string, Term>();
  const pairs = term instanceof TermMap ? Array.from(term).slice(0, maxFields) : pairsOf(term);
  for (const [key, value] of pairs) {
    const name = atomName(key);
    if (name !== undefined && !fields.has(name)) fields.set(name, value);
  }
  return fields;
}

/** The fields that have a value. */
export function given<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: NonNullable<Fields[Key]>;
  };
}

const maxName = 255;
const maxFields = 1000;

function pairsOf(term: Term): (readonly [Term, Term])[] {
  return listOf(term, maxFields)
    .filter((one): one is Tuple => one instanceof Tuple && one.length === 2)
    .map((pair) => [pair.at(0), pair.at(1)] as const);
}

function rawTextOf(term: Term, max: number): string | undefined {
  if (typeof term === 'string') return term;
  // A character has at most four bytes.
  if (term instanceof Uint8Array) return new TextDecoder().decode(term.subarray(0, max * 4));
  if (!Array.isArray(term)) return atomName(term);
  const codes = (term as readonly Term[]).slice(0, max);
  const isText = codes.every(
    (one) => typeof one === 'number' && Number.isInteger(one) && one >= 0 && one < 0x11_0000,
  );
  return isText ? String.fromCodePoint(...(codes as number[])) : undefined;
}
