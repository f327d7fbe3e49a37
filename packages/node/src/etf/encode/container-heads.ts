/**
 * Heads of containers, shared by the two ways of encoding: what is written before the terms inside, and the checks on
 * values that JavaScript allows and Erlang does not.
 */

import { EncodeError } from '../../errors.ts';
import type { ByteWriter } from '../byte-writer.ts';
import * as tags from '../tags.ts';
import { TermMap } from '../terms.ts';
import type { NativeRecord, Term } from '../terms.ts';
import type { EncodeContext } from './encode-context.ts';
import { writeName } from './atom-bytes.ts';

const maxStringLength = 65_535;
const maxTupleArity = 2 ** 24 - 1;

/** Whether OTP writes this list as a STRING_EXT: 1 to 65,535 integers, all 0 to 255. */
export function isByteList(items: readonly Term[]): items is readonly number[] {
  if (items.length === 0 || items.length > maxStringLength) return false;
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (typeof item !== 'number' || (item & 0xff) !== item || Object.is(item, -0)) return false;
  }
  return true;
}

/* 107: u16 length | bytes */
export function writeByteList(writer: ByteWriter, items: readonly number[]): void {
  writer.u8(tags.STRING_EXT);
  writer.u16(items.length);
  writer.ensure(items.length);
  const { chunk, position } = writer;
  for (let at = 0; at < items.length; at++) chunk[position + at] = items[at] as number;
  writer.position = position + items.length;
}

/* 108: u32 length | (elements | tail) */
export function writeListHead(writer: ByteWriter, length: number): void {
  writer.head(tags.LIST_EXT, length);
}

/* 104: u8 arity     105: u32 arity */
export function writeTupleHead(writer: ByteWriter, arity: number): void {
  if (arity > maxTupleArity)
    throw new EncodeError('ENCODE_TOO_LARGE', `a tuple has at most ${maxTupleArity} elements`);
  if (arity <= 255) {
    writer.u16((tags.SMALL_TUPLE_EXT << 8) | arity);
  } else {
    writer.u8(tags.LARGE_TUPLE_EXT);
    writer.u32(arity);
  }
}

/* 116: u32 pairs | (key | value | ...) */
export function writeMapHead(writer: ByteWriter, pairs: number): void {
  writer.head(tags.MAP_EXT, pairs);
}

/* 67: u32 n | u8 flags | module | name | n field names | (n values) */
export function writeRecordHead(writer: ByteWriter, context: EncodeContext, record: NativeRecord): void {
  if (!context.hasNativeRecords) {
    throw new EncodeError(
      'ENCODE_UNSUPPORTED',
      `the peer cannot read native records, such as #${record.name}`,
    );
  }
  const names = record.fields.map(([name]) => name);
  if (new Set(names).size < names.length) {
    throw new EncodeError('ENCODE_RANGE', `the native record #${record.name} has a field twice`);
  }
  writer.u8(tags.NATIVE_RECORD_EXT);
  writer.u32(names.length);
  writer.u8(record.exported ? 1 : 0);
  writeName(writer, record.module);
  writeName(writer, record.name);
  for (const name of names) writeName(writer, name);
}

/** A JavaScript `Map` as a map of terms. Receivers refuse a key given twice, so it is refused here. */
export function termMapOf(map: ReadonlyMap<Term, Term>): TermMap {
  const terms = new TermMap(map);
  if (terms.size === map.size) return terms;
  throw new EncodeError('ENCODE_RANGE', 'two keys of a Map are the same term');
}

/** The error for an object that is no term, with what to do about it. */
export function unsupported(value: object): EncodeError {
  const { constructor } = value;
  const className =
    typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'an unnamed class';
  const message = `an object of ${className} has no Erlang form; convert it to a plain object, a string or bytes`;
  return new EncodeError('ENCODE_UNSUPPORTED', message);
}

export function depthExceeded(context: EncodeContext): EncodeError {
  const message = `nested deeper than ${context.maxDepth} (the limit maxTermDepth), or it contains itself`;
  return new EncodeError('ENCODE_DEPTH', message);
}
