/** Whole frames without atom cache, as bytes in hexadecimal. */

import assert from 'node:assert/strict';
import {
  type Control,
  decodeControl,
  encodeControl,
  hasPayload,
} from '../../src/distribution/control-messages.ts';
import { checkPassThrough, PacketDecoder } from '../../src/distribution/packet-decoder.ts';
import { ByteReader, ByteWriter, readTerm, type Term, writeTerm } from '../../src/etf/index.ts';

export interface Frame {
  readonly control: Control;
  readonly payload: Term;
}

export function decodeFrame(hex: string): Frame {
  const packets = new PacketDecoder(1_000_000);
  packets.push(Buffer.from(hex, 'hex'));
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

export function encodeFrame({ control, payload }: Frame): string {
  const writer = new ByteWriter();
  writer.u32(0);
  writer.u8(112);
  encodeControl(writer, control);
  if (hasPayload(control.kind)) {
    writer.u8(131);
    writeTerm(writer, payload);
  }
  writer.patchU32(0, writer.length - 4);
  return Buffer.from(writer.finish()).toString('hex');
}
