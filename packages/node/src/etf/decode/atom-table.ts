/**
 * Atoms off the wire. A direct-mapped table from the bytes of an atom to the atom saves the text and the look-up for
 * the few hundred names that messages really use (measured: a quarter of the decoding time of mixed terms). The table
 * has a fixed size and holds short ASCII names only: a peer can push names out of it, never make it grow.
 */

import { DecodeError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { ATOM_EXT, ATOM_UTF8_EXT, SMALL_ATOM_EXT, SMALL_ATOM_UTF8_EXT } from '../tags.ts';
import { atomOf } from '../terms.ts';
import type { Term } from '../terms.ts';

/** An atom as a term and as a name: nodes and modules are kept by name. */
export type AtomEntry = { readonly bytes: Uint8Array; readonly term: Term; readonly name: string };

const tableSize = 2048;
const maxTableBytes = 64;
/** 255 characters of 4 bytes. */
const maxAtomBytes = 1020;

const table: (AtomEntry | undefined)[] = Array.from({ length: tableSize }, () => undefined);

/** Whether `tag` starts an atom. */
export function isAtomTag(tag: number): boolean {
  return tag === SMALL_ATOM_UTF8_EXT || tag === ATOM_UTF8_EXT || tag === SMALL_ATOM_EXT || tag === ATOM_EXT;
}

/** Reads what follows an atom tag. */
export function readAtom(reader: ByteReader, tag: number): AtomEntry {
  switch (tag) {
    case SMALL_ATOM_UTF8_EXT:
      return readName(reader, reader.u8(), true);
    case ATOM_UTF8_EXT:
      return readName(reader, reader.u16(), true);
    case SMALL_ATOM_EXT:
      return readName(reader, reader.u8(), false);
    default:
      return readName(reader, reader.u16(), false);
  }
}

/** Reads an atom that must be there, tag included: `what` it is for goes into the error. */
export function readAtomName(reader: ByteReader, what: string): string {
  const offset = reader.offset;
  const tag = reader.u8();
  if (isAtomTag(tag)) return readAtom(reader, tag).name;
  throw new DecodeError('DECODE_BAD_TAG', `${what} must be an atom, but its tag is ${tag}`, { offset, tag });
}

function readName(reader: ByteReader, length: number, isUtf8: boolean): AtomEntry {
  reader.need(length);
  if (length > maxTableBytes) return readRareName(reader, length, isUtf8);
  const { source, offset } = reader;
  let hash = length;
  let bits = 0;
  for (let at = offset; at < offset + length; at++) {
    const byte = source[at] as number;
    hash = (Math.imul(hash, 31) + byte) | 0;
    bits |= byte;
  }
  if (bits > 0x7f) return readRareName(reader, length, isUtf8);
  const slot = (hash ^ (hash >>> 11)) & (tableSize - 1);
  const known = table[slot];
  if (known !== undefined && hasBytesAt(known.bytes, reader, length)) {
    reader.offset = offset + length;
    return known;
  }
  const bytes = source.slice(offset, offset + length);
  const name = reader.latin1(length);
  return (table[slot] = { bytes, term: atomOf(name), name });
}

function hasBytesAt(bytes: Uint8Array, reader: ByteReader, length: number): boolean {
  if (bytes.length !== length) return false;
  const { source, offset } = reader;
  for (let at = 0; at < length; at++) if (bytes[at] !== source[offset + at]) return false;
  return true;
}

const noBytes = new Uint8Array(0);

function readRareName(reader: ByteReader, length: number, isUtf8: boolean): AtomEntry {
  const { offset } = reader;
  const name = length > maxAtomBytes ? undefined : isUtf8 ? reader.utf8(length) : reader.latin1(length);
  if (name === undefined || (name.length > 255 && Array.from(name).length > 255)) {
    throw new DecodeError('DECODE_BAD_VALUE', 'an atom has at most 255 characters', { offset });
  }
  return { bytes: noBytes, term: atomOf(name), name };
}
