/**
 * A cursor over untrusted bytes: every read is first checked against the end and throws `DecodeError` DECODE_TRUNCATED.
 * Integers are big-endian. Nothing is copied; `bytes` returns views.
 */

import { DecodeError } from '../errors.ts';
import type { Term } from './terms.ts';

const floatBytes = new Uint8Array(8);
const floatValue = new Float64Array(floatBytes.buffer);

/** @internal An atom as a term and as a name: nodes and modules are stored by name. */
export type AtomEntry = { readonly bytes: Uint8Array; readonly term: Term; readonly name: string };

/** Reads values from bytes, in order. Every method throws `DecodeError` DECODE_TRUNCATED at the end of the input. */
export class ByteReader {
  /** @internal The input. The decoder reads here directly. */
  readonly source: Uint8Array;
  /** Where the next read starts, in bytes from the start of the input. */
  offset: number;
  /** @internal Where the input ends. */
  readonly end: number;
  /** Whether the input never changes, so decoded binaries may be views of it. */
  isStable = true;
  /** @internal The atoms of the distribution header before the terms, if there was one. */
  atoms: readonly AtomEntry[] | undefined = undefined;
  /** @internal Where references to those atoms were read, once a fun was begun: its bytes have to do without the header. */
  references: number[] | undefined = undefined;

  /** Reads `source` from `offset` (default 0) to `end` (default all of it). */
  constructor(source: Uint8Array, offset: number = 0, end: number = source.length) {
    this.source = source;
    this.offset = offset;
    this.end = Math.min(end, source.length);
  }

  /** The number of remaining bytes. */
  get remaining(): number {
    return this.end - this.offset;
  }

  /** Throws unless at least `count` bytes remain. */
  need(count: number): void {
    if (count > this.end - this.offset) this.#truncated(count);
  }

  #truncated(count: number): never {
    throw new DecodeError(
      'DECODE_TRUNCATED',
      `the input is truncated: ${count} bytes are needed, ${this.remaining} are left`,
      {
        offset: this.offset,
      },
    );
  }

  /** An unsigned 8-bit integer. */
  u8(): number {
    if (this.offset >= this.end) this.#truncated(1);
    return this.source[this.offset++] as number;
  }

  /** An unsigned 16-bit integer. */
  u16(): number {
    this.need(2);
    const { source, offset } = this;
    this.offset = offset + 2;
    return ((source[offset] as number) << 8) | (source[offset + 1] as number);
  }

  /** An unsigned 32-bit integer. */
  u32(): number {
    return this.i32() >>> 0;
  }

  /** A signed 32-bit integer. */
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

  /** An unsigned 64-bit integer. */
  u64(): bigint {
    const high = this.u32();
    return (BigInt(high) << 32n) | BigInt(this.u32());
  }

  /** A 64-bit float. */
  f64(): number {
    this.need(8);
    // Typed arrays are little-endian on every machine Node runs on; the wire format is big-endian.
    for (let at = 7; at >= 0; at -= 1) floatBytes[at] = this.source[this.offset++] as number;
    return floatValue[0] as number;
  }

  /** A view of the next `count` bytes; it keeps the whole input in memory. */
  bytes(count: number): Uint8Array {
    this.need(count);
    const { source, offset } = this;
    this.offset = offset + count;
    return new Uint8Array(source.buffer, source.byteOffset + offset, count);
  }

  /** Skips `count` bytes. */
  skip(count: number): void {
    this.need(count);
    this.offset += count;
  }

  /** The next `count` bytes as Latin-1 text. */
  latin1(count: number): string {
    const { buffer, byteOffset } = this.bytes(count);
    return Buffer.from(buffer, byteOffset, count).toString('latin1');
  }

  /** The next `count` bytes as UTF-8 text. Throws DECODE_BAD_VALUE when they are not valid UTF-8. */
  utf8(count: number): string {
    const start = this.offset;
    const bytes = this.bytes(count);
    try {
      return strictUtf8.decode(bytes);
    } catch (cause) {
      throw new DecodeError('DECODE_BAD_VALUE', `${count} bytes of text are not valid UTF-8`, {
        offset: start,
        cause,
      });
    }
  }
}

/** Rejects invalid UTF-8, and keeps a leading U+FEFF, which is ordinary text here. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
