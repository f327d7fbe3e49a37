/**
 * Terms that hold no other terms: numbers, atoms, binaries and identifiers. Decoded binaries are views of a stable input if
 * they make up a large part of it, otherwise copies, so that a few bytes never keep a receive buffer in memory.
 */

import { DecodeError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { copyBytes } from './byte-copies.ts';
import { readMagnitude } from '../integers.ts';
import * as tags from '../tags.ts';
import { BitString, ExportFun, Float, Pid, Port, Reference } from '../terms.ts';
import type { Term } from '../terms.ts';
import { readAtom, readAtomName } from './atom-table.ts';
import type { DecodeContext } from './decode-context.ts';

/** A binary is a view if it is at least one part in this many of the memory that it would keep. */
const viewShare = 4;
const maxReferenceWords = 5;
const maxOldCreation = 3;

/** Reads the rest of a term after `tag`, which must not be the tag of a container. */
export function readLeaf(reader: ByteReader, context: DecodeContext, tag: number): Term {
  switch (tag) {
    case tags.SMALL_INTEGER_EXT:
      return reader.u8();
    case tags.INTEGER_EXT:
      return reader.i32();
    case tags.SMALL_ATOM_UTF8_EXT:
    case tags.ATOM_CACHE_REF:
    case tags.ATOM_UTF8_EXT:
    case tags.SMALL_ATOM_EXT:
    case tags.ATOM_EXT:
      return readAtom(reader, tag).term;
    case tags.NIL_EXT:
      return [];
    case tags.BINARY_EXT:
      return readBinary(reader, context);
    case tags.STRING_EXT:
      return appendString(reader, []);
    case tags.NEW_PID_EXT:
    case tags.PID_EXT:
      return readPid(reader, tag);
    case tags.NEWER_REFERENCE_EXT:
    case tags.NEW_REFERENCE_EXT:
    case tags.REFERENCE_EXT:
      return readReference(reader, tag);
    case tags.SMALL_BIG_EXT:
      return readBig(reader, context, reader.u8());
    case tags.LARGE_BIG_EXT:
      return readBig(reader, context, reader.u32());
    case tags.NEW_FLOAT_EXT:
      return floatOf(reader.f64(), reader.offset - 8);
    case tags.BIT_BINARY_EXT:
      return readBitString(reader, context);
    case tags.V4_PORT_EXT:
    case tags.NEW_PORT_EXT:
    case tags.PORT_EXT:
      return readPort(reader, tag);
    case tags.EXPORT_EXT:
      return readExportFun(reader, context);
    case tags.FLOAT_EXT:
      return readTextFloat(reader);
    default:
      throw refusedTag(tag, reader.offset - 1);
  }
}

const refusals: Readonly<Record<number, string>> = {
  [tags.VERSION_MAGIC]: 'there is a version byte (131) inside a term',
  [tags.COMPRESSED]: 'there is compressed data inside a term; only a whole term can be compressed',
  [tags.FUN_EXT]: 'the term has a fun in the form that OTP 23 removed',
  [tags.LOCAL_EXT]: 'the term is in the local form, which only the node that wrote it can read',
};

function refusedTag(tag: number, offset: number): DecodeError {
  const what = refusals[tag] ?? `${tag} is not the tag of a term`;
  return new DecodeError('DECODE_BAD_TAG', what, { offset, tag });
}

function badValue(message: string, offset: number): DecodeError {
  return new DecodeError('DECODE_BAD_VALUE', message, { offset });
}

/* u8 or u32 length | u8 sign | length bytes, little-endian */
function readBig(reader: ByteReader, context: DecodeContext, length: number): number | bigint {
  if (length > context.maxIntegerBytes) {
    const message = `an integer has ${length} bytes; limits.maxIntegerBytes is ${context.maxIntegerBytes}`;
    throw new DecodeError('DECODE_LIMIT', message, { offset: reader.offset });
  }
  return readMagnitude(reader, length, reader.u8() !== 0);
}

function floatOf(value: number, offset: number): number | Float {
  if (!Number.isFinite(value)) throw badValue('a float is not finite', offset);
  return Number.isInteger(value) ? new Float(value) : value;
}

/* 31 bytes of text in the format of C's "%.20e", padded with NULs */
function readTextFloat(reader: ByteReader): number | Float {
  const { offset } = reader;
  const [text = ''] = reader.latin1(31).split('\0', 1);
  if (!/^[+-]?\d+\.\d+(e[+-]?\d+)?$/i.test(text))
    throw badValue('the text of a float is not a valid number', offset);
  return floatOf(Number(text), offset);
}

/* u32 length | data */
export function readBinary(reader: ByteReader, context: DecodeContext): Uint8Array | string {
  const length = reader.u32();
  if (context.hasStrings) return readText(reader, length);
  return readBytes(reader, length);
}

function readBytes(reader: ByteReader, length: number): Uint8Array {
  if (reader.isStable && length * viewShare >= reader.source.buffer.byteLength) return reader.bytes(length);
  reader.need(length);
  const { source, offset } = reader;
  reader.offset = offset + length;
  return copyBytes(source, offset, length);
}

function readText(reader: ByteReader, length: number): Uint8Array | string {
  const { offset } = reader;
  try {
    return reader.utf8(length);
  } catch (error) {
    if (!(error instanceof DecodeError) || error.code !== 'DECODE_BAD_VALUE') throw error;
    reader.offset = offset;
    return readBytes(reader, length);
  }
}

/* u32 length | u8 bits used of the last byte | data */
function readBitString(reader: ByteReader, context: DecodeContext): Term {
  const length = reader.u32();
  const bits = reader.u8();
  if (bits > 8 || (bits === 0) !== (length === 0)) {
    throw badValue(
      `a bit string of ${length} bytes cannot use ${bits} bits of its last byte`,
      reader.offset - 1,
    );
  }
  if (bits === 0) return context.hasStrings ? '' : new Uint8Array(0);
  if (bits === 8) return context.hasStrings ? readText(reader, length) : readBytes(reader, length);
  return new BitString(readBytes(reader, length), bits);
}

/** Appends the bytes of a STRING_EXT (u16 length | bytes) to `items`, as integers. */
export function appendString(reader: ByteReader, items: Term[]): Term[] {
  const length = reader.u16();
  reader.need(length);
  const { source, offset } = reader;
  for (let at = offset; at < offset + length; at += 1) items.push(source[at]);
  reader.offset = offset + length;
  return items;
}

/* node | u32 id | u32 serial | u32 or u8 creation */
function readPid(reader: ByteReader, tag: number): Pid {
  const node = readAtomName(reader, 'the node of a pid');
  const id = reader.u32();
  const serial = reader.u32();
  return new Pid(node, id, serial, tag === tags.NEW_PID_EXT ? reader.u32() : readOldCreation(reader));
}

/** Creations had two bits before OTP 23; OTP refuses larger ones in the old forms. */
function readOldCreation(reader: ByteReader): number {
  const creation = reader.u8();
  if (creation <= maxOldCreation) return creation;
  throw badValue(
    `an identifier of the old form has the creation ${creation}; it must be 0 to 3`,
    reader.offset - 1,
  );
}

/* node | u64 or u32 id | u32 or u8 creation */
function readPort(reader: ByteReader, tag: number): Port {
  const node = readAtomName(reader, 'the node of a port');
  const id = tag === tags.V4_PORT_EXT ? reader.u64() : BigInt(reader.u32());
  return new Port(node, id, tag === tags.PORT_EXT ? readOldCreation(reader) : reader.u32());
}

/* 90, 114: u16 words | node | u32 or u8 creation | words     101: node | u32 word | u8 creation */
function readReference(reader: ByteReader, tag: number): Reference {
  if (tag === tags.REFERENCE_EXT) {
    const node = readAtomName(reader, 'the node of a reference');
    const word = reader.u32();
    return new Reference(node, readOldCreation(reader), [word]);
  }
  const count = reader.u16();
  if (count === 0 || count > maxReferenceWords) {
    throw badValue(
      `a reference has ${count} words; it must have 1 to ${maxReferenceWords}`,
      reader.offset - 2,
    );
  }
  const node = readAtomName(reader, 'the node of a reference');
  const creation = tag === tags.NEWER_REFERENCE_EXT ? reader.u32() : readOldCreation(reader);
  const words: number[] = [];
  for (let word = 0; word < count; word += 1) words.push(reader.u32());
  return new Reference(node, creation, words);
}

/* module | function | arity */
function readExportFun(reader: ByteReader, context: DecodeContext): ExportFun {
  const module = readAtomName(reader, 'the module of a fun');
  const name = readAtomName(reader, 'the function of a fun');
  const arity = readInteger(reader, context, 'the arity of a fun');
  if (typeof arity === 'number' && arity >= 0 && arity <= 255) return new ExportFun(module, name, arity);
  throw badValue(`${arity} is not a valid arity; it must be 0 to 255`, reader.offset - 1);
}

/** Reads a required integer, including its tag. */
export function readInteger(reader: ByteReader, context: DecodeContext, what: string): number | bigint {
  const offset = reader.offset;
  const tag = reader.u8();
  switch (tag) {
    case tags.SMALL_INTEGER_EXT:
    case tags.INTEGER_EXT:
    case tags.SMALL_BIG_EXT:
    case tags.LARGE_BIG_EXT:
      return readLeaf(reader, context, tag) as number | bigint;
    default:
      throw new DecodeError('DECODE_BAD_TAG', `${what} must be an integer, but its tag is ${tag}`, {
        offset,
        tag,
      });
  }
}
