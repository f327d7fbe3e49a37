/**
 * The incoming half of a connection: chunks of bytes in, control messages with their payloads out. A message that cannot
 * be decoded, or whose receiver throws, is reported and skipped; broken framing throws.
 */

import { type Control, hasPayload } from '../distribution/control-messages.ts';
import { rowOf } from '../distribution/control-rows.ts';
import { FrameReader } from '../distribution/frames/frame-reader.ts';
import type { Framing } from '../distribution/frames/framing.ts';
import { PacketDecoder } from '../distribution/frames/packet-decoder.ts';
import type { DecodeOptions, Term } from '../etf/index.ts';
import type { MessageDropReason } from '../events.ts';
import type { Limits } from '../limits.ts';

/** `bytes`: those of the payload as it was encoded. */
// oxlint-disable-next-line max-params -- called for every message
export type MessageListener = (control: Control, payload: Term, hasPayload: boolean, bytes: number) => void;

/** What is known about a dropped message. */
export interface DroppedMessage {
  readonly reason: MessageDropReason;
  readonly op: number | undefined;
  readonly error?: unknown;
}

export interface MessageReceiverOptions {
  readonly framing: Framing;
  readonly limits: Limits;
  /** How payloads are decoded. Default: lossless. */
  readonly decode: DecodeOptions | undefined;
  readonly onDropped: (dropped: DroppedMessage) => void;
}

export class MessageReceiver {
  /** Receives the messages. */
  listener: MessageListener | undefined;
  bytesIn = 0;
  messagesIn = 0;
  messagesDropped = 0;
  readonly #packets: PacketDecoder;
  readonly #frames: FrameReader;
  readonly #onDropped: (dropped: DroppedMessage) => void;
  #isStopped = false;

  constructor({ framing, limits, decode, onDropped }: MessageReceiverOptions) {
    this.#packets = new PacketDecoder(limits.maxFrameBytes);
    this.#frames = new FrameReader({
      framing,
      limits,
      decode,
      onDropped: (dropped) => {
        this.messagesIn += 1;
        this.#drop(dropped);
      },
    });
    this.#onDropped = onDropped;
  }

  /** Whether the bytes so far end with a whole frame. */
  get isBetweenFrames(): boolean {
    return this.#packets.isBetweenFrames;
  }

  /** Stops delivery, including the rest of the current chunk. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Drops messages that have begun and not continued for a long time. */
  dropIdle(): void {
    this.#frames.dropIdle();
  }

  /** Delivers the messages that `chunk` completes. Throws `DecodeError` when the framing is broken. */
  receive(chunk: Uint8Array): void {
    this.bytesIn += chunk.length;
    const packets = this.#packets;
    packets.push(chunk);
    while (!this.#isStopped && packets.next()) {
      if (packets.end === packets.start) continue;
      if (this.#frames.read(packets)) this.#deliver();
    }
  }

  #deliver(): void {
    const { control, payload, payloadBytes } = this.#frames;
    if (control === undefined) return;
    this.messagesIn += 1;
    try {
      this.listener?.(control, payload, hasPayload(control.kind), payloadBytes);
    } catch (error) {
      // A peer must not be able to crash the node with a message that a receiver does not expect.
      this.#drop({ reason: 'receiver-failed', op: rowOf(control.kind).op, error });
    }
  }

  #drop(dropped: DroppedMessage): void {
    this.messagesDropped += 1;
    this.#onDropped(dropped);
  }
}
