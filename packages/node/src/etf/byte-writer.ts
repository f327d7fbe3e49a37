/**
 * A growing buffer to encode into. `finish` returns the written bytes as a view and continues after them: returned bytes
 * are never overwritten and never copied. Many small results share one chunk; keeping one of them keeps its chunk (16 KiB
 * unless the result is larger).
 */

import { EncodeError } from '../errors.ts';

const defaultChunkBytes = 16 * 1024;
/** The most that a writer holds between two calls of `finish`. More is an error: a frame ends long before. */
const maxWriterBytes = 2 ** 31 - 1;
/** Up to this many characters a loop is faster than a call into `Buffer`. Measured on Node 24: 24 ns against 55 ns at 16. */
const shortStringLength = 48;

// oxlint-disable-next-line typescript/unbound-method -- it is called with the bytes as `this` below
const lengthGetter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'length')
  ?.get as (this: Uint8Array) => number;

/**
 * @internal The real length of a typed array, even if a subclass or an own property claims another. Throws TypeError for
 * objects that only have the prototype of one.
 */
export const lengthOfBytes: (bytes: Uint8Array) => number = Function.prototype.call.bind(lengthGetter);

/** @internal Bytes in the form that is fastest to write: 32-bit words, the last one padded with zeros. */
export type ByteWords = { readonly words: Int32Array; readonly length: number };

/** @internal An atom to be written, encoded. `name` and `slot` are for connections that cache the atoms they have sent. */
export type AtomForm = ByteWords & { readonly name: string; readonly slot: number };

/** @internal The atoms that the distribution header of a frame is going to list. */
export interface AtomIndex {
  /** The index of the atom in the header, which may be new; -1 if the atom has to be written out. */
  indexOf(form: AtomForm): number;
}

/** @internal */
export function toWords(bytes: Uint8Array): ByteWords {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words = new Int32Array(padded.length / 4);
  for (let at = 0; at < words.length; at += 1) words[at] = view.getInt32(at * 4);
  return { words, length: bytes.length };
}

/** Writes values into a growing buffer, in order. Integers are big-endian. */
export class ByteWriter {
  /** @internal The current chunk; `position` is where the next byte goes. The encoder writes here directly. */
  chunk: Buffer;
  #view: DataView;
  #limit: number;
  /** @internal */
  position: number = 0;
  #start: number = 0;
  readonly #chunkBytes: number;
  /** @internal The atoms to refer to; `undefined`: every atom is written out. */
  atoms: AtomIndex | undefined = undefined;

  /** `chunkBytes` is the size of allocated chunks, by default 16 KiB. */
  constructor(chunkBytes: number = defaultChunkBytes) {
    this.#chunkBytes = chunkBytes;
    this.chunk = Buffer.allocUnsafeSlow(chunkBytes);
    this.#view = new DataView(this.chunk.buffer);
    this.#limit = chunkBytes;
  }

  /** The number of bytes written since the last `finish`. */
  get length(): number {
    return this.position - this.#start;
  }

  /** Makes room for `count` more bytes. Throws `EncodeError` ENCODE_TOO_LARGE beyond 2 GiB. */
  ensure(count: number): void {
    if (this.position + count > this.#limit) this.#grow(count);
  }

  #grow(count: number): void {
    const needed = this.length + count;
    if (needed > maxWriterBytes) {
      throw new EncodeError('ENCODE_TOO_LARGE', `a term larger than ${maxWriterBytes} bytes cannot be sent`);
    }
    const size = Math.min(Math.max(this.#chunkBytes, Math.ceil(needed * 1.5)), maxWriterBytes);
    const chunk = Buffer.allocUnsafeSlow(size);
    chunk.set(this.chunk.subarray(this.#start, this.position));
    this.position -= this.#start;
    this.#start = 0;
    this.#use(chunk);
  }

  #use(chunk: Buffer): void {
    this.chunk = chunk;
    this.#view = new DataView(chunk.buffer);
    this.#limit = chunk.length;
  }

  #takeChunk(): void {
    this.#use(Buffer.allocUnsafeSlow(this.#chunkBytes));
    this.position = 0;
    this.#start = 0;
  }

  /** The low 8 bits of `value`. */
  u8(value: number): void {
    this.ensure(1);
    this.chunk[this.position++] = value;
  }

  /** The low 16 bits of `value`. */
  u16(value: number): void {
    this.ensure(2);
    this.#view.setUint16(this.position, value);
    this.position += 2;
  }

  /** The low 32 bits of `value`; negative numbers become two's complement. */
  u32(value: number): void {
    this.ensure(4);
    this.#view.setUint32(this.position, value);
    this.position += 4;
  }

  /** A byte and the low 32 bits of a number in one step: the head of most terms. */
  head(tag: number, value: number): void {
    this.ensure(5);
    const { position } = this;
    this.chunk[position] = tag;
    this.#view.setUint32(position + 1, value);
    this.position = position + 5;
  }

  /** The low 64 bits of `value`. */
  u64(value: bigint): void {
    this.u32(Number(BigInt.asUintN(32, value >> 32n)));
    this.u32(Number(BigInt.asUintN(32, value)));
  }

  /** A 64-bit float. */
  f64(value: number): void {
    this.ensure(8);
    this.#view.setFloat64(this.position, value);
    this.position += 8;
  }

  /** The bytes themselves, without a length. */
  bytes(value: Uint8Array): void {
    const length = lengthOfBytes(value);
    this.ensure(length);
    const { chunk, position } = this;
    // `set` costs 15 ns a call, a loop 1 ns a byte.
    if (length > 24) chunk.set(value, position);
    else for (let at = 0; at < length; at += 1) chunk[position + at] = value[at] as number;
    this.position = position + length;
  }

  /** @internal Bytes that were prepared with `toWords`: four at a time, a third of the time of `bytes` for short texts. */
  words({ words, length }: ByteWords): void {
    this.ensure(length + 3);
    const { position } = this;
    // The last word may write up to three bytes too many; the next write overwrites them.
    for (let at = 0; at < words.length; at += 1) this.#view.setInt32(position + at * 4, words[at] as number);
    this.position = position + length;
  }

  /** One byte for each character. The caller must not pass characters above U+00FF: they lose their high bits. */
  latin1(value: string): void {
    this.ensure(value.length);
    for (let at = 0; at < value.length; at += 1) this.chunk[this.position++] = value.charCodeAt(at);
  }

  /** Writes `value` as UTF-8 and returns the number of bytes. Throws `EncodeError` for a lone surrogate. */
  utf8(value: string): number {
    const { length } = value;
    this.ensure(length > shortStringLength ? Buffer.byteLength(value) : length * 3);
    if (length <= shortStringLength && this.#ascii(value)) return length;
    if (!value.isWellFormed()) {
      throw new EncodeError('ENCODE_RANGE', 'the string contains a lone surrogate', {
        remedy: 'Repair it with toWellFormed().',
      });
    }
    const written = this.chunk.write(value, this.position, 'utf8');
    this.position += written;
    return written;
  }

  /** Writes an ASCII string and returns `true`; returns `false` without a change if it has any other character. */
  #ascii(value: string): boolean {
    const { chunk, position } = this;
    for (let at = 0; at < value.length; at += 1) {
      const code = value.charCodeAt(at);
      if (code > 0x7f) return false;
      chunk[position + at] = code;
    }
    this.position = position + value.length;
    return true;
  }

  /** Overwrites four bytes with a u32, at `offset` from the start of what the next `finish` returns. */
  patchU32(offset: number, value: number): void {
    this.chunk.writeUInt32BE(value, this.#start + offset);
  }

  /** @internal Leaves `count` bytes to be written later. */
  skip(count: number): void {
    this.ensure(count);
    this.position += count;
  }

  /** @internal Where a byte is in `chunk`, from its offset in what the next `finish` returns. */
  indexAt(offset: number): number {
    return this.#start + offset;
  }

  /** @internal Moves everything from `offset` on by `by` bytes, towards the end or the start. */
  shift(offset: number, by: number): void {
    if (by > 0) this.ensure(by);
    const from = this.#start + offset;
    this.chunk.copyWithin(from + by, from, this.position);
    this.position += by;
  }

  /** Discards everything written after `length`. */
  truncate(length: number): void {
    this.position = this.#start + length;
  }

  /** Returns everything written since the last call, as a view. The writer can be used afterwards. */
  finish(): Uint8Array {
    const { chunk, position } = this;
    const result = new Uint8Array(chunk.buffer, chunk.byteOffset + this.#start, position - this.#start);
    this.#start = position;
    // A chunk that grew for a large result belongs to that result, and is freed with it.
    if (chunk.length > this.#chunkBytes) this.#takeChunk();
    return result;
  }

  /** Returns the first `count` bytes of what `finish` would return. The bytes after them remain. */
  take(count: number): Uint8Array {
    const start = this.chunk.byteOffset + this.#start;
    this.#start += count;
    return new Uint8Array(this.chunk.buffer, start, count);
  }

  /** A copy of the bytes from `offset` on, from the start of what `finish` would return. The writer is not changed. */
  copyFrom(offset: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.chunk, this.#start + offset, this.position);
  }

  /** @internal Reuses the memory that `finish` returned last. Only call this when those bytes are no longer needed. */
  rewind(): void {
    this.position = 0;
    this.#start = 0;
  }
}
