/**
 * Collects the one request of an EPMD connection, however its bytes were split. Pure. Holds at most one request: a
 * length that is out of range, and bytes after the request, are refused before anything is kept.
 */
import { DecodeError } from '../errors.ts';
import { maxRequestBytes } from './messages.ts';

export class RequestReader {
  readonly #head = new Uint8Array(2);
  #headLength = 0;
  #body: Uint8Array | undefined;
  #bodyLength = 0;

  /** Takes the next bytes. Returns the request without its length once it is whole; throws DecodeError. */
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
    throw new DecodeError('DECODE_LIMIT', `a request has 1 to ${maxRequestBytes} bytes, not ${size}`, {
      offset: 0,
    });
  }
}
