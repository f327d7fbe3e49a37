/**
 * Terms to external term format, byte for byte as OTP 25 writes to the distribution. Values in, bytes out; a value that
 * has no Erlang form throws EncodeError with the place of it, and leaves nothing half written.
 */

import { EncodeError } from '../../errors.ts';
import { ByteWriter } from '../byte-writer.ts';
import { NIL_EXT, VERSION_MAGIC } from '../tags.ts';
import { ImproperList, isPlainObject, NativeRecord, TermMap, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
import * as heads from './container-heads.ts';
import { writeDeepTerm } from './deep-value.ts';
import { encodeContextOf } from './encode-context.ts';
import type { EncodeContext, EncodeOptions } from './encode-context.ts';
import { writeAtom, writeLeaf } from './encode-leaf.ts';
import { findFault } from './fault-path.ts';

const sharedWriter = new ByteWriter();

/**
 * The bytes of `term`, 131 first. Throws EncodeError. The inverse of `erlang:binary_to_term/1`. Small results share
 * chunks of 16 KiB; copy what is kept for long.
 */
export function encode(term: Term, options?: EncodeOptions): Uint8Array {
  sharedWriter.truncate(0);
  sharedWriter.u8(VERSION_MAGIC);
  writeTerm(sharedWriter, term, options);
  return sharedWriter.finish();
}

/** Writes one term without the leading 131. When it throws EncodeError, nothing of the term is left in the writer. */
export function writeTerm(writer: ByteWriter, term: Term, options?: EncodeOptions): void {
  const start = writer.length;
  const context = encodeContextOf(options);
  try {
    writeAny(writer, context, term);
  } catch (error) {
    writer.truncate(start);
    if (!(error instanceof EncodeError)) throw error;
    throw withPath(error, term, context);
  }
}

function withPath(error: EncodeError, term: Term, context: EncodeContext): EncodeError {
  const path = findFault(term, (part) => {
    const scratch = new ByteWriter();
    context.depth = 0;
    writeAny(scratch, context, part);
  });
  return path === '' ? error : new EncodeError(error.code, error.message, path);
}

function writeAny(writer: ByteWriter, context: EncodeContext, term: Term): void {
  if (!writeLeaf(writer, context, term)) writeNested(writer, context, term as Term & object);
}

function writeNested(writer: ByteWriter, context: EncodeContext, term: Term & object): void {
  if (context.depth >= context.maxDepth) throw heads.depthExceeded(context);
  if (context.depth >= context.recursionDepth) return writeDeepTerm(writer, context, term);
  context.depth++;
  writeContainer(writer, context, term);
  context.depth--;
}

function writeContainer(writer: ByteWriter, context: EncodeContext, term: Term & object): void {
  if (term instanceof Tuple) {
    heads.writeTupleHead(writer, term.elements.length);
    writeEach(writer, context, term.elements);
  } else if (Array.isArray(term)) {
    writeList(writer, context, term);
  } else if (term instanceof TermMap) {
    heads.writeMapHead(writer, term.size);
    writeEach(writer, context, term.flat);
  } else if (term instanceof ImproperList) {
    if (term.head.length > 0) heads.writeListHead(writer, term.head.length);
    writeEach(writer, context, term.head);
    writeAny(writer, context, term.tail);
  } else if (term instanceof NativeRecord) {
    heads.writeRecordHead(writer, context, term);
    for (const [, value] of term.fields) writeAny(writer, context, value);
  } else if (term instanceof Map) {
    const map = heads.termMapOf(term as ReadonlyMap<Term, Term>);
    heads.writeMapHead(writer, map.size);
    writeEach(writer, context, map.flat);
  } else {
    writePlainObject(writer, context, term);
  }
}

function writeEach(writer: ByteWriter, context: EncodeContext, terms: readonly Term[]): void {
  for (let at = 0; at < terms.length; at++) writeAny(writer, context, terms[at]);
}

function writeList(writer: ByteWriter, context: EncodeContext, items: readonly Term[]): void {
  if (heads.isByteList(items)) return heads.writeByteList(writer, items);
  if (items.length > 0) {
    heads.writeListHead(writer, items.length);
    writeEach(writer, context, items);
  }
  writer.u8(NIL_EXT);
}

function writePlainObject(writer: ByteWriter, context: EncodeContext, term: object): void {
  if (!isPlainObject(term)) throw heads.unsupported(term);
  const names = Object.keys(term);
  heads.writeMapHead(writer, names.length);
  for (const name of names) {
    writeAtom(writer, name);
    writeAny(writer, context, term[name]);
  }
}
