import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PacketDecoder } from '../../../src/distribution/frames/packet-decoder.ts';

function frame(bytes: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(4 + bytes.length);
  framed.writeUInt32BE(bytes.length);
  framed.set(bytes, 4);
  return framed;
}

function takeAll(decoder: PacketDecoder): Uint8Array[] {
  const frames: Uint8Array[] = [];
  while (decoder.next()) frames.push(decoder.bytes.slice(decoder.start, decoder.end));
  return frames;
}

describe('PacketDecoder', () => {
  test('finds the frames of one chunk, ticks included', () => {
    const decoder = new PacketDecoder(1000);
    decoder.push(
      Buffer.concat([frame(Uint8Array.of(1, 2)), frame(Uint8Array.of()), frame(Uint8Array.of(3))]),
    );
    assert.deepEqual(
      takeAll(decoder).map((found) => [...found]),
      [[1, 2], [], [3]],
    );
    assert.ok(decoder.isBetweenFrames);
  });

  test('reads a frame inside a chunk in place', () => {
    const decoder = new PacketDecoder(1000);
    const chunk = frame(Uint8Array.of(1, 2));
    decoder.push(chunk);
    assert.ok(decoder.next());
    assert.equal(decoder.bytes, chunk);
  });

  test('assembles a frame larger than any chunk', () => {
    const decoder = new PacketDecoder(10_000_000);
    const content = new Uint8Array(1_500_000).map((_, index) => index % 251);
    const bytes = frame(content);
    const frames: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; start += 60_000) {
      decoder.push(bytes.subarray(start, start + 60_000));
      frames.push(...takeAll(decoder));
    }
    assert.equal(frames.length, 1);
    assert.ok(Buffer.from(content).equals(frames[0]!));
  });

  test('keeps the beginning of a frame over the limit, skips the rest, and finds the next one', () => {
    const long = new Uint8Array(40).map((_, index) => index);
    const bytes = Buffer.concat([frame(long), frame(Uint8Array.of(7))]);
    for (const step of [1, 3, 17, 100]) {
      const decoder = new PacketDecoder(10);
      const found: unknown[] = [];
      for (let at = 0; at < bytes.length; at += step) {
        decoder.push(bytes.subarray(at, at + step));
        while (decoder.next()) {
          found.push([[...decoder.bytes.subarray(decoder.start, decoder.end)], decoder.cutBytes]);
        }
      }
      assert.deepEqual(found, [
        [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 30],
        [[7], 0],
      ]);
      assert.ok(decoder.isBetweenFrames);
    }
  });

  test('refuses a length that no node sends', () => {
    const decoder = new PacketDecoder(10);
    decoder.push(Uint8Array.of(0x80, 0, 0, 0));
    assert.throws(() => decoder.next(), { code: 'DECODE_LIMIT' });
  });

  test('takes little memory for a length that is only announced', () => {
    const decoder = new PacketDecoder(128 * 1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    decoder.push(Uint8Array.of(7, 255, 255, 255, 1, 2, 3));
    assert.equal(decoder.next(), false);
    assert.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
  });

  test('is not between frames after half a length', () => {
    const decoder = new PacketDecoder(10);
    decoder.push(Uint8Array.of(0, 0));
    assert.equal(decoder.next(), false);
    assert.equal(decoder.isBetweenFrames, false);
  });
});
