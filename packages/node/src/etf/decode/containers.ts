/**
 * Shared by the two ways of decoding containers: reading and checking their headers, and building values from their
 * contents. A header that announces more than the input can hold is refused before anything is allocated.
 */

import { DecodeError, EncodeError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import * as tags from '../tags.ts';
import { atomName, Fun, hasDuplicateKeys, NativeRecord, TermMap } from '../terms.ts';
import type { Term } from '../terms.ts';
import { readAtomName } from './atom-table.ts';
import type { DecodeContext } from './decode-context.ts';
import { readInteger, readLeaf } from './decode-leaf.ts';

const none: readonly never[] = [];

/** Whether `tag` starts a term that holds other terms. */
export function isContainerTag(tag: number): boolean {
  switch (tag) {
    case tags.SMALL_TUPLE_EXT:
    case tags.LARGE_TUPLE_EXT:
    case tags.LIST_EXT:
    case tags.MAP_EXT:
    case tags.NEW_FUN_EXT:
    case tags.NATIVE_RECORD_EXT:
      return true;
    default:
      return false;
  }
}

/** Throws unless `count` terms, each of at least one byte, can still follow. */
export function checkCount(reader: ByteReader, count: number): void {
  if (count <= reader.remaining) return;
  const message = `${count} terms are announced, but only ${reader.remaining} bytes are left`;
  throw new DecodeError('DECODE_TRUNCATED', message, { offset: reader.offset });
}

/** Counts one object of the term. Throws when there are too many. */
export function countObject(reader: ByteReader, context: DecodeContext): void {
  context.objectsLeft -= 1;
  if (context.objectsLeft < 0) throw objectsExceeded(reader, context);
}

function objectsExceeded(reader: ByteReader, context: DecodeContext): DecodeError {
  const message = `the term has more than ${context.maxObjects} objects (limits.maxTermObjects)`;
  return new DecodeError('DECODE_LIMIT', message, { offset: reader.offset - 1 });
}

export function depthExceeded(reader: ByteReader, context: DecodeContext): DecodeError {
  const message = `the term is nested deeper than ${context.maxDepth} (limits.maxTermDepth)`;
  return new DecodeError('DECODE_LIMIT', message, { offset: reader.offset - 1 });
}

/** Builds a map from a flat array of keys and values, which it takes over. */
export function buildMap(reader: ByteReader, context: DecodeContext, flat: readonly Term[]): Term {
  if (hasSameKeys(reader, flat)) {
    throw new DecodeError('DECODE_BAD_VALUE', 'a map has a duplicate key', { offset: reader.offset });
  }
  return (context.hasObjects ? objectOf(flat) : undefined) ?? new TermMap(none, flat);
}

function hasSameKeys(reader: ByteReader, flat: readonly Term[]): boolean {
  try {
    return hasDuplicateKeys(flat);
  } catch (cause) {
    if (!(cause instanceof EncodeError)) throw cause;
    throw new DecodeError('DECODE_LIMIT', `invalid map key: ${cause.message}`, {
      offset: reader.offset,
      cause,
    });
  }
}

/** The plain object for a map with atom keys; `undefined` if it has any other key. */
function objectOf(flat: readonly Term[]): { readonly [key: string]: Term } | undefined {
  const object: Record<string, Term> = {};
  for (let at = 0; at < flat.length; at += 2) {
    const name = atomName(flat[at]);
    if (name === undefined) return undefined;
    // Assigning to this name would let the peer change the prototype.
    if (name === '__proto__') Object.defineProperty(object, name, { ...ownProperty, value: flat[at + 1] });
    else object[name] = flat[at + 1];
  }
  return object;
}

const ownProperty = { configurable: true, enumerable: true, writable: true };

export type RecordHeader = {
  readonly module: string;
  readonly name: string;
  readonly exported: boolean;
  readonly fields: readonly string[];
};

/* u32 n | u8 flags | module | name | n field names | (n values) */
export function readRecordHeader(reader: ByteReader): RecordHeader {
  const count = reader.u32();
  const flags = reader.u8();
  if (flags > 1) {
    throw new DecodeError('DECODE_BAD_VALUE', `a native record has the unknown flags ${flags}`, {
      offset: reader.offset - 1,
    });
  }
  checkCount(reader, 2 + 2 * count);
  const module = readAtomName(reader, 'the module of a native record');
  const name = readAtomName(reader, 'the name of a native record');
  const fields: string[] = [];
  for (let field = 0; field < count; field += 1)
    fields.push(readAtomName(reader, 'a field name of a native record'));
  if (new Set(fields).size < count) {
    throw new DecodeError('DECODE_BAD_VALUE', 'a native record has a duplicate field', {
      offset: reader.offset,
    });
  }
  checkCount(reader, count);
  return { module, name, exported: flags === 1, fields };
}

export function buildRecord(header: RecordHeader, values: readonly Term[]): NativeRecord {
  const fields = header.fields.map((name, at) => [name, values[at]] as const);
  return new NativeRecord(header.module, header.name, { exported: header.exported, fields });
}

export type FunHeader = {
  /** The position of the tag. */
  readonly start: number;
  readonly module: string;
  readonly arity: number;
  readonly freeVariables: number;
};

/* u32 size | u8 arity | 16 uniq | u32 index | u32 free | module | old index | old uniq | pid | (free variables) */
export function readFunHeader(reader: ByteReader, context: DecodeContext): FunHeader {
  const start = reader.offset - 1;
  if (reader.atoms !== undefined) reader.references ??= [];
  reader.skip(4); // The size is wrong in some OTP releases: the fields determine where the fun ends.
  const arity = reader.u8();
  reader.skip(16 + 4);
  const freeVariables = reader.u32();
  checkCount(reader, freeVariables);
  const module = readAtomName(reader, 'the module of a fun');
  readInteger(reader, context, 'the index of a fun');
  readInteger(reader, context, 'the old hash of a fun');
  const tag = reader.u8();
  if (tag !== tags.NEW_PID_EXT && tag !== tags.PID_EXT) {
    const message = `the creator of a fun must be a pid, but its tag is ${tag}`;
    throw new DecodeError('DECODE_BAD_TAG', message, { offset: reader.offset - 1, tag });
  }
  readLeaf(reader, context, tag);
  return { start, module, arity, freeVariables };
}

/** Builds the fun that ends at the reader's position. It keeps a copy of its bytes, which are relayed unchanged. */
export function buildFun(reader: ByteReader, header: FunHeader): Fun {
  const { start, module, arity } = header;
  const references = reader.references?.filter((offset) => offset > start) ?? [];
  if (references.length > 0) return new Fun(module, arity, withoutReferences(reader, start, references));
  const bytes = Uint8Array.prototype.slice.call(reader.source, start, reader.offset);
  return new Fun(module, arity, bytes);
}

/** The bytes from `start` to the reader's position with the atoms themselves in place of references to them. */
function withoutReferences(reader: ByteReader, start: number, references: readonly number[]): Uint8Array {
  const { source, atoms = [] } = reader;
  const parts: Uint8Array[] = [];
  let from = start;
  for (const offset of references) {
    const name = Buffer.from(atoms[source[offset + 1] as number]?.name ?? '', 'utf8');
    const isLong = name.length > 255;
    const head = isLong
      ? [tags.ATOM_UTF8_EXT, name.length >> 8, name.length & 0xff]
      : [tags.SMALL_ATOM_UTF8_EXT, name.length];
    parts.push(source.subarray(from, offset), Uint8Array.from(head), name);
    from = offset + 2;
  }
  parts.push(source.subarray(from, reader.offset));
  const bytes = Buffer.concat(parts);
  // The size counts itself, but not the tag before it.
  bytes.writeUInt32BE(bytes.length - 1, 1);
  return new Uint8Array(bytes);
}
