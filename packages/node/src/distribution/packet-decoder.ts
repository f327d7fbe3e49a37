/**
 * Splits the byte stream after the handshake into frames (`u32 length`, then that many bytes; length 0 is a tick) and
 * checks the first two bytes of every pass-through frame. Header framing (131, 68..70) is never negotiated, so it is
 * refused here. Chunks are not joined: a frame within one chunk is read in place.
 */

import { DecodeError } from '../errors.ts';

const lengthBytes = 4;
const passThrough = 112;
const versionMagic = 131;
const emptyBytes = new Uint8Array(0);

/** The most that is allocated for a frame on the basis of its announced length alone. */
const firstAllocationBytes = 256 * 1024;

/**
 * Add a chunk with `push`, then call `next` until it returns `false`. The current frame is `bytes.subarray(start, end)`,
 * without its length; it is valid until the next call of `next` or `push`. Do not use a decoder after it threw.
 */
export class PacketDecoder {
  bytes: Uint8Array = emptyBytes;
  start = 0;
  end = 0;
  /** Whether the bytes belong to this frame alone and never change; those of a frame within a chunk belong to the chunk. */
  isOwned = false;
  readonly #maxFrameBytes: number;
  #chunk: Uint8Array = emptyBytes;
  #offset = 0;
  /** The frame being assembled: its announced length (-1: not known yet), the bytes that have arrived, and their number. */
  #length = -1;
  #partial: Uint8Array = emptyBytes;
  #filled = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Adds a chunk. All frames of the previous chunk must have been read with `next`. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#offset = 0;
  }

  /** Finds the next whole frame. Returns `false` when it needs another chunk. */
  next(): boolean {
    if (this.#length < 0 && this.#filled === 0) {
      const chunk = this.#chunk;
      const offset = this.#offset;
      const start = offset + lengthBytes;
      if (start > chunk.length) return this.#continueFrame();
      const length = readLength(chunk, offset);
      if (start + length > chunk.length) return this.#continueFrame();
      this.bytes = chunk;
      this.isOwned = false;
      this.start = start;
      this.end = start + length;
      this.#offset = this.end;
      this.#checkLength(length);
      return true;
    }
    return this.#continueFrame();
  }

  /** Whether the stream may end here, because it is not in the middle of a frame. */
  get isBetweenFrames(): boolean {
    return this.#length < 0 && this.#filled === 0;
  }

  #continueFrame(): boolean {
    if (this.#length < 0) {
      if (!this.#fill(lengthBytes)) return false;
      this.#length = readLength(this.#partial, 0);
      this.#checkLength(this.#length);
      this.#partial = emptyBytes;
      this.#filled = 0;
    }
    if (!this.#fill(this.#length)) return false;
    this.bytes = this.#partial;
    this.isOwned = true;
    this.start = 0;
    this.end = this.#length;
    this.#length = -1;
    this.#partial = emptyBytes;
    this.#filled = 0;
    return true;
  }

  /** Copies bytes of the chunk into `#partial` until it holds `wanted`. Memory grows with the bytes that really arrived. */
  #fill(wanted: number): boolean {
    const available = this.#chunk.length - this.#offset;
    const take = Math.min(wanted - this.#filled, available);
    const needed = this.#filled + take;
    if (needed > this.#partial.length) {
      const size = Math.min(wanted, Math.max(firstAllocationBytes, needed, this.#partial.length * 2));
      const grown = Buffer.allocUnsafe(size);
      grown.set(this.#partial.subarray(0, this.#filled));
      this.#partial = grown;
    }
    this.#partial.set(this.#chunk.subarray(this.#offset, this.#offset + take), this.#filled);
    this.#offset += take;
    this.#filled = needed;
    if (this.#offset === this.#chunk.length) this.#releaseChunk();
    return needed === wanted;
  }

  #releaseChunk(): void {
    this.#chunk = emptyBytes;
    this.#offset = 0;
  }

  #checkLength(length: number): void {
    if (length <= this.#maxFrameBytes) return;
    throw new DecodeError(
      'DECODE_LIMIT',
      `a frame of ${length} bytes is larger than limits.maxFrameBytes (${this.#maxFrameBytes})`,
      { offset: 0 },
    );
  }
}

/** Throws `DecodeError` unless the frame starts with `112, 131`; the control term follows. */
export function checkPassThrough(bytes: Uint8Array, start: number, end: number): void {
  const first = bytes[start];
  if (end - start >= 2 && first === passThrough && bytes[start + 1] === versionMagic) return;
  const found = end - start < 2 ? `${end - start} byte` : `${first}, ${bytes[start + 1]}`;
  const hint =
    first === versionMagic ? ': that is the framing of the atom cache, which was not negotiated' : '';
  throw new DecodeError('DECODE_BAD_TAG', `a frame starts with ${found} instead of 112, 131${hint}`, {
    offset: 0,
  });
}

function readLength(bytes: Uint8Array, offset: number): number {
  // Not a DataView: it would have to be created for every chunk.
  return (
    (bytes[offset] ?? 0) * 0x1000000 +
    (((bytes[offset + 1] ?? 0) << 16) | ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0))
  );
}
