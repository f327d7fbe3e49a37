import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ByteReader, ByteWriter } from '../../src/etf/index.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('ByteWriter', () => {
  test('writes big-endian', () => {
    const writer = new ByteWriter();
    writer.u8(1);
    writer.u16(0x0203);
    writer.u32(0x0405_0607);
    writer.u32(-1);
    writer.u64(0x08090a0b_0c0d0e0fn);
    writer.f64(1);
    writer.bytes(Uint8Array.of(0xaa, 0xbb));
    writer.latin1('\u00e9');
    assert.equal(writer.utf8('\u00e9'), 2);
    assert.equal(writer.length, 32);
    assert.equal(hex(writer.finish()), '01020304050607ffffffff08090a0b0c0d0e0f3ff0000000000000aabbe9c3a9');
  });

  test('grows, keeps what is there and gives out views that stay', () => {
    const writer = new ByteWriter(64);
    const results: Uint8Array[] = [];
    for (let round = 0; round < 200; round += 1) {
      for (let byte = 0; byte < round; byte += 1) writer.u8(round);
      results.push(writer.finish());
    }
    results.forEach((bytes, round) => assert.deepEqual(bytes, new Uint8Array(round).fill(round)));
  });

  test('patches and truncates, also after growing', () => {
    const writer = new ByteWriter(16);
    writer.u8(9);
    writer.finish();
    writer.u32(0);
    writer.bytes(new Uint8Array(100).fill(7));
    writer.patchU32(0, writer.length - 4);
    writer.u8(1);
    writer.truncate(104);
    assert.equal(hex(writer.finish()), `00000064${'07'.repeat(100)}`);
    assert.equal(writer.length, 0);
  });

  test('does not keep the chunk of a large result', () => {
    const writer = new ByteWriter(64);
    writer.bytes(new Uint8Array(100_000));
    writer.finish();
    writer.u8(1);
    assert.equal(writer.finish().buffer.byteLength, 64);
  });
});

describe('ByteReader', () => {
  test('reads what the writer wrote', () => {
    const reader = new ByteReader(
      Buffer.from('00010203040506078000000008090a0b0c0d0e0f3ff0000000000000e9c3a9aabb', 'hex'),
      1,
    );
    const numbers = [reader.u8(), reader.u16(), reader.u32(), reader.i32(), reader.u64(), reader.f64()];
    assert.deepEqual(numbers, [1, 0x0203, 0x0405_0607, -(2 ** 31), 0x08090a0b_0c0d0e0fn, 1]);
    assert.deepEqual([reader.latin1(1), reader.utf8(2), reader.remaining], ['\u00e9', '\u00e9', 2]);
    assert.deepEqual([...reader.bytes(2)], [0xaa, 0xbb]);
    assert.equal(reader.offset, 33);
  });

  test('throws instead of reading past the end it was given', () => {
    const reads: ((reader: ByteReader) => unknown)[] = [
      (reader) => reader.u16(),
      (reader) => reader.u32(),
      (reader) => reader.i32(),
      (reader) => reader.u64(),
      (reader) => reader.f64(),
      (reader) => reader.bytes(2),
      (reader) => reader.utf8(2),
      (reader) => reader.latin1(2),
      (reader) => reader.skip(2),
    ];
    for (const read of reads) {
      assert.throws(() => read(new ByteReader(new Uint8Array(100), 10, 11)), {
        code: 'DECODE_TRUNCATED',
        offset: 10,
      });
    }
    assert.throws(() => new ByteReader(new Uint8Array(0)).u8(), { code: 'DECODE_TRUNCATED' });
  });

  test('refuses text that is not UTF-8 and keeps a byte order mark', () => {
    assert.throws(() => new ByteReader(Uint8Array.of(0xff)).utf8(1), { code: 'DECODE_BAD_VALUE' });
    assert.equal(new ByteReader(Uint8Array.of(0xef, 0xbb, 0xbf)).utf8(3), '\ufeff');
  });
});
