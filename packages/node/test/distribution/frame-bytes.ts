/** Whole frames, as bytes in hexadecimal. */

import assert from 'node:assert/strict';
import { ByteWriter, type Term } from '../../src/etf/index.ts';
import type { Control } from '../../src/distribution/control-messages.ts';
import { FrameReader, type UnreadMessage } from '../../src/distribution/frames/frame-reader.ts';
import { FrameWriter } from '../../src/distribution/frames/frame-writer.ts';
import type { Framing } from '../../src/distribution/frames/framing.ts';
import { PacketDecoder } from '../../src/distribution/frames/packet-decoder.ts';
import { defaultLimits, type Limits } from '../../src/limits.ts';

export interface Frame {
  readonly control: Control;
  readonly payload: Term;
}

/** Reads the frames of one connection from bytes. */
export class FrameSource {
  readonly dropped: UnreadMessage[] = [];
  readonly #packets: PacketDecoder;
  readonly reader: FrameReader;

  constructor(framing: Framing, changed: Partial<Limits> = {}) {
    const limits = { ...defaultLimits, ...changed };
    this.#packets = new PacketDecoder(limits.maxFrameBytes);
    this.reader = new FrameReader({
      framing,
      limits,
      decode: undefined,
      onDropped: (dropped) => this.dropped.push(dropped),
    });
  }

  /** The messages that these bytes complete. Throws when the framing is broken. */
  read(bytes: Uint8Array): Frame[] {
    const messages: Frame[] = [];
    this.#packets.push(bytes);
    while (this.#packets.next()) {
      if (this.#packets.end === this.#packets.start || !this.reader.read(this.#packets)) continue;
      const { control, payload } = this.reader;
      assert.ok(control !== undefined);
      messages.push({ control, payload });
    }
    return messages;
  }
}

export function decodeFrame(hex: string): Frame {
  const source = new FrameSource('pass-through');
  const [frame, ...more] = source.read(Buffer.from(hex, 'hex'));
  assert.deepEqual([more, source.dropped], [[], []]);
  assert.ok(frame !== undefined);
  return frame;
}

export function encodeFrame(frame: Frame, framing: Framing = 'pass-through'): string {
  return Buffer.from(new FrameSink({ framing }).write(frame)).toString('hex');
}

/** Writes the frames of one connection. */
export class FrameSink {
  readonly frames: FrameWriter;
  readonly #writer = new ByteWriter();

  constructor({ framing, hasAtomCache = false }: { framing: Framing; hasAtomCache?: boolean }) {
    this.frames = new FrameWriter({ framing, hasAtomCache, encode: {} });
  }

  /** The next frame. When it throws `EncodeError`, there is none. */
  write(frame: Frame): Uint8Array {
    const writer = this.#writer;
    try {
      writer.u32(0);
      this.frames.write(writer, frame);
    } catch (error) {
      writer.truncate(0);
      throw error;
    }
    this.frames.seal(writer, 0);
    return writer.finish();
  }
}
