/**
 * Splits the byte stream after the handshake into frames: `u32 length`, then that many bytes; length 0 is a tick. Chunks are not
 * joined: a frame within one chunk is read in place. Of a frame over the limit only the beginning is kept, and the rest is skipped.
 */

import { DecodeError } from '../../errors.ts';

/** A frame without its length: `bytes.subarray(start, end)`. */
export interface Packet {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Whether the bytes belong to this frame alone and never change; those of a frame within a chunk belong to the chunk. */
  readonly isOwned: boolean;
  /** How many bytes at its end were over the limit and are lost. */
  readonly cutBytes: number;
}

const lengthBytes = 4;
/** What is kept of a frame over the limit: a header with 255 long atoms and a control message fit. */
const keptBytes = 512 * 1024;
/** No node sends such a frame: the stream is not what it seems to be. */
const maxAnnouncedBytes = 2 ** 31;
const emptyBytes = new Uint8Array(0);

/** The most that is allocated for a frame on the basis of its announced length alone. */
const firstAllocationBytes = 256 * 1024;
/**
 * Room after a frame that may be the first fragment of a message little larger than it, as one of 64 KiB with its envelope is: the rest is
 * then appended in place.
 */
const spareBytes = 4096;
const fragmentFrameBytes = 64 * 1024;

/**
 * Add a chunk with `push`, then call `next` until it returns `false`. The decoder is the current frame, valid until the next call of
 * `next` or `push`. Do not use a decoder after it threw.
 */
export class PacketDecoder implements Packet {
  bytes: Uint8Array = emptyBytes;
  start = 0;
  end = 0;
  isOwned = false;
  cutBytes = 0;
  readonly #maxFrameBytes: number;
  #chunk: Uint8Array = emptyBytes;
  #offset = 0;
  /** The frame being assembled: its announced length (-1: not known yet), the bytes that have arrived, and their number. */
  #length = -1;
  #partial: Uint8Array = emptyBytes;
  #filled = 0;
  /** How many bytes of the frame before are still to be skipped. */
  #toSkip = 0;

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
    if (this.isBetweenFrames) {
      const chunk = this.#chunk;
      const offset = this.#offset;
      const start = offset + lengthBytes;
      if (start > chunk.length) return this.#continueFrame();
      const length = readLength(chunk, offset);
      if (start + length > chunk.length || length > this.#maxFrameBytes) return this.#continueFrame();
      this.bytes = chunk;
      this.isOwned = false;
      this.cutBytes = 0;
      this.start = start;
      this.end = start + length;
      this.#offset = this.end;
      return true;
    }
    return this.#continueFrame();
  }

  /** Whether the stream may end here, because it is not in the middle of a frame. */
  get isBetweenFrames(): boolean {
    return this.#length < 0 && this.#filled === 0 && this.#toSkip === 0;
  }

  #continueFrame(): boolean {
    if (this.#toSkip > 0 && !this.#skip()) return false;
    if (this.#length < 0) {
      if (!this.#fill(lengthBytes)) return false;
      this.#length = readLength(this.#partial, 0);
      checkLength(this.#length);
      this.#partial = emptyBytes;
      this.#filled = 0;
    }
    const isCut = this.#length > this.#maxFrameBytes;
    const kept = isCut ? Math.min(keptBytes, this.#maxFrameBytes) : this.#length;
    if (!this.#fill(kept, isCut || kept < fragmentFrameBytes ? 0 : spareBytes)) return false;
    this.cutBytes = this.#length - kept;
    this.#toSkip = this.cutBytes;
    this.bytes = this.#partial;
    this.isOwned = true;
    this.start = 0;
    this.end = kept;
    this.#length = -1;
    this.#partial = emptyBytes;
    this.#filled = 0;
    return true;
  }

  /** Copies bytes of the chunk into `#partial` until it holds `wanted`. Memory grows with the bytes that really arrived, and `spare`. */
  #fill(wanted: number, spare: number = 0): boolean {
    const available = this.#chunk.length - this.#offset;
    const take = Math.min(wanted - this.#filled, available);
    const needed = this.#filled + take;
    if (needed > this.#partial.length) {
      const size = Math.min(wanted, Math.max(firstAllocationBytes, needed, this.#partial.length * 2));
      const grown = Buffer.allocUnsafe(size === wanted ? size + spare : size);
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

  /** Skips what is left of a frame that was cut. Returns `false` when more of it is to come. */
  #skip(): boolean {
    const step = Math.min(this.#toSkip, this.#chunk.length - this.#offset);
    this.#toSkip -= step;
    this.#offset += step;
    if (this.#offset === this.#chunk.length) this.#releaseChunk();
    return this.#toSkip === 0;
  }
}

function checkLength(length: number): void {
  if (length < maxAnnouncedBytes) return;
  throw new DecodeError(
    'DECODE_LIMIT',
    `a frame of ${length} bytes was announced, more than any node sends`,
    {
      offset: 0,
    },
  );
}

function readLength(bytes: Uint8Array, offset: number): number {
  // Not a DataView: it would have to be created for every chunk.
  return (
    (bytes[offset] ?? 0) * 0x1000000 +
    (((bytes[offset + 1] ?? 0) << 16) | ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0))
  );
}
