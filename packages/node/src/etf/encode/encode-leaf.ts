/**
 * Values that hold no other terms, in the form that OTP 25 sends over the distribution: UTF-8 atoms, the shortest integers,
 * 32-bit creations.
 */

import { DecodeError, EncodeError } from '../../errors.ts';
import { checkArity, checkWord, describeValue, wrongType } from '../argument-checks.ts';
import { checkLastBits } from '../bit-string.ts';
import { ByteReader } from '../byte-reader.ts';
import { lengthOfBytes } from '../byte-writer.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { readTerm } from '../decode/decode.ts';
import { checkPortId, isSoundPid, isSoundReference } from '../identifiers.ts';
import { writeMagnitude } from '../integers.ts';
import * as tags from '../tags.ts';
import { Atom, BitString, ExportFun, Float, Fun, Pid, Port, Reference, TermMap, Tuple } from '../terms.ts';
import type { Term } from '../terms.ts';
import { atomForm, writeAtom, writeForm, writeName, writeNode } from './atom-bytes.ts';
import type { EncodeContext } from './encode-context.ts';

const maxNarrowPort = 2n ** 28n;
const two32 = 2 ** 32;

const nilForm = atomForm('nil');
const trueForm = atomForm('true');
const falseForm = atomForm('false');
const undefinedForm = atomForm('undefined');

/** Writes `term` and returns `true` if it holds no other terms. Throws for a value that is not a term at all. */
export function writeLeaf(writer: ByteWriter, context: EncodeContext, term: Term): boolean {
  switch (typeof term) {
    case 'number':
      writeNumber(writer, term);
      return true;
    case 'string':
      writeString(writer, term);
      return true;
    case 'object':
      if (term !== null) return writeLeafObject(writer, context, term);
      writeForm(writer, nilForm);
      return true;
    case 'boolean':
      writeForm(writer, term ? trueForm : falseForm);
      return true;
    case 'undefined':
      writeForm(writer, undefinedForm);
      return true;
    case 'bigint':
      writeBigint(writer, context, term);
      return true;
    default:
      throw new EncodeError('ENCODE_UNSUPPORTED', `a ${typeof term} cannot be encoded as an Erlang term`);
  }
}

function writeLeafObject(writer: ByteWriter, context: EncodeContext, term: object): boolean {
  if (term instanceof Atom) writeAtom(writer, term);
  else if (term instanceof Tuple || Array.isArray(term) || term instanceof TermMap) return false;
  else if (term instanceof Uint8Array) writeBinary(writer, term);
  else if (term instanceof Pid) writePid(writer, term);
  else if (term instanceof Reference) writeReference(writer, term);
  else if (term instanceof Float) writeFloat(writer, term.value);
  else return writeRareLeaf(writer, context, term);
  return true;
}

function writeRareLeaf(writer: ByteWriter, context: EncodeContext, term: object): boolean {
  if (term instanceof BitString) writeBitString(writer, term);
  else if (term instanceof Port) writePort(writer, term);
  else if (term instanceof ExportFun) writeExportFun(writer, term);
  else if (term instanceof Fun) writeFun(writer, context, term);
  else return false;
  return true;
}

/** Whole numbers become integers, others floats; `writeFloat` writes a `Float` of any value. */
export function writeNumber(writer: ByteWriter, value: number): void {
  if ((value | 0) === value && !Object.is(value, -0)) writeSmallInteger(writer, value);
  else if (!Number.isInteger(value) || value === 0) writeFloat(writer, value);
  else if (Number.isSafeInteger(value)) writeSafeInteger(writer, value);
  else writeMagnitude(writer, BigInt(value));
}

/* 97: u8     98: i32 */
function writeSmallInteger(writer: ByteWriter, value: number): void {
  if (value >= 0 && value <= 255) writer.u16((tags.SMALL_INTEGER_EXT << 8) | value);
  else writer.head(tags.INTEGER_EXT, value);
}

/* 110: u8 bytes | u8 sign | little-endian magnitude. Numbers of up to 53 bits need no bigint: six times faster. */
function writeSafeInteger(writer: ByteWriter, value: number): void {
  const magnitude = Math.abs(value);
  writer.ensure(11);
  const { chunk, position } = writer;
  let low = magnitude >>> 0;
  let high = (magnitude - low) / two32;
  let at = position + 3;
  for (let byte = 0; byte < 4; byte++, low >>>= 8) chunk[at++] = low;
  for (; high > 0; high >>>= 8) chunk[at++] = high;
  chunk[position] = tags.SMALL_BIG_EXT;
  chunk[position + 1] = at - position - 3;
  chunk[position + 2] = value < 0 ? 1 : 0;
  writer.position = at;
}

function writeBigint(writer: ByteWriter, context: EncodeContext, value: bigint): void {
  if (BigInt.asIntN(53, value) === value) return writeNumber(writer, Number(value));
  if (BigInt.asIntN(context.maxIntegerBytes * 8 + 1, value) !== value) {
    const message = `an integer has more than ${context.maxIntegerBytes} bytes (limits.maxIntegerBytes)`;
    throw new EncodeError('ENCODE_TOO_LARGE', message);
  }
  writeMagnitude(writer, value);
}

function writeFloat(writer: ByteWriter, value: number): void {
  if (typeof value !== 'number') throw wrongType('the value of a float', 'a number', value);
  if (!Number.isFinite(value))
    throw new EncodeError('ENCODE_RANGE', `${value} cannot be encoded: Erlang floats are finite`);
  writer.u8(tags.NEW_FLOAT_EXT);
  writer.f64(value);
}

/* 109: u32 length | data */
export function writeBinary(writer: ByteWriter, bytes: Uint8Array): void {
  writer.head(tags.BINARY_EXT, lengthOfBytes(bytes));
  writer.bytes(bytes);
}

function writeString(writer: ByteWriter, text: string): void {
  writer.u8(tags.BINARY_EXT);
  const lengthAt = writer.length;
  writer.u32(0);
  const length = writer.utf8(text);
  writer.patchU32(lengthAt, length);
}

/* 77: u32 length | u8 bits of the last byte | data. OTP 27 drops a peer that sends one of length 0. */
function writeBitString(writer: ByteWriter, term: BitString): void {
  const { bytes, lastBits } = term;
  const length = lengthOfBytes(bytes);
  if (length === 0 || lastBits === 8) return writeBinary(writer, bytes);
  checkLastBits(lastBits);
  writer.u8(tags.BIT_BINARY_EXT);
  writer.u32(length);
  writer.u8(lastBits);
  writer.bytes(bytes);
}

/* 88: node | u32 id | u32 serial | u32 creation */
export function writePid(writer: ByteWriter, pid: Pid): void {
  if (!isSoundPid(pid)) throw changed('a pid', pid);
  writer.u8(tags.NEW_PID_EXT);
  writeNode(writer, pid.node);
  writer.u32(pid.id);
  writer.u32(pid.serial);
  writer.u32(pid.creation);
}

/* 89: node | u32 id | u32 creation     120: node | u64 id | u32 creation */
function writePort(writer: ByteWriter, port: Port): void {
  checkPortId(port.id);
  checkWord('the creation of a port', port.creation);
  const isNarrow = port.id < maxNarrowPort;
  writer.u8(isNarrow ? tags.NEW_PORT_EXT : tags.V4_PORT_EXT);
  writeNode(writer, port.node);
  if (isNarrow) writer.u32(Number(port.id));
  else writer.u64(port.id);
  writer.u32(port.creation);
}

/* 90: u16 words | node | u32 creation | words */
export function writeReference(writer: ByteWriter, reference: Reference): void {
  if (!isSoundReference(reference)) throw changed('a reference', reference);
  const { words } = reference;
  writer.u8(tags.NEWER_REFERENCE_EXT);
  writer.u16(words.length);
  writeNode(writer, reference.node);
  writer.u32(reference.creation);
  for (const word of words) writer.u32(word);
}

/* 113: module | function | arity (97) */
function writeExportFun(writer: ByteWriter, fun: ExportFun): void {
  checkArity(fun.arity);
  writer.u8(tags.EXPORT_EXT);
  writeName(writer, fun.module);
  writeName(writer, fun.function);
  writeSmallInteger(writer, fun.arity);
}

/**
 * A fun is sent exactly as it was received. Each time, its bytes are checked to be one whole fun: in the middle of a frame,
 * anything else would end the connection.
 */
function writeFun(writer: ByteWriter, context: EncodeContext, fun: Fun): void {
  lengthOfBytes(fun.bytes); // Throws for a value that is not a byte array.
  // A copy, so that the checked bytes are the written ones.
  const bytes = new Uint8Array(fun.bytes);
  if (!isWholeFun(bytes, context)) {
    throw new EncodeError('ENCODE_RANGE', `the bytes of a fun of ${fun.module} are not its external form`);
  }
  writer.bytes(bytes);
}

function isWholeFun(bytes: Uint8Array, { maxDepth, maxIntegerBytes }: EncodeContext): boolean {
  if (bytes[0] !== tags.NEW_FUN_EXT) return false;
  const reader = new ByteReader(bytes);
  try {
    readTerm(reader, { limits: { maxTermDepth: maxDepth, maxIntegerBytes } });
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
  return reader.remaining === 0;
}

/** The error for an object that has the class of an identifier but not valid content. */
function changed(what: string, value: Pid | Reference): EncodeError {
  const shown = describeValue(value);
  const message = `${what} that was changed, or not created by its constructor, cannot be encoded (${shown})`;
  return new EncodeError('ENCODE_UNSUPPORTED', message);
}
