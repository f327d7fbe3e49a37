/**
 * The bytes that were read last at some place of the messages of a connection, which are usually the same in the next one: headers, control
 * messages. Pure.
 */

import type { ByteReader } from '../../etf/byte-reader.ts';

/** Longer pieces are not compared: they are rare, and then something in them is new. */
const maxBytes = 256;
/** After this many pieces in a row that were different, only one in as many is kept and compared with the next: both together cost 40 ns. */
const patience = 16;

/** Remembers one piece of bytes. */
export class ByteMemory {
  #bytes: Uint8Array | undefined;
  #length = 0;
  #misses = 0;

  /** Whether the next bytes are the same as those that were kept; they are then skipped. */
  skipSame(reader: ByteReader): boolean {
    const length = this.#length;
    if (this.#misses > patience && this.#misses % patience !== 0) return false;
    const { source, offset, end } = reader;
    if (length === 0 || offset + length > end) return false;
    const bytes = this.#bytes as Uint8Array;
    // What differs between messages, such as the number of a process, stands at the end rather than at the start.
    for (let at = length - 1; at >= 0; at -= 1) if (bytes[at] !== source[offset + at]) return false;
    reader.offset = offset + length;
    this.#misses = 0;
    return true;
  }

  /** Keeps the bytes from `start` to where the reader is. Returns `false` when it keeps what it had. */
  keep({ source, offset }: ByteReader, start: number): boolean {
    this.#misses += 1;
    if (this.#misses > patience && this.#misses % patience !== 0) return false;
    const length = offset - start;
    if (length > maxBytes) return false;
    const bytes = (this.#bytes ??= new Uint8Array(maxBytes));
    for (let at = 0; at < length; at += 1) bytes[at] = source[start + at] as number;
    this.#length = length;
    return true;
  }

  /** Keeps nothing. */
  forget(): void {
    this.#length = 0;
  }
}
