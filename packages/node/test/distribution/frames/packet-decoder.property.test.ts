import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { PacketDecoder } from '../../../src/distribution/frames/packet-decoder.ts';
import { DecodeError } from '../../../src/errors.ts';

test('any chunking gives the same frames', () => {
  const frames = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });
  const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(frames, cuts, (contents, sizes) => {
      const bytes = Buffer.concat(contents.flatMap((content) => [lengthOf(content), content]));
      const decoder = new PacketDecoder(1000);
      const found: Uint8Array[] = [];
      for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
        const end = start + sizes[turn % sizes.length]!;
        decoder.push(bytes.subarray(start, end));
        while (decoder.next()) found.push(decoder.bytes.slice(decoder.start, decoder.end));
        start = end;
      }
      assert.deepEqual(
        found.map((content) => [...content]),
        contents.map((content) => [...content]),
      );
      assert.ok(decoder.isBetweenFrames);
    }),
    { numRuns: 300 },
  );
});

test('random bytes give frames, a wait for more, or a DecodeError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }), (chunks) => {
      const decoder = new PacketDecoder(50);
      try {
        for (const chunk of chunks) {
          decoder.push(chunk);
          while (decoder.next()) assert.ok(decoder.end - decoder.start <= 50);
        }
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error));
      }
    }),
  );
});

function lengthOf(content: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return length;
}
