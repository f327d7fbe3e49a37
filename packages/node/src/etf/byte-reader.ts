/**
 * A cursor over bytes that nobody vouches for: every read is checked against the end first and throws DecodeError
 * DECODE_TRUNCATED. Integers are big-endian. Holds no copy; `bytes` returns views.
 */

import { DecodeError } from '../errors.ts';

const floatBytes = new Uint8Array(8);
const floatValue = new Float64Array(floatBytes.buffer);

export class ByteReader {
  /** @internal What is read from. The decoder reads here directly. */
  readonly source: Uint8Array;
  /** Where the next read starts, in bytes from the start of the input. */
  offset: number;
  /** @internal Where the input ends. */
  readonly end: number;
  /** Whether the input never changes, so that decoded binaries may be views of it. */
  isStable = true;

  /** Reads `source` from `offset` (default 0) to `end` (default all of it). */
  constructor(source: Uint8Array, offset: number = 0, end: number = source.length) {
    this.source = source;
    this.offset = offset;
    this.end = Math.min(end, source.length);
  }

  /** Bytes that are left. */
  get remaining(): number {
    return this.end - this.offset;
  }

  /** Throws unless `count` more bytes are there. */
  need(count: number): void {
    if (count > this.end - this.offset) this.#truncated(count);
  }

  #truncated(count: number): never {
    throw new DecodeError('DECODE_TRUNCATED', `${count} bytes wanted, ${this.remaining} left`, {
      offset: this.offset,
    });
  }

  u8(): number {
    if (this.offset >= this.end) this.#truncated(1);
    return this.source[this.offset++] as number;
  }

  u16(): number {
    this.need(2);
    const { source, offset } = this;
    this.offset = offset + 2;
    return ((source[offset] as number) << 8) | (source[offset + 1] as number);
  }

  u32(): number {
    return this.i32() >>> 0;
  }

  i32(): number {
    this.need(4);
    const { source, offset } = this;
    this.offset = offset + 4;
    return (
      ((source[offset] as number) << 24) |
      ((source[offset + 1] as number) << 16) |
      ((source[offset + 2] as number) << 8) |
      (source[offset + 3] as number)
    );
  }

  u64(): bigint {
    const high = this.u32();
    return (BigInt(high) << 32n) | BigInt(this.u32());
  }

  f64(): number {
    this.need(8);
    // The typed array is little-endian on every machine Node runs on; the wire is big-endian.
    for (let at = 7; at >= 0; at--) floatBytes[at] = this.source[this.offset++] as number;
    return floatValue[0] as number;
  }

  /** A view of the next `count` bytes; it keeps the whole input in memory. */
  bytes(count: number): Uint8Array {
    this.need(count);
    const { source, offset } = this;
    this.offset = offset + count;
    return new Uint8Array(source.buffer, source.byteOffset + offset, count);
  }

  skip(count: number): void {
    this.need(count);
    this.offset += count;
  }

  latin1(count: number): string {
    const { buffer, byteOffset } = this.bytes(count);
    return Buffer.from(buffer, byteOffset, count).toString('latin1');
  }

  /** Throws DECODE_BAD_VALUE when the bytes are not UTF-8. */
  utf8(count: number): string {
    const start = this.offset;
    const bytes = this.bytes(count);
    try {
      return strictUtf8.decode(bytes);
    } catch (cause) {
      throw new DecodeError('DECODE_BAD_VALUE', `${count} bytes of text are not UTF-8`, {
        offset: start,
        cause,
      });
    }
  }
}

/** Refuses what is not UTF-8 and keeps a leading U+FEFF, which is text like any other here. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
