/**
 * Collects the single request of an EPMD connection, however its bytes were split. Pure. Buffers at most one request: a
 * length out of range, and bytes after the request, are refused before anything is stored.
 */

import { DecodeError } from '../errors.ts';
import { maxRequestBytes } from './messages.ts';

export class RequestReader {
  readonly #head = new Uint8Array(2);
  #headLength = 0;
  #body: Uint8Array | undefined;
  #bodyLength = 0;

  /** Adds the next bytes. Returns the request without its length once it is complete. Throws `DecodeError`. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    let rest = chunk;
    while (this.#headLength < 2 && rest.length > 0) {
      this.#head[this.#headLength] = rest[0] ?? 0;
      this.#headLength += 1;
      rest = rest.subarray(1);
    }
    if (this.#headLength < 2) return undefined;
    this.#body ??= new Uint8Array(this.#bodySize());
    const free = this.#body.length - this.#bodyLength;
    if (rest.length > free) {
      throw new DecodeError('DECODE_TRAILING', `${rest.length - free} bytes follow the request`, {
        offset: 2 + this.#body.length,
      });
    }
    this.#body.set(rest, this.#bodyLength);
    this.#bodyLength += rest.length;
    return this.#bodyLength === this.#body.length ? this.#body : undefined;
  }

  #bodySize(): number {
    const size = ((this.#head[0] ?? 0) << 8) | (this.#head[1] ?? 0);
    if (size >= 1 && size <= maxRequestBytes) return size;
    throw new DecodeError(
      'DECODE_LIMIT',
      `the request has ${size} bytes; it must have 1 to ${maxRequestBytes}`,
      {
        offset: 0,
      },
    );
  }
}
