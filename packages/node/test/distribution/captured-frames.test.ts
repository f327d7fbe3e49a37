import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { decodeFrame, encodeFrame } from './frame-bytes.ts';

interface CapturedFrame {
  readonly release: string;
  readonly kind: string;
  readonly bytes: string;
}

const goldens = new URL('../../../../test/goldens/frames.json', import.meta.url);
const { frames } = JSON.parse(readFileSync(goldens, 'utf8')) as { frames: CapturedFrame[] };

describe('frames captured from real nodes', () => {
  for (const [index, { release, kind, bytes }] of frames.entries()) {
    test(`${kind} (frame ${index}, OTP ${release}) is read and written byte for byte`, () => {
      const decoded = decodeFrame(bytes);
      assert.equal(decoded.control.kind, kind);
      assert.equal(encodeFrame(decoded), bytes);
    });
  }
});
