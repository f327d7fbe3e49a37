/**
 * Reads atoms. A two-way set-associative table from the bytes of an atom to the atom saves the conversion to text and the
 * lookup for the few hundred names that messages really use (measured: a quarter of the decoding time of mixed terms).
 * The table has a fixed size and holds only short ASCII names: a peer can evict names from it, but never make it grow.
 */

import { DecodeError } from '../../errors.ts';
import type { AtomEntry, ByteReader } from '../byte-reader.ts';
import { copyBytes } from './byte-copies.ts';
import { ATOM_CACHE_REF, ATOM_EXT, ATOM_UTF8_EXT, SMALL_ATOM_EXT, SMALL_ATOM_UTF8_EXT } from '../tags.ts';
import { atomOf } from '../terms.ts';

/** Two slots for each hash: with one, two names with the same hash would evict each other with every message. */
const tableSize = 4096;
const slotMask = tableSize - 2;
const maxTableBytes = 64;
/** 255 characters of 4 bytes. */
const maxAtomBytes = 1020;

const table: (AtomEntry | undefined)[] = Array.from({ length: tableSize }, () => undefined);

/** Whether `tag` starts an atom. */
export function isAtomTag(tag: number): boolean {
  switch (tag) {
    case SMALL_ATOM_UTF8_EXT:
    case ATOM_CACHE_REF:
    case ATOM_UTF8_EXT:
    case SMALL_ATOM_EXT:
    case ATOM_EXT:
      return true;
    default:
      return false;
  }
}

/** Reads the rest of an atom after its tag. */
export function readAtom(reader: ByteReader, tag: number): AtomEntry {
  switch (tag) {
    case SMALL_ATOM_UTF8_EXT:
      return readUtf8Name(reader, reader.u8());
    case ATOM_UTF8_EXT:
      return readUtf8Name(reader, reader.u16());
    case SMALL_ATOM_EXT:
      return readLatin1Name(reader, reader.u8());
    case ATOM_CACHE_REF:
      return readReferredAtom(reader, reader.u8());
    default:
      return readLatin1Name(reader, reader.u16());
  }
}

/** The atom that a reference into the distribution header of its frame stands for. */
export function readReferredAtom(reader: ByteReader, index: number): AtomEntry {
  const { atoms, offset } = reader;
  const entry = atoms?.[index];
  reader.references?.push(offset - 2);
  if (entry !== undefined) return entry;
  const message =
    atoms === undefined
      ? 'there is an atom cache reference outside a distribution header'
      : `an atom cache reference names atom ${index} of a header that has ${atoms.length}`;
  throw new DecodeError('DECODE_BAD_TAG', message, { offset: offset - 2, tag: ATOM_CACHE_REF });
}

/** Reads a required atom, including its tag; `what` names it in the error. */
export function readAtomName(reader: ByteReader, what: string): string {
  const offset = reader.offset;
  const tag = reader.u8();
  if (isAtomTag(tag)) return readAtom(reader, tag).name;
  throw new DecodeError('DECODE_BAD_TAG', `${what} must be an atom, but its tag is ${tag}`, { offset, tag });
}

/** Reads a name in UTF-8, as every node of today sends it. */
export function readUtf8Name(reader: ByteReader, length: number): AtomEntry {
  const common = readCommonName(reader, length);
  if (common !== undefined) return common;
  const { offset } = reader;
  return rareEntry(length > maxAtomBytes ? undefined : reader.utf8(length), offset);
}

function readLatin1Name(reader: ByteReader, length: number): AtomEntry {
  const common = readCommonName(reader, length);
  if (common !== undefined) return common;
  const { offset } = reader;
  return rareEntry(length > maxAtomBytes ? undefined : reader.latin1(length), offset);
}

/** A short name of ASCII characters, from the table or new in it; `undefined` for all others, which are not read then. */
function readCommonName(reader: ByteReader, length: number): AtomEntry | undefined {
  reader.need(length);
  if (length > maxTableBytes) return undefined;
  const { source, offset } = reader;
  const slot = slotOf(source, offset, length);
  const entry = known(table[slot], reader, length) ?? known(table[slot + 1], reader, length);
  if (entry !== undefined) {
    reader.offset = offset + length;
    return entry;
  }
  if (!isAscii(reader, length)) return undefined;
  const bytes = copyBytes(source, offset, length);
  const name = reader.latin1(length);
  table[slot + 1] = table[slot];
  return (table[slot] = { bytes, term: atomOf(name), name });
}

/**
 * The slot of a name in the table, by a hash of twelve bytes: the first, middle and last four. A hash of every byte, each
 * step waiting for the one before, took as long as everything else about an atom.
 */
function slotOf(source: Uint8Array, offset: number, length: number): number {
  if (length < 4) return shortSlot(source, offset, length);
  const first = wordAt(source, offset);
  const middle = wordAt(source, offset + (length >> 1) - 2);
  const last = wordAt(source, offset + length - 4);
  const hash =
    Math.imul(first, 0x9e3779b1) ^ Math.imul(middle, 0x85ebca77) ^ Math.imul(last + length, 0xc2b2ae3d);
  return (hash ^ (hash >>> 15)) & slotMask;
}

function shortSlot(source: Uint8Array, offset: number, length: number): number {
  let hash = length;
  for (let at = offset; at < offset + length; at += 1) hash = hash * 37 + (source[at] as number);
  return (hash * 2) & slotMask;
}

function wordAt(source: Uint8Array, at: number): number {
  const low = (source[at] as number) | ((source[at + 1] as number) << 8);
  return low | ((source[at + 2] as number) << 16) | ((source[at + 3] as number) << 24);
}

/** The entry, if it matches the next `length` bytes. */
function known(entry: AtomEntry | undefined, reader: ByteReader, length: number): AtomEntry | undefined {
  if (entry === undefined || entry.bytes.length !== length) return undefined;
  const { bytes } = entry;
  const { source, offset } = reader;
  for (let at = 0; at < length; at += 1) if (bytes[at] !== source[offset + at]) return undefined;
  return entry;
}

function isAscii({ source, offset }: ByteReader, length: number): boolean {
  for (let at = 0; at < length; at += 1) if ((source[offset + at] as number) > 0x7f) return false;
  return true;
}

const noBytes = new Uint8Array(0);

function rareEntry(name: string | undefined, offset: number): AtomEntry {
  if (name === undefined || (name.length > 255 && Array.from(name).length > 255)) {
    throw new DecodeError('DECODE_BAD_VALUE', 'an atom is longer than 255 characters', { offset });
  }
  return { bytes: noBytes, term: atomOf(name), name };
}
