/**
 * The content of frames to messages, in both framings. A message that cannot be read is dropped and reported, and the next one is not
 * affected; a broken header or broken fragments throw, because nothing that follows can be trusted then.
 */

import { DecodeError } from '../../errors.ts';
import type { AtomEntry } from '../../etf/byte-reader.ts';
import { atom, ByteReader, type DecodeOptions, readTerm, type Term } from '../../etf/index.ts';
import type { Limits } from '../../limits.ts';
import { type Control, decodeControl, hasPayload, hasReason, kindOfOp, opOf } from '../control-messages.ts';
import { rowOf } from '../control-rows.ts';
import { AtomCache } from './atom-cache.ts';
import { ByteMemory } from './byte-memory.ts';
import { FragmentTable } from './fragment-table.ts';
import { type Framing, HeaderTag, passThrough, versionMagic } from './framing.ts';
import type { Packet } from './packet-decoder.ts';

/** Why a message was dropped. */
export interface UnreadMessage {
  readonly reason: 'malformed' | 'unknown-op' | 'limit';
  readonly op: number | undefined;
  readonly error?: unknown;
}

export interface FrameReaderOptions {
  readonly framing: Framing;
  readonly limits: Limits;
  /** How payloads are decoded. Default: lossless. */
  readonly decode: DecodeOptions | undefined;
  readonly onDropped: (dropped: UnreadMessage) => void;
}

/** Stands for the reason of a signal that could not be read: links and monitors have to be told in any case. */
const unreadable = atom('unreadable_reason');

/** Reads the frames of one connection, in order. `control` and `payload` are the message after `read` has returned `true`. */
export class FrameReader {
  control: Control | undefined;
  payload: Term;
  /** Bytes of the payload as it was encoded. */
  payloadBytes = 0;
  readonly #framing: Framing;
  readonly #limits: Limits;
  readonly #controlOptions: DecodeOptions;
  readonly #payloadOptions: DecodeOptions;
  readonly #onDropped: (dropped: UnreadMessage) => void;
  readonly #cache = new AtomCache();
  readonly #fragments: FragmentTable;
  /** The last control message, its bytes, and the atoms that they refer to. */
  readonly #lastBytes = new ByteMemory();
  #lastControl: Control | undefined;
  #lastAtoms: readonly AtomEntry[] | undefined;

  constructor({ framing, limits, decode, onDropped }: FrameReaderOptions) {
    this.#framing = framing;
    this.#limits = limits;
    this.#controlOptions = { limits };
    // One object for both if the options allow it: the decoder caches what it derived from the options it saw last, which
    // saves half the time of a small message.
    this.#payloadOptions = isLossless(decode) ? this.#controlOptions : { limits, ...decode };
    this.#onDropped = onDropped;
    this.#fragments = new FragmentTable(limits);
  }

  /** Reads a frame that is not empty. Returns whether it completes a message. Throws `DecodeError` when the framing is broken. */
  read(packet: Packet): boolean {
    const { bytes, start, end } = packet;
    const first = bytes[start];
    const second = end - start < 2 ? undefined : bytes[start + 1];
    const reader = new ByteReader(bytes, start + 2, end);
    reader.isStable = packet.isOwned;
    if (this.#framing === 'pass-through') {
      if (first !== passThrough || second !== versionMagic) throw notOf('pass-through', packet);
      return this.#readMessage(reader, packet.cutBytes);
    }
    if (first !== versionMagic) throw notOf('header', packet);
    switch (second) {
      case HeaderTag.DIST_HEADER:
        reader.atoms = this.#cache.readHeader(reader);
        return this.#readMessage(reader, packet.cutBytes);
      case HeaderTag.DIST_FRAG_HEADER:
        return this.#beginMessage(reader, packet.cutBytes);
      case HeaderTag.DIST_FRAG_CONT:
        return this.#continueMessage(reader, packet.cutBytes);
      default:
        throw notOf('header', packet);
    }
  }

  /** Drops messages that have begun and not continued for a long time. Called regularly. */
  dropIdle(): void {
    for (const { kind } of this.#fragments.dropIdle()) {
      this.#drop('limit', rowOf(kind).op, new Error('the rest of the message did not arrive'));
    }
  }

  #readMessage(reader: ByteReader, cutBytes: number): boolean {
    const control = this.#readControl(reader);
    if (control === undefined) return false;
    if (cutBytes > 0) return this.#giveUp(control, 'limit', this.#tooLarge(reader.end + cutBytes));
    return this.#readPayload(control, reader);
  }

  /* u64 sequence | u64 fragment | header | control term | start of the payload */
  #beginMessage(reader: ByteReader, cutBytes: number): boolean {
    const id = reader.u64();
    const count = reader.u64();
    if (count === 0n)
      throw new DecodeError('DECODE_BAD_VALUE', `message ${id} has no fragments`, { offset: 2 });
    const atoms = this.#cache.readHeader(reader);
    reader.atoms = atoms;
    if (count === 1n) return this.#readMessage(reader, cutBytes);
    const control = this.#readControl(reader);
    const message = control && { control, atoms };
    const first = restOf(reader, cutBytes);
    const room = reader.isStable ? reader.source.length - reader.end : undefined;
    this.#fragments.begin(id, { count, message, first, room });
    return false;
  }

  /* u64 sequence | u64 fragment | bytes of the payload */
  #continueMessage(reader: ByteReader, cutBytes: number): boolean {
    const id = reader.u64();
    const fragment = reader.u64();
    const message = this.#fragments.add(id, fragment, restOf(reader, cutBytes));
    if (message === undefined) return false;
    const { control, isDropped, bytes, atoms } = message;
    if (isDropped) return this.#giveUp(control, 'limit', this.#tooLarge(this.#limits.maxFrameBytes));
    const payload = new ByteReader(bytes);
    payload.atoms = atoms;
    return this.#readPayload(control, payload);
  }

  /** The control message; `undefined` if it cannot be read, which is reported. */
  #readControl(reader: ByteReader): Control | undefined {
    // A process that sends many messages to another one repeats the same bytes, which then mean the same.
    const { atoms } = reader;
    if (atoms === this.#lastAtoms && this.#lastBytes.skipSame(reader)) return this.#lastControl;
    const start = reader.offset;
    let op: number | undefined;
    try {
      const term = readTerm(reader, this.#controlOptions);
      op = opOf(term);
      if (op === undefined || kindOfOp(op) !== undefined) {
        const control = decodeControl(term);
        if (isRepeatable(control) && this.#lastBytes.keep(reader, start)) {
          this.#lastAtoms = atoms;
          this.#lastControl = control;
        }
        return control;
      }
      this.#drop('unknown-op', op);
    } catch (error) {
      this.#drop('malformed', op, error);
    }
    return undefined;
  }

  #readPayload(control: Control, reader: ByteReader): boolean {
    this.payloadBytes = reader.end - reader.offset;
    try {
      this.payload = hasPayload(control.kind) ? this.#readPayloadTerm(reader) : undefined;
      this.control = control;
      return true;
    } catch (error) {
      return this.#giveUp(control, 'malformed', error);
    }
  }

  #readPayloadTerm(reader: ByteReader): Term {
    if (this.#framing === 'pass-through') {
      const first = reader.u8();
      if (first !== versionMagic) {
        throw new DecodeError('DECODE_BAD_TAG', `the payload starts with ${first} instead of 131`, {
          offset: reader.offset - 1,
          tag: first,
        });
      }
    }
    return readTerm(reader, this.#payloadOptions);
  }

  /** Reports that the payload of a message is lost. A signal goes on without its reason. */
  #giveUp(control: Control, reason: UnreadMessage['reason'], error: unknown): boolean {
    this.#drop(reason, rowOf(control.kind).op, error);
    if (!hasReason(control)) return false;
    this.control = control;
    this.payload = unreadable;
    this.payloadBytes = 0;
    return true;
  }

  #tooLarge(bytes: number): DecodeError {
    const message = `a message of at least ${bytes} bytes is over limits.maxFrameBytes (${this.#limits.maxFrameBytes}) or limits.maxFragmentBytes`;
    return new DecodeError('DECODE_LIMIT', message, { offset: 0 });
  }

  #drop(reason: UnreadMessage['reason'], op: number | undefined, error?: unknown): void {
    this.#onDropped({ reason, op, error });
  }
}

/** What the frame has of the payload; `undefined` if a part of it was cut off. */
function restOf({ source, offset, end }: ByteReader, cutBytes: number): Uint8Array | undefined {
  return cutBytes > 0 ? undefined : source.subarray(offset, end);
}

/** Whether the same bytes may be answered by the same object: it has no terms, which a receiver could change. */
function isRepeatable(control: Control): boolean {
  switch (control.kind) {
    case 'SEND':
    case 'SEND_SENDER':
    case 'REG_SEND':
    case 'ALIAS_SEND':
      return true;
    default:
      return control.kind === 'ALTACT_SIG_SEND' && control.token === undefined;
  }
}

function notOf(framing: Framing, { bytes, start, end }: Packet): DecodeError {
  const wanted = framing === 'header' ? '131, 68 to 70' : '112, 131';
  const found = end - start < 2 ? `${end - start} byte` : `${bytes[start]}, ${bytes[start + 1]}`;
  return new DecodeError('DECODE_BAD_TAG', `a frame starts with ${found} instead of ${wanted}`, {
    offset: 0,
  });
}

function isLossless({ binaries = 'bytes', maps = 'term', limits }: DecodeOptions = {}): boolean {
  return binaries === 'bytes' && maps === 'term' && limits === undefined;
}
