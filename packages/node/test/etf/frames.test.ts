/** The terms inside captured distribution frames (test/goldens/frames.json): each encodes to the bytes it came as. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ByteReader, ByteWriter, readTerm, writeTerm } from '../../src/etf/index.ts';

type Frame = { readonly release: string; readonly kind: string; readonly bytes: string };

const file = join(import.meta.dirname, '../../../../test/goldens/frames.json');
const { frames } = JSON.parse(readFileSync(file, 'utf8')) as { frames: Frame[] };

const PASS_THROUGH = 112;
const VERSION_MAGIC = 131;

describe('terms of captured frames', () => {
  for (const { release, kind, bytes } of frames) {
    test(`${kind} of OTP ${release}, ${bytes.length / 2} bytes`, () => {
      const frame = Buffer.from(bytes, 'hex');
      const reader = new ByteReader(frame, 4);
      assert.equal(reader.u8(), PASS_THROUGH);
      const writer = new ByteWriter();
      writer.u32(frame.length - 4);
      writer.u8(PASS_THROUGH);
      while (reader.remaining > 0) {
        assert.equal(reader.u8(), VERSION_MAGIC);
        writer.u8(VERSION_MAGIC);
        writeTerm(writer, readTerm(reader));
      }
      assert.equal(Buffer.from(writer.finish()).toString('hex'), bytes);
    });
  }
});
