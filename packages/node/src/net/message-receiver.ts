/**
 * The incoming half of a connection: chunks of bytes in, control messages with their payloads out. A message that cannot
 * be decoded, or whose receiver throws, is reported and skipped; broken framing throws.
 */

import { type Control, decodeControl, hasPayload, kindOfOp, opOf } from '../distribution/control-messages.ts';
import { checkPassThrough, PacketDecoder } from '../distribution/packet-decoder.ts';
import { DecodeError } from '../errors.ts';
import { ByteReader, type DecodeOptions, readTerm, type Term } from '../etf/index.ts';
import type { MessageDropReason } from '../events.ts';
import type { Limits } from '../limits.ts';

export type MessageListener = (control: Control, payload: Term, hasPayload: boolean) => void;

/** What is known about a dropped message. */
export interface DroppedMessage {
  readonly reason: MessageDropReason;
  readonly op: number | undefined;
  readonly error?: unknown;
}

export interface MessageReceiverOptions {
  readonly limits: Limits;
  /** How payloads are decoded. Default: lossless. */
  readonly decode: DecodeOptions | undefined;
  readonly onDropped: (dropped: DroppedMessage) => void;
}

const versionMagic = 131;

export class MessageReceiver {
  /** Receives the messages. */
  listener: MessageListener | undefined;
  bytesIn = 0;
  messagesIn = 0;
  messagesDropped = 0;
  readonly #packets: PacketDecoder;
  readonly #controlOptions: DecodeOptions;
  readonly #payloadOptions: DecodeOptions;
  readonly #onDropped: (dropped: DroppedMessage) => void;
  #isStopped = false;

  constructor({ limits, decode, onDropped }: MessageReceiverOptions) {
    this.#packets = new PacketDecoder(limits.maxFrameBytes);
    this.#controlOptions = { limits };
    // One object for both if the options allow it: the decoder caches what it derived from the options it saw last, which
    // saves half the time of a small message.
    this.#payloadOptions = isLossless(decode) ? this.#controlOptions : { limits, ...decode };
    this.#onDropped = onDropped;
  }

  /** Whether the bytes so far end with a whole message. */
  get isBetweenFrames(): boolean {
    return this.#packets.isBetweenFrames;
  }

  /** Stops delivery, including the rest of the current chunk. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Delivers the messages that `chunk` completes. Throws `DecodeError` when the framing is broken. */
  receive(chunk: Uint8Array): void {
    this.bytesIn += chunk.length;
    const packets = this.#packets;
    packets.push(chunk);
    while (!this.#isStopped && packets.next()) {
      if (packets.end === packets.start) continue;
      checkPassThrough(packets.bytes, packets.start, packets.end);
      this.messagesIn += 1;
      const reader = new ByteReader(packets.bytes, packets.start + 2, packets.end);
      reader.isStable = packets.isOwned;
      this.#takeMessage(reader);
    }
  }

  #takeMessage(reader: ByteReader): void {
    let control: Control | undefined;
    let op: number | undefined;
    let payload: Term;
    try {
      const term = readTerm(reader, this.#controlOptions);
      op = opOf(term);
      if (op !== undefined && kindOfOp(op) === undefined) return this.#drop({ reason: 'unknown-op', op });
      control = decodeControl(term);
      if (hasPayload(control.kind)) payload = this.#readPayload(reader);
    } catch (error) {
      return this.#drop({ reason: 'malformed', op, error });
    }
    try {
      this.listener?.(control, payload, hasPayload(control.kind));
    } catch (error) {
      // A peer must not be able to crash the node with a message that a receiver does not expect.
      this.#drop({ reason: 'receiver-failed', op, error });
    }
  }

  #readPayload(reader: ByteReader): Term {
    const first = reader.u8();
    if (first === versionMagic) return readTerm(reader, this.#payloadOptions);
    throw new DecodeError('DECODE_BAD_TAG', `the payload starts with ${first} instead of 131`, {
      offset: reader.offset - 1,
      tag: first,
    });
  }

  #drop(dropped: DroppedMessage): void {
    this.messagesDropped += 1;
    this.#onDropped(dropped);
  }
}

function isLossless({ binaries = 'bytes', maps = 'term', limits }: DecodeOptions = {}): boolean {
  return binaries === 'bytes' && maps === 'term' && limits === undefined;
}
