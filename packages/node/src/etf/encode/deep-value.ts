/**
 * Encoding without recursion, for what is nested deeper than the JavaScript stack may be trusted with. Writes the same
 * bytes as encode.ts.
 */

import type { ByteWriter } from '../byte-writer.ts';
import { NIL_EXT } from '../tags.ts';
import { asTermMap, ImproperList, NativeRecord, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
import * as heads from './container-heads.ts';
import type { EncodeContext } from './encode-context.ts';
import { writeLeaf } from './encode-leaf.ts';

/** A container whose head is written, and the terms in it that are not. */
type Frame = { readonly inside: readonly Term[]; next: number; readonly isProperList: boolean };

/** Writes a container and everything in it. */
export function writeDeepTerm(writer: ByteWriter, context: EncodeContext, term: Term & object): void {
  const frames: Frame[] = [openFrame(writer, context, term)];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    if (frame.next < frame.inside.length) {
      const child = frame.inside[frame.next++];
      if (writeLeaf(writer, context, child)) continue;
      if (context.depth + frames.length >= context.maxDepth) throw heads.depthExceeded(context);
      frames.push(openFrame(writer, context, child as Term & object));
    } else {
      if (frame.isProperList) writer.u8(NIL_EXT);
      frames.pop();
    }
  }
}

function frameOf(inside: readonly Term[], isProperList: boolean = false): Frame {
  return { inside, next: 0, isProperList };
}

function openFrame(writer: ByteWriter, context: EncodeContext, term: Term & object): Frame {
  if (term instanceof Tuple) {
    heads.writeTupleHead(writer, term.elements.length);
    return frameOf(term.elements);
  }
  if (Array.isArray(term)) return openList(writer, term);
  if (term instanceof ImproperList) {
    if (term.head.length > 0) heads.writeListHead(writer, term.head.length);
    return frameOf([...term.head, term.tail]);
  }
  if (term instanceof NativeRecord) {
    heads.writeRecordHead(writer, context, term);
    return frameOf(term.fields.map(([, value]) => value));
  }
  const map = term instanceof Map ? heads.termMapOf(term as ReadonlyMap<Term, Term>) : asTermMap(term);
  if (map === undefined) throw heads.unsupported(term);
  heads.writeMapHead(writer, map.size);
  return frameOf(map.flat);
}

function openList(writer: ByteWriter, items: readonly Term[]): Frame {
  if (heads.isByteList(items)) {
    heads.writeByteList(writer, items);
    return frameOf([]);
  }
  if (items.length > 0) heads.writeListHead(writer, items.length);
  return frameOf(items, true);
}
