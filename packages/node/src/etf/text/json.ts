/**
 * Terms as JSON values, for programs that read our output. The result is easy to read but not reversible: atoms and text
 * become strings, tuples become arrays. A term without a JSON counterpart becomes an object with one `$` key, or its
 * Erlang text. Numbers survive: `parseJson` returns the same number.
 *
 * | term                          | JSON                                              |
 * |-------------------------------|---------------------------------------------------|
 * | integer                       | number with all its digits (`JSON.rawJSON`)       |
 * | float                         | number with a fraction or an exponent: `1.0`      |
 * | true, false, nil              | true, false, null                                 |
 * | other atoms, UTF-8 binaries   | string                                            |
 * | other binaries                | {"$binary": base64}                               |
 * | bit strings                   | {"$bits": base64, "size": bits}                   |
 * | lists, tuples                 | array                                             |
 * | improper lists                | {"$improper": [elements], "tail": tail}           |
 * | maps                          | object; keys that are not text in Erlang syntax   |
 * | native records                | {"$record": "module:name", "fields": {...}}       |
 * | pids, ports, references, funs | string, in Erlang syntax                          |
 */

import { asTermMap, atomName, BitString, Float, ImproperList, NativeRecord, Tuple } from '../terms.ts';
import type { Term, TermMap } from '../terms.ts';
import { inspect } from './inspect.ts';

/** Deeper nesting is shown as text: `JSON.stringify` is recursive. */
const maxDepth = 500;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `JSON.rawJSON`, a number with exactly these digits. Node has it since release 21; TypeScript's library lacks it. */
const { rawJSON } = JSON as unknown as { rawJSON(this: void, text: string): object };

/** Converts a term to a value for `JSON.stringify`; see the table at the top of this file. Never fails for decoded terms. */
export function toJson(term: Term): unknown {
  return jsonAt(term, 0);
}

function jsonAt(term: Term, depth: number): unknown {
  if (term === null || typeof term === 'boolean' || typeof term === 'string') return term;
  if (typeof term === 'number') return numberJson(term);
  if (typeof term === 'bigint') return rawJSON(term.toString());
  const name = atomName(term);
  if (name !== undefined) return name;
  return typeof term === 'object' ? (leafJson(term) ?? nestedJson(term, depth)) : inspect(term);
}

/** As in encoding: whole numbers are integers, even beyond 2^53, where JavaScript would write `1e+21`. */
function numberJson(value: number): unknown {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return floatJson(value);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? rawJSON(BigInt(value).toString()) : value;
}

function floatJson(value: number): unknown {
  if (!Number.isFinite(value)) return String(value);
  const text = Object.is(value, -0) ? '-0' : String(value);
  return rawJSON(/[.e]/.test(text) ? text : `${text}.0`);
}

function leafJson(term: Term & object): unknown {
  if (term instanceof Uint8Array) return textOf(term) ?? { $binary: base64(term) };
  if (term instanceof Float) return floatJson(term.value);
  if (!(term instanceof BitString)) return undefined;
  return { $bits: base64(term.bytes), size: (term.bytes.length - 1) * 8 + term.lastBits };
}

function nestedJson(term: Term & object, depth: number): unknown {
  if (depth === maxDepth) return inspect(term, { syntax: 'erlang' });
  const inside = (part: Term): unknown => jsonAt(part, depth + 1);
  if (Array.isArray(term)) return term.map(inside);
  if (term instanceof Tuple) return term.elements.map(inside);
  if (term instanceof ImproperList) return { $improper: term.head.map(inside), tail: inside(term.tail) };
  if (term instanceof NativeRecord) {
    const fields = objectOf(term.fields.map(([name, value]) => [name, inside(value)]));
    return { $record: `${term.module}:${term.name}`, fields };
  }
  const map = asTermMap(term);
  return map === undefined ? inspect(term, { syntax: 'erlang' }) : mapJson(map, inside);
}

function mapJson(map: TermMap, inside: (part: Term) => unknown): unknown {
  const names = new Set<string>();
  const entries = Array.from(map, ([key, value]) => {
    const text = keyText(key);
    // `a` and <<"a">> may both be keys of one map: the second one is written in Erlang syntax.
    const name = text === undefined || names.has(text) ? inspect(key, { syntax: 'erlang' }) : text;
    names.add(name);
    return [name, inside(value)] as const;
  });
  return objectOf(entries);
}

function keyText(key: Term): string | undefined {
  if (typeof key === 'string') return key;
  return key instanceof Uint8Array ? textOf(key) : atomName(key);
}

/** Defines each property, so that the name `__proto__` has no special effect. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
