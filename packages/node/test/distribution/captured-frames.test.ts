import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  type Control,
  decodeControl,
  encodeControl,
  hasPayload,
} from '../../src/distribution/control-messages.ts';
import { checkPassThrough, PacketDecoder } from '../../src/distribution/packet-decoder.ts';
import { ByteReader, ByteWriter, readTerm, type Term, writeTerm } from '../../src/etf/index.ts';

interface CapturedFrame {
  readonly release: string;
  readonly kind: string;
  readonly bytes: string;
}

const goldens = new URL('../../../../test/goldens/frames.json', import.meta.url);
const { frames } = JSON.parse(readFileSync(goldens, 'utf8')) as { frames: CapturedFrame[] };

function decodeFrame(bytes: Uint8Array): { control: Control; payload: Term } {
  const packets = new PacketDecoder(1_000_000);
  packets.push(bytes);
  assert.ok(packets.next());
  checkPassThrough(packets.bytes, packets.start, packets.end);
  const reader = new ByteReader(packets.bytes, packets.start + 2, packets.end);
  const control = decodeControl(readTerm(reader));
  let payload: Term;
  if (hasPayload(control.kind)) {
    assert.equal(reader.u8(), 131);
    payload = readTerm(reader);
  }
  assert.equal(reader.remaining, 0);
  return { control, payload };
}

function encodeFrame({ control, payload }: { control: Control; payload: Term }): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(0);
  writer.u8(112);
  encodeControl(writer, control);
  if (hasPayload(control.kind)) {
    writer.u8(131);
    writeTerm(writer, payload);
  }
  writer.patchU32(0, writer.length - 4);
  return writer.finish();
}

describe('frames captured from real nodes', () => {
  for (const [index, { release, kind, bytes }] of frames.entries()) {
    test(`${kind} (frame ${index}, OTP ${release}) is read and written byte for byte`, () => {
      const decoded = decodeFrame(Buffer.from(bytes, 'hex'));
      assert.equal(decoded.control.kind, kind);
      assert.equal(Buffer.from(encodeFrame(decoded)).toString('hex'), bytes);
    });
  }
});
