/**
 * Decoding without recursion, for terms that are nested too deeply for the JavaScript stack. The results are the same as
 * those of decode.ts, about three times slower; only terms that are far deeper than real messages get here.
 */

import type { ByteReader } from '../byte-reader.ts';
import * as tags from '../tags.ts';
import { ImproperList, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
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
import type { DecodeContext } from './decode-context.ts';
import { appendString, readLeaf } from './decode-leaf.ts';

/** A container whose contents are being read: it is complete when `items` has `wanted` terms. */
type Frame = {
  readonly items: Term[];
  wanted: number;
  /** For lists: the last of the wanted terms is the tail. */
  readonly isList: boolean;
  readonly build: (items: Term[]) => Term;
};

/** Reads the container that `tag` starts, and everything in it. */
export function readDeepTerm(reader: ByteReader, context: DecodeContext, tag: number): Term {
  const frames: Frame[] = [openFrame(reader, context, tag)];
  for (;;) {
    const value = nextValue(reader, context, frames);
    const rest = frames.at(-1);
    if (rest === undefined) return value;
    rest.items.push(value);
  }
}

/** Closes the innermost container if it is complete, otherwise reads until there is a value for it. */
function nextValue(reader: ByteReader, context: DecodeContext, frames: Frame[]): Term {
  for (;;) {
    const frame = frames.at(-1) as Frame;
    if (frame.items.length === frame.wanted) {
      frames.pop();
      return frame.build(frame.items);
    }
    const tag = reader.u8();
    if (frame.isList && frame.items.length === frame.wanted - 1 && continueList(reader, frame, tag)) continue;
    countObject(reader, context);
    if (!isContainerTag(tag)) return readLeaf(reader, context, tag);
    if (context.depth + frames.length >= context.maxDepth) throw depthExceeded(reader, context);
    frames.push(openFrame(reader, context, tag));
  }
}

/** Appends a tail that is itself a list to the list that it ends. */
function continueList(reader: ByteReader, frame: Frame, tag: number): boolean {
  if (tag === tags.LIST_EXT) {
    const count = reader.u32();
    checkCount(reader, count + 1);
    frame.wanted += count;
    return true;
  }
  if (tag !== tags.STRING_EXT) return false;
  appendString(reader, frame.items).push([]);
  frame.wanted = frame.items.length;
  return true;
}

function openFrame(reader: ByteReader, context: DecodeContext, tag: number): Frame {
  switch (tag) {
    case tags.SMALL_TUPLE_EXT:
      return frameOf(reader, reader.u8(), (items) => new Tuple(items));
    case tags.LARGE_TUPLE_EXT:
      return frameOf(reader, reader.u32(), (items) => new Tuple(items));
    case tags.LIST_EXT:
      return { ...frameOf(reader, reader.u32() + 1, buildList), isList: true };
    case tags.MAP_EXT:
      return frameOf(reader, 2 * reader.u32(), (items) => buildMap(reader, context, items));
    case tags.NATIVE_RECORD_EXT: {
      const header = readRecordHeader(reader);
      return frameOf(reader, header.fields.length, (items) => buildRecord(header, items));
    }
    default: {
      const header = readFunHeader(reader, context);
      return frameOf(reader, header.freeVariables, () => buildFun(reader, header));
    }
  }
}

function frameOf(reader: ByteReader, wanted: number, build: (items: Term[]) => Term): Frame {
  checkCount(reader, wanted);
  return { items: [], wanted, isList: false, build };
}

function buildList(items: Term[]): Term {
  const tail = items.pop();
  if (items.length === 0) return tail;
  return Array.isArray(tail) ? items : new ImproperList(items, tail);
}
