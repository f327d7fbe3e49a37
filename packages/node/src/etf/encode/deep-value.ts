/**
 * Encoding without recursion, for values that are nested too deeply for the JavaScript stack. Writes the same bytes as
 * encode.ts.
 */

import type { ByteWriter } from '../byte-writer.ts';
import { NIL_EXT } from '../tags.ts';
import { asTermMap, ImproperList, NativeRecord, TermMap, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
import * as heads from './container-heads.ts';
import type { EncodeContext } from './encode-context.ts';
import { writeLeaf } from './encode-leaf.ts';

/** A container whose head has been written, and its terms that have not been written yet. */
type Frame = {
  readonly inside: readonly Term[];
  readonly count: number;
  next: number;
  /** What follows the terms: nothing, the end of a proper list, or the tail of an improper one. */
  end: 'none' | 'nil' | { readonly tail: Term };
};

/** Writes a container and everything in it. */
export function writeDeepTerm(writer: ByteWriter, context: EncodeContext, term: Term & object): void {
  const frames: Frame[] = [openFrame(writer, context, term)];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    if (frame.next === frame.count && typeof frame.end !== 'object') {
      if (frame.end === 'nil') writer.u8(NIL_EXT);
      frames.pop();
      continue;
    }
    const child = nextChild(frame);
    if (writeLeaf(writer, context, child)) continue;
    if (context.depth + frames.length >= context.maxDepth) throw heads.depthExceeded(context);
    frames.push(openFrame(writer, context, child as Term & object));
  }
}

function nextChild(frame: Frame): Term {
  if (frame.next === frame.count && typeof frame.end === 'object') {
    const { tail } = frame.end;
    frame.end = 'none';
    return tail;
  }
  const at = frame.next++;
  const child = frame.inside[at];
  if (child === undefined && !(at in frame.inside)) throw heads.holeAt(at);
  return child;
}

function frameOf(inside: readonly Term[], count: number, end: Frame['end'] = 'none'): Frame {
  return { inside, count, next: 0, end };
}

function openFrame(writer: ByteWriter, context: EncodeContext, term: Term & object): Frame {
  if (term instanceof Tuple) {
    const { elements } = term;
    const count = heads.countOf(elements);
    heads.writeTupleHead(writer, count);
    return frameOf(elements, count);
  }
  if (Array.isArray(term)) return openList(writer, term);
  if (term instanceof ImproperList) {
    const { head, tail } = term;
    const count = heads.countOf(head);
    if (count > 0) heads.writeListHead(writer, count);
    return frameOf(head, count, { tail });
  }
  if (term instanceof NativeRecord) {
    const values = heads.writeRecordHead(writer, context, term);
    return frameOf(values, values.length);
  }
  const map = term instanceof Map ? heads.termMapOf(term as ReadonlyMap<Term, Term>) : asTermMap(term);
  if (map === undefined) throw heads.unsupported(term);
  const flat = TermMap.contentOf(map);
  const count = heads.countOf(flat);
  heads.writeMapHead(writer, count / 2);
  return frameOf(flat, count);
}

function openList(writer: ByteWriter, items: readonly Term[]): Frame {
  const count = heads.countOf(items);
  if (heads.isByteList(items, count)) {
    heads.writeByteList(writer, items, count);
    return frameOf([], 0);
  }
  if (count > 0) heads.writeListHead(writer, count);
  return frameOf(items, count, 'nil');
}
