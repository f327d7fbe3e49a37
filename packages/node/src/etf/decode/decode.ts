/**
 * External term format to terms. Bytes in, values out; nothing here keeps state but the table of atoms. Everything a
 * receiver of OTP accepts is accepted, in every form since OTP 23 and before; what it refuses throws DecodeError, and
 * so does everything over a limit. Binaries that are a good part of the input are views of it (see decode-leaf.ts):
 * the input must not change afterwards.
 */

import { DecodeError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { ByteReader } from '../byte-reader.ts';
import * as tags from '../tags.ts';
import { ImproperList, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
import { readAtom } from './atom-table.ts';
import { inflate } from './compressed.ts';
import {
  buildFun,
  buildMap,
  buildRecord,
  checkCount,
  depthExceeded,
  isContainerTag,
  readFunHeader,
  readRecordHeader,
} from './containers.ts';
import { contextOf } from './decode-context.ts';
import type { DecodeContext, DecodeOptions } from './decode-context.ts';
import { appendString, readLeaf } from './decode-leaf.ts';
import { readDeepTerm } from './deep-term.ts';

/**
 * The term of `bytes`, which start with 131, may be compressed and hold nothing behind the term.
 * Throws DecodeError. The inverse of `erlang:term_to_binary/1,2`.
 */
export function decode(bytes: Uint8Array, options?: DecodeOptions): Term {
  let reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== tags.VERSION_MAGIC) {
    const message = `a term starts with 131, not with ${version}`;
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
  throw new DecodeError('DECODE_TRAILING', `${reader.remaining} bytes after the term`, {
    offset: reader.offset,
  });
}

/**
 * Reads one term without the leading 131, and leaves the reader behind it. Throws DecodeError; the reader must not be
 * used again after that.
 */
export function readTerm(reader: ByteReader, options?: DecodeOptions): Term {
  return readAny(reader, contextOf(options));
}

/** @internal */
export function readAny(reader: ByteReader, context: DecodeContext): Term {
  const tag = reader.u8();
  // The three commonest tags of real messages are tried here: 8 % of the time of mixed terms.
  if (tag === tags.SMALL_ATOM_UTF8_EXT) return readAtom(reader, tag).term;
  if (tag === tags.SMALL_INTEGER_EXT) return reader.u8();
  return isContainerTag(tag) ? readContainer(reader, context, tag) : readLeaf(reader, context, tag);
}

function readContainer(reader: ByteReader, context: DecodeContext, tag: number): Term {
  if (context.depth >= context.maxDepth) throw depthExceeded(reader, context);
  if (context.depth >= context.recursionDepth) return readDeepTerm(reader, context, tag);
  context.depth++;
  const term = readInside(reader, context, tag);
  context.depth--;
  return term;
}

function readInside(reader: ByteReader, context: DecodeContext, tag: number): Term {
  switch (tag) {
    case tags.SMALL_TUPLE_EXT:
      return new Tuple(readItems(reader, context, reader.u8()));
    case tags.LIST_EXT:
      return readList(reader, context);
    case tags.MAP_EXT:
      return buildMap(reader, context, readItems(reader, context, 2 * reader.u32()));
    case tags.LARGE_TUPLE_EXT:
      return new Tuple(readItems(reader, context, reader.u32()));
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

function readItems(reader: ByteReader, context: DecodeContext, count: number): Term[] {
  checkCount(reader, count);
  const items: Term[] = [];
  for (let item = 0; item < count; item++) items.push(readAny(reader, context));
  return items;
}

/* u32 length | elements | tail. A tail that is a list goes on with the same list, in a loop: it may be a million long. */
function readList(reader: ByteReader, context: DecodeContext): Term {
  const items: Term[] = [];
  for (;;) {
    const count = reader.u32();
    checkCount(reader, count + 1);
    for (let item = 0; item < count; item++) items.push(readAny(reader, context));
    const tag = reader.u8();
    if (tag === tags.NIL_EXT) return items;
    if (tag === tags.STRING_EXT) return appendString(reader, items);
    if (tag === tags.LIST_EXT) continue;
    reader.offset--;
    const tail = readAny(reader, context);
    return items.length === 0 ? tail : new ImproperList(items, tail);
  }
}
