/**
 * Reads from all dialled sockets through one shared buffer, in which messages are decoded in place. Otherwise Node
 * allocates 64 KiB for every read, however short: echoing small messages one at a time cost 28 µs of processor time
 * instead of 20, binaries of 64 KiB 112 µs instead of 88. Accepted sockets have no such option.
 */

import type { OnReadOpts } from 'node:net';
import { platform } from 'node:process';

/**
 * It can be shared because a read and its callback are one step; not on Windows, where the system keeps the buffer of a
 * pending read.
 */
const buffer = platform === 'win32' ? undefined : Buffer.allocUnsafeSlow(256 * 1024);

/** Receives the reads of one socket. */
export class SharedReads {
  #consumer: ((bytes: Uint8Array) => void) | undefined;
  #early: Uint8Array | undefined;

  /** The `onread` option for a socket; `undefined` if the socket must read as usual. */
  static create(): { reads: SharedReads; onread: OnReadOpts } | undefined {
    if (buffer === undefined) return undefined;
    const reads = new SharedReads();
    return { reads, onread: { buffer, callback: (count, bytes) => reads.#take(bytes.subarray(0, count)) } };
  }

  /** Sets the consumer of the chunks; one that arrived before is delivered first. */
  attach(consumer: (bytes: Uint8Array) => void): void {
    this.#consumer = consumer;
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined) consumer(early);
  }

  /** Returning `false` pauses the socket. */
  #take(bytes: Uint8Array): boolean {
    if (this.#consumer === undefined) {
      this.#early = Buffer.from(bytes);
      return false;
    }
    this.#consumer(bytes);
    return true;
  }
}
