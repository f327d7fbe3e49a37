/** Bit strings: bytes of which the last one is used only partly. */

import { EncodeError } from '../errors.ts';
import { checkBytes, wrongType } from './argument-checks.ts';

/** A bit string whose size is not a multiple of 8. */
export class BitString {
  /** The bytes; unused bits of the last byte are zero. */
  readonly bytes: Uint8Array;
  /** The number of bits used of the last byte, 1 to 8: the most significant ones. */
  readonly lastBits: number;
  constructor(bytes: Uint8Array, lastBits: number) {
    checkBytes('the bytes of a bit string', bytes);
    checkLastBits(lastBits);
    const unused = 0xff >>> lastBits;
    const last = bytes.at(-1) ?? 0;
    // Bits that are not part of the value are zero, so that equal values have equal bytes.
    this.bytes = (last & unused) === 0 ? bytes : withLastByte(bytes, last & ~unused);
    this.lastBits = lastBits;
  }
}

export function checkLastBits(lastBits: unknown): void {
  if (typeof lastBits !== 'number') throw wrongType('the bits of the last byte', 'a number', lastBits);
  if (Number.isInteger(lastBits) && lastBits >= 1 && lastBits <= 8) return;
  const message = `the last byte of a bit string holds 1 to 8 bits, not ${lastBits}`;
  throw new EncodeError('ENCODE_RANGE', message);
}

function withLastByte(bytes: Uint8Array, last: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[copy.length - 1] = last;
  return copy;
}
