/**
 * Cheap copies of small byte ranges. A separate typed array costs 35 ns up to 64 bytes, which V8 keeps inside the object,
 * and 400 ns above, where memory comes from the system; up to 2 KiB, a part of a shared slab costs 80 ns. A copy that is
 * kept keeps its slab of 8 KiB, as with the pool of Buffer.
 */

const maxInlineBytes = 64;
const maxSlabBytes = 2048;
const slabBytes = 8192;

let slab: Uint8Array = new Uint8Array(slabBytes);
let used = 0;

/** Copies `length` bytes of `source`, starting at `offset`. */
export function copyBytes(source: Uint8Array, offset: number, length: number): Uint8Array {
  if (length > maxSlabBytes) return Uint8Array.prototype.slice.call(source, offset, offset + length);
  if (length > maxInlineBytes) return copyToSlab(source, offset, length);
  const copy = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) copy[at] = source[offset + at] as number;
  return copy;
}

function copyToSlab(source: Uint8Array, offset: number, length: number): Uint8Array {
  if (used + length > slabBytes) {
    slab = new Uint8Array(slabBytes);
    used = 0;
  }
  const start = used;
  used += length;
  slab.set(source.subarray(offset, offset + length), start);
  return new Uint8Array(slab.buffer, start, length);
}
