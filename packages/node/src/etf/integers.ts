/**
 * Integers of any size, in the form of SMALL_BIG_EXT and LARGE_BIG_EXT: a sign and a little-endian magnitude.
 */

import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { LARGE_BIG_EXT, SMALL_BIG_EXT } from './tags.ts';

const wide = new BigUint64Array(1);
const wideBytes = new Uint8Array(wide.buffer);

/** Reads `count` bytes of magnitude. Leading zero bytes and a negative zero are accepted, as OTP does. */
export function readMagnitude(reader: ByteReader, count: number, isNegative: boolean): number | bigint {
  const bytes = reader.bytes(count);
  let length = count;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  if (length <= 6) {
    let value = 0;
    for (let at = length - 1; at >= 0; at -= 1) value = value * 256 + (bytes[at] as number);
    return isNegative && value !== 0 ? -value : value;
  }
  const magnitude = length <= 8 ? wideMagnitude(bytes, length) : longMagnitude(bytes, length);
  const value = isNegative ? -magnitude : magnitude;
  const narrow = Number(value);
  return length === 7 && Number.isSafeInteger(narrow) ? narrow : value;
}

function wideMagnitude(bytes: Uint8Array, length: number): bigint {
  wide[0] = 0n;
  for (let at = 0; at < length; at += 1) wideBytes[at] = bytes[at] as number;
  return wide[0];
}

/** Converts through hexadecimal text, the only conversion that takes linear time. */
function longMagnitude(bytes: Uint8Array, length: number): bigint {
  return BigInt(`0x${Buffer.from(bytes.subarray(0, length)).reverse().toString('hex')}`);
}

/** Writes an integer that does not fit into INTEGER_EXT, with as few bytes of magnitude as possible. */
export function writeMagnitude(writer: ByteWriter, value: bigint): void {
  const magnitude = value < 0n ? -value : value;
  const sign = value < 0n ? 1 : 0;
  if (magnitude <= 0xffff_ffff_ffff_ffffn) writeWide(writer, magnitude, sign);
  else writeLong(writer, magnitude, sign);
}

function writeWide(writer: ByteWriter, magnitude: bigint, sign: number): void {
  wide[0] = magnitude;
  let length = 8;
  while (wideBytes[length - 1] === 0) length -= 1;
  writer.u8(SMALL_BIG_EXT);
  writer.u8(length);
  writer.u8(sign);
  for (let at = 0; at < length; at += 1) writer.u8(wideBytes[at] as number);
}

function writeLong(writer: ByteWriter, magnitude: bigint, sign: number): void {
  const hex = magnitude.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').reverse();
  if (bytes.length <= 255) {
    writer.u8(SMALL_BIG_EXT);
    writer.u8(bytes.length);
  } else {
    writer.u8(LARGE_BIG_EXT);
    writer.u32(bytes.length);
  }
  writer.u8(sign);
  writer.bytes(bytes);
}
