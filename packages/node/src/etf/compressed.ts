/**
 * Terms compressed by `term_to_binary(Term, [compressed])`: the only use of zlib. The declared size is checked before
 * anything is inflated and enforced while inflating, so a few bytes cannot become gigabytes.
 */

import { inflateSync } from 'node:zlib';
import type { InflateRaw } from 'node:zlib';
import { DecodeError } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';

/* u32 uncompressed size | zlib stream to the end */
export function inflate(reader: ByteReader, maxBytes: number): Uint8Array {
  const { offset } = reader;
  const size = reader.u32();
  if (size > maxBytes) {
    const message = `a compressed term declares ${size} bytes; limits.maxUncompressedBytes is ${maxBytes}`;
    throw new DecodeError('DECODE_LIMIT', message, { offset });
  }
  const stream = reader.bytes(reader.remaining);
  const { buffer, engine } = inflateBounded(stream, size, offset);
  if (buffer.length !== size) {
    const message = `a compressed term declares ${size} bytes but has ${buffer.length}`;
    throw new DecodeError('DECODE_BAD_VALUE', message, { offset });
  }
  if (engine.bytesWritten === stream.length) return buffer;
  throw new DecodeError('DECODE_TRAILING', 'there are bytes after the compressed term', {
    offset: offset + 4 + engine.bytesWritten,
  });
}

type Inflated = { readonly buffer: Uint8Array; readonly engine: InflateRaw };

function inflateBounded(stream: Uint8Array, size: number, offset: number): Inflated {
  try {
    return inflateSync(stream, { info: true, maxOutputLength: Math.max(size, 1) }) as unknown as Inflated;
  } catch (cause) {
    const isCut = (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    const message = isCut
      ? 'a compressed term is truncated'
      : `a compressed term cannot be inflated to ${size} bytes`;
    throw new DecodeError(isCut ? 'DECODE_TRUNCATED' : 'DECODE_BAD_VALUE', message, { offset, cause });
  }
}
