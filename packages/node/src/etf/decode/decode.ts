/**
 * External term format to terms. Bytes in, values out; the table of atoms is the only state. Everything that OTP accepts
 * is accepted, in the forms of OTP 23, of later and of earlier releases; everything that OTP refuses or that exceeds a
 * limit throws `DecodeError`. Binaries that make up a large part of the input are views of it (see decode-leaf.ts): the
 * input must not change afterwards.
 */

import { DecodeError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { ByteReader } from '../byte-reader.ts';
import * as tags from '../tags.ts';
import { ImproperList, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
import { readReferredAtom, readUtf8Name } from './atom-table.ts';
import { inflate } from '../compressed.ts';
import {
  buildFun,
  buildMap,
  buildRecord,
  checkCount,
  countObject,
  depthExceeded,
  isContainerTag,
  readFunHeader,
  readRecordHeader,
} from './containers.ts';
import { contextOf } from './decode-context.ts';
import type { DecodeContext, DecodeOptions } from './decode-context.ts';
import { appendString, readBinary, readLeaf } from './decode-leaf.ts';
import { readDeepTerm } from './deep-term.ts';

/** Arrays up to this length are allocated in full; longer ones grow while reading. */
const maxFullArray = 64;

/**
 * Decodes one term, the inverse of `erlang:term_to_binary/1,2`. `bytes` must start with 131, may be compressed, and must
 * end with the term. Throws `DecodeError`.
 */
export function decode(bytes: Uint8Array, options?: DecodeOptions): Term {
  let reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== tags.VERSION_MAGIC) {
    const message = `a term must start with 131, not with ${version}`;
    throw new DecodeError('DECODE_BAD_TAG', message, { offset: 0, tag: version });
  }
  if (bytes[1] === tags.COMPRESSED) {
    reader.skip(1);
    reader = new ByteReader(
      inflate(reader, options?.limits?.maxUncompressedBytes ?? defaultLimits.maxUncompressedBytes),
    );
  }
  const term = readTerm(reader, options);
  if (reader.remaining === 0) return term;
  throw new DecodeError('DECODE_TRAILING', `${reader.remaining} bytes follow the term`, {
    offset: reader.offset,
  });
}

/**
 * Reads one term without the leading 131, and leaves the reader after it. Throws `DecodeError`; do not use the reader
 * after that.
 */
export function readTerm(reader: ByteReader, options?: DecodeOptions): Term {
  return readAny(reader, contextOf(options));
}

/**
 * Reads one term. The most common tags of real messages are read here, the rest by `readRest`: this switch and the shorter
 * path to containers reduced the time of mixed terms by a fifth.
 *
 * @internal Exported for tests, which choose the depth at which the recursion ends.
 */
export function readAny(reader: ByteReader, context: DecodeContext): Term {
  const { source, offset } = reader;
  if (offset + 1 >= reader.end || context.depth >= context.recursionDepth) return readRest(reader, context);
  const next = source[offset + 1] as number;
  reader.offset = offset + 1;
  switch (source[offset]) {
    case tags.SMALL_ATOM_UTF8_EXT:
      reader.offset = offset + 2;
      return readUtf8Name(reader, next).term;
    case tags.SMALL_INTEGER_EXT:
      reader.offset = offset + 2;
      return next;
    case tags.ATOM_CACHE_REF:
      reader.offset = offset + 2;
      return readReferredAtom(reader, next).term;
    case tags.INTEGER_EXT:
      return reader.i32();
    case tags.BINARY_EXT:
      countObject(reader, context);
      return readBinary(reader, context);
    case tags.SMALL_TUPLE_EXT:
      return readTuple(reader, context, reader.u8());
    case tags.LIST_EXT:
      return readList(reader, context);
    case tags.MAP_EXT:
      return readMap(reader, context);
    default:
      reader.offset = offset;
      return readRest(reader, context);
  }
}

function readRest(reader: ByteReader, context: DecodeContext): Term {
  const tag = reader.u8();
  if (!isContainerTag(tag)) return readCountedLeaf(reader, context, tag);
  if (context.depth >= context.maxDepth) throw depthExceeded(reader, context);
  if (context.depth >= context.recursionDepth) return readDeepTerm(reader, context, tag);
  return readContainer(reader, context, tag);
}

/** Small integers and atoms, which get here only at the end of the input or at great depth, are counted too, harmlessly. */
function readCountedLeaf(reader: ByteReader, context: DecodeContext, tag: number): Term {
  countObject(reader, context);
  return readLeaf(reader, context, tag);
}

function readContainer(reader: ByteReader, context: DecodeContext, tag: number): Term {
  switch (tag) {
    case tags.SMALL_TUPLE_EXT:
      return readTuple(reader, context, reader.u8());
    case tags.LARGE_TUPLE_EXT:
      return readTuple(reader, context, reader.u32());
    case tags.LIST_EXT:
      return readList(reader, context);
    case tags.MAP_EXT:
      return readMap(reader, context);
    case tags.NATIVE_RECORD_EXT: {
      const header = readRecordHeader(reader);
      return buildRecord(header, readItems(reader, context, header.fields.length));
    }
    default: {
      const header = readFunHeader(reader, context);
      readItems(reader, context, header.freeVariables);
      return buildFun(reader, header);
    }
  }
}

function readTuple(reader: ByteReader, context: DecodeContext, arity: number): Tuple {
  return new Tuple(readItems(reader, context, arity));
}

function readMap(reader: ByteReader, context: DecodeContext): Term {
  return buildMap(reader, context, readItems(reader, context, 2 * reader.u32()));
}

/* u32 length | elements | tail */
function readList(reader: ByteReader, context: DecodeContext): Term {
  const items = readItems(reader, context, reader.u32());
  if (reader.u8() === tags.NIL_EXT) return items;
  reader.offset -= 1;
  return readTail(reader, context, items);
}

/** A tail that is a list continues the same list, in a loop: a list may consist of a million pieces. */
function readTail(reader: ByteReader, context: DecodeContext, items: Term[]): Term {
  for (;;) {
    const tag = reader.u8();
    if (tag === tags.NIL_EXT) return items;
    if (tag === tags.STRING_EXT) return appendString(reader, items);
    if (tag !== tags.LIST_EXT) break;
    // Every piece is one level below the list, so its elements are as deep as if the list were in one piece.
    for (const item of readItems(reader, context, reader.u32())) items.push(item);
  }
  reader.offset -= 1;
  const [tail] = readItems(reader, context, 1);
  return items.length === 0 ? tail : new ImproperList(items, tail);
}

/** Reads the terms inside a container. */
function readItems(reader: ByteReader, context: DecodeContext, count: number): Term[] {
  checkCount(reader, count);
  countObject(reader, context);
  context.depth += 1;
  const items =
    count === 2 ? [readAny(reader, context), readAny(reader, context)] : readMany(reader, context, count);
  context.depth -= 1;
  return items;
}

function readMany(reader: ByteReader, context: DecodeContext, count: number): Term[] {
  const items = createArray(count);
  for (let item = 0; item < count; item += 1) items[item] = readAny(reader, context);
  return items;
}

/**
 * An array to be filled. Only a small one is allocated in full: each level of nesting may announce as many terms as there
 * are bytes left, and their sum may exceed the available memory.
 */
function createArray(count: number): Term[] {
  // oxlint-disable-next-line unicorn/no-new-array -- Array.from is ten times slower
  return count <= maxFullArray ? new Array<Term>(count) : [];
}
