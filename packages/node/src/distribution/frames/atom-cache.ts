/**
 * The atoms that a peer has sent in distribution headers: 2048 slots for each connection, which later headers refer to. "Distribution
 * Header" of the ERTS manual.
 */

import { DecodeError } from '../../errors.ts';
import type { AtomEntry, ByteReader } from '../../etf/byte-reader.ts';
import { readUtf8Name } from '../../etf/decode/atom-table.ts';
import { ByteMemory } from './byte-memory.ts';

const segments = 8;
const segmentSlots = 256;
const newEntry = 8;
const segmentBits = 7;
const none: readonly AtomEntry[] = [];

/** Reads the headers of one connection. */
export class AtomCache {
  #slots: (AtomEntry | undefined)[] | undefined;
  /** The last header, if it had no new atoms, and what it listed. */
  readonly #lastHeader = new ByteMemory();
  #lastAtoms: readonly AtomEntry[] = none;

  /**
   * Reads the atoms of a header, from its count on: what `ATOM_CACHE_REF` in its terms refers to by index. Throws `DecodeError` for
   * a slot that was never filled; the connection cannot be used after that, because nothing that follows can be trusted. Headers with the
   * same atoms return the same list.
   */
  readHeader(reader: ByteReader): readonly AtomEntry[] {
    if (this.#lastHeader.skipSame(reader)) return this.#lastAtoms;
    const start = reader.offset;
    const count = reader.u8();
    if (count === 0) return none;
    const flagsAt = reader.offset;
    reader.skip((count >> 1) + 1);
    const { source } = reader;
    const nibble = (index: number): number => {
      const byte = source[flagsAt + (index >> 1)] as number;
      return (index & 1) === 0 ? byte & 15 : byte >> 4;
    };
    const hasLongAtoms = (nibble(count) & 1) !== 0;
    const slots = (this.#slots ??= Array.from({ length: segments * segmentSlots }, () => undefined));
    const atoms: AtomEntry[] = [];
    let hasNew = false;
    for (let index = 0; index < count; index += 1) {
      const flags = nibble(index);
      const slot = (flags & segmentBits) * segmentSlots + reader.u8();
      if ((flags & newEntry) !== 0) {
        hasNew = true;
        slots[slot] = readUtf8Name(reader, hasLongAtoms ? reader.u16() : reader.u8());
      }
      atoms.push(slots[slot] ?? unfilled(slot, reader));
    }
    // New atoms may have replaced some of the last list.
    if (hasNew) this.#lastHeader.forget();
    else if (this.#lastHeader.keep(reader, start)) this.#lastAtoms = atoms;
    return atoms;
  }
}

function unfilled(slot: number, { offset }: ByteReader): never {
  throw new DecodeError(
    'DECODE_BAD_VALUE',
    `a header refers to slot ${slot} of the atom cache, which is empty`,
    {
      offset,
    },
  );
}
