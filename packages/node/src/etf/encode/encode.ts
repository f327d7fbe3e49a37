/**
 * Terms to external term format, byte for byte as OTP 25 writes to the distribution. Values in, bytes out; a value that
 * has no Erlang form throws EncodeError with the place of it, and leaves nothing half written.
 */

import { EncodeError } from '../../errors.ts';
import { ByteWriter } from '../byte-writer.ts';
import { NIL_EXT, VERSION_MAGIC } from '../tags.ts';
import { Atom, ImproperList, isPlainObject, NativeRecord, TermMap, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
import { writeAtom, writeName } from './atom-bytes.ts';
import * as heads from './container-heads.ts';
import { writeDeepTerm } from './deep-value.ts';
import { encodeContextOf } from './encode-context.ts';
import type { EncodeContext, EncodeOptions } from './encode-context.ts';
import { writeBinary, writeLeaf, writeNumber } from './encode-leaf.ts';
import { findFault } from './fault-path.ts';

const sharedWriter = new ByteWriter();

/**
 * The bytes of `term`, 131 first. Throws EncodeError. The inverse of `erlang:binary_to_term/1`. Small results share
 * chunks of 16 KiB; copy what is kept for long.
 */
export function encode(term: Term, options?: EncodeOptions): Uint8Array {
  // A getter inside `term` may call back into `encode`: it must not find the half-written outer term.
  const writer = sharedWriter.length === 0 ? sharedWriter : new ByteWriter();
  try {
    writer.u8(VERSION_MAGIC);
    writeTerm(writer, term, options);
    return writer.finish();
  } catch (error) {
    writer.truncate(0);
    throw error;
  }
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

/**
 * Writes one term. The values that make up most of real messages are told apart here, the rest by `writeRest`: a fifth
 * off the time of mixed terms.
 *
 * @internal Exported for tests, which choose the depth at which the recursion ends.
 */
export function writeAny(writer: ByteWriter, context: EncodeContext, term: Term): void {
  if (typeof term === 'object' && term !== null && context.depth < context.recursionDepth) {
    if (term instanceof Atom) return writeAtom(writer, term);
    if (term instanceof Tuple) return writeTuple(writer, context, term);
    if (Array.isArray(term)) return writeList(writer, context, term);
    if (term instanceof Uint8Array) return writeBinary(writer, term);
    if (term instanceof TermMap) return writeMap(writer, context, term);
  } else if (typeof term === 'number') {
    return writeNumber(writer, term);
  }
  writeRest(writer, context, term);
}

function writeRest(writer: ByteWriter, context: EncodeContext, term: Term): void {
  if (writeLeaf(writer, context, term)) return;
  if (context.depth >= context.maxDepth) throw heads.depthExceeded(context);
  const container = term as Term & object;
  if (context.depth >= context.recursionDepth) writeDeepTerm(writer, context, container);
  else writeRareContainer(writer, context, container);
}

function writeRareContainer(writer: ByteWriter, context: EncodeContext, term: Term & object): void {
  if (term instanceof ImproperList) {
    if (term.head.length > 0) heads.writeListHead(writer, term.head.length);
    writeInside(writer, context, [...term.head, term.tail]);
  } else if (term instanceof NativeRecord) {
    heads.writeRecordHead(writer, context, term);
    writeInside(
      writer,
      context,
      term.fields.map(([, value]) => value),
    );
  } else if (term instanceof Map) {
    writeMap(writer, context, heads.termMapOf(term as ReadonlyMap<Term, Term>));
  } else {
    writePlainObject(writer, context, term);
  }
}

function writeTuple(writer: ByteWriter, context: EncodeContext, tuple: Tuple): void {
  heads.writeTupleHead(writer, tuple.elements.length);
  writeInside(writer, context, tuple.elements);
}

function writeMap(writer: ByteWriter, context: EncodeContext, map: TermMap): void {
  heads.writeMapHead(writer, map.size);
  writeInside(writer, context, map.flat);
}

function writeList(writer: ByteWriter, context: EncodeContext, items: readonly Term[]): void {
  if (heads.isByteList(items)) return heads.writeByteList(writer, items);
  if (items.length > 0) {
    heads.writeListHead(writer, items.length);
    writeInside(writer, context, items);
  }
  writer.u8(NIL_EXT);
}

/** Writes the terms inside a container. */
function writeInside(writer: ByteWriter, context: EncodeContext, terms: readonly Term[]): void {
  context.depth++;
  for (let at = 0; at < terms.length; at++) writeAny(writer, context, terms[at]);
  context.depth--;
}

function writePlainObject(writer: ByteWriter, context: EncodeContext, term: object): void {
  if (!isPlainObject(term)) throw heads.unsupported(term);
  const names = Object.keys(term);
  heads.writeMapHead(writer, names.length);
  context.depth++;
  for (const name of names) {
    writeName(writer, name);
    writeAny(writer, context, term[name]);
  }
  context.depth--;
}
