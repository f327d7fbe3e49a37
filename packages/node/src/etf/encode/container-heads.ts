/**
 * The heads of containers, shared by the two ways of encoding: the bytes before the contents, and checks for values that
 * JavaScript allows and Erlang does not.
 */

import { EncodeError } from '../../errors.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { describeValue } from '../argument-checks.ts';
import * as tags from '../tags.ts';
import { entriesOfMap, TermMap } from '../terms.ts';
import type { NativeRecord, Term } from '../terms.ts';
import type { EncodeContext } from './encode-context.ts';
import { writeName } from './atom-bytes.ts';

const maxStringLength = 65_535;
const maxTupleArity = 2 ** 24 - 1;

/**
 * The number of terms in a container. It must be read only once: a proxy or a getter may return something else the next
 * time, and a head that does not match what follows ends the connection.
 */
export function countOf(items: readonly Term[]): number {
  // Read as unknown: the fields of an object may have changed since its constructor set them.
  const length: unknown = items.length;
  if (typeof length === 'number' && length >>> 0 === length) return length;
  throw new EncodeError('ENCODE_UNSUPPORTED', 'a container without a valid length cannot be encoded');
}

/** The error for an array with a hole, which is not a term: `[1, , 3]`, `new Array(5)`. */
export function holeAt(index: number): EncodeError {
  const message = `an array with a hole at ${index} cannot be encoded`;
  return new EncodeError('ENCODE_UNSUPPORTED', message, {
    remedy: 'Put undefined there, or remove the hole.',
  });
}

/** Whether OTP writes this list as a STRING_EXT: 1 to 65,535 integers, all 0 to 255. */
export function isByteList(items: readonly Term[], count: number): items is readonly number[] {
  if (count === 0 || count > maxStringLength) return false;
  for (let at = 0; at < count; at += 1) {
    const item = items[at];
    if (typeof item !== 'number' || (item & 0xff) !== item || Object.is(item, -0)) return false;
  }
  return true;
}

/* 107: u16 length | bytes */
export function writeByteList(writer: ByteWriter, items: readonly number[], count: number): void {
  writer.u8(tags.STRING_EXT);
  writer.u16(count);
  writer.ensure(count);
  const { chunk, position } = writer;
  for (let at = 0; at < count; at += 1) chunk[position + at] = items[at] as number;
  writer.position = position + count;
}

/* 108: u32 length | (elements | tail) */
export function writeListHead(writer: ByteWriter, length: number): void {
  writer.head(tags.LIST_EXT, length);
}

/* 104: u8 arity     105: u32 arity */
export function writeTupleHead(writer: ByteWriter, arity: number): void {
  if (arity > maxTupleArity)
    throw new EncodeError('ENCODE_TOO_LARGE', `a tuple cannot have more than ${maxTupleArity} elements`);
  if (arity <= 255) {
    writer.u16((tags.SMALL_TUPLE_EXT << 8) | arity);
  } else {
    writer.u8(tags.LARGE_TUPLE_EXT);
    writer.u32(arity);
  }
}

/* 116: u32 pairs | (key | value | ...) */
export function writeMapHead(writer: ByteWriter, pairs: number): void {
  if (!Number.isInteger(pairs))
    throw new EncodeError('ENCODE_UNSUPPORTED', 'a map has a key without a value');
  writer.head(tags.MAP_EXT, pairs);
}

/* 67: u32 n | u8 flags | module | name | n field names | (n values) */
/** Writes the head of a record and returns its values. */
export function writeRecordHead(
  writer: ByteWriter,
  context: EncodeContext,
  record: NativeRecord,
): readonly Term[] {
  if (!context.hasNativeRecords) {
    throw new EncodeError(
      'ENCODE_UNSUPPORTED',
      `the peer does not support native records, such as #${record.name}`,
    );
  }
  const fields = Array.from(record.fields);
  const names = fields.map(([name]) => name);
  if (new Set(names).size < names.length) {
    throw new EncodeError('ENCODE_RANGE', `the native record #${record.name} has a duplicate field`);
  }
  writer.u8(tags.NATIVE_RECORD_EXT);
  writer.u32(names.length);
  writer.u8(record.exported ? 1 : 0);
  writeName(writer, record.module);
  writeName(writer, record.name);
  for (const name of names) writeName(writer, name);
  return fields.map(([, value]) => value);
}

/** Converts a JavaScript `Map` to a map of terms. Receivers refuse duplicate keys, so they are refused here. */
export function termMapOf(map: ReadonlyMap<Term, Term>): TermMap {
  const entries = Array.from(entriesOfMap(map));
  const terms = new TermMap(entries);
  if (terms.size === entries.length) return terms;
  throw new EncodeError('ENCODE_RANGE', 'two keys of a Map are the same term');
}

/** The error for an object that is not a term, with what to do about it. */
export function unsupported(value: object): EncodeError {
  const message = `${describeValue(value)} cannot be encoded`;
  const remedy = 'Convert it to a plain object, a string or bytes.';
  return new EncodeError('ENCODE_UNSUPPORTED', message, { remedy });
}

export function depthExceeded(context: EncodeContext): EncodeError {
  const message = `the value is nested deeper than ${context.maxDepth} (limits.maxTermDepth), or contains itself`;
  return new EncodeError('ENCODE_DEPTH', message);
}
