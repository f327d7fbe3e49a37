/**
 * Messages that are too large for one frame, while their fragments go out one after another: those of different senders in turn, so
 * that none waits for another. What a sender sends in the meantime follows its own large message, as signals from one process to
 * another stay in order. Pure: the send queue asks for the next frame whenever the stream takes more.
 */

import { firstFragmentHead, nextFragmentHead, wholeHead } from '../distribution/frames/frame-writer.ts';
import { fragmentBytes, fragmentedAbove } from '../distribution/frames/framing.ts';
import type { AtomList, OutgoingAtoms } from '../distribution/frames/outgoing-atoms.ts';

/** A message that is encoded: its control message and its payload. Its header is made when it goes out. */
export interface EncodedMessage {
  /** The atoms that the terms refer to. */
  readonly atoms: AtomList;
  readonly bytes: Uint8Array;
  /** Where the control message ends, which is not divided. */
  readonly controlEnd: number;
}

/** Who sends a message: a process, or one that is known by its name only, which may be any of those that are sending. */
export type Sender = { readonly id: number; readonly serial: number } | string | undefined;

interface Lane {
  /** What the sender has sent, the first of which is under way. */
  readonly messages: EncodedMessage[];
  /** Messages of others that have to go out before this lane begins. */
  readonly after: readonly { readonly lane: Lane; readonly messages: number }[];
  /** Messages that were added since the lane exists, and those of them that have gone out. */
  added: number;
  sent: number;
  sequence: bigint;
  /** Fragments of the first message that have not gone out; 0 before it has begun. */
  left: number;
  /** The next byte of it. */
  at: number;
}

const lengthBytes = 4;

export class OutgoingFragments {
  readonly #lanes = new Map<string, Lane>();
  readonly #peerAtoms: OutgoingAtoms;
  #nextSequence = 1n;
  #bytes = 0;
  #messages = 0;
  #named = 0;

  /** `peerAtoms`: the atoms that the peer knows. */
  constructor(peerAtoms: OutgoingAtoms) {
    this.#peerAtoms = peerAtoms;
  }

  /** Whether nothing is under way: then a small message can go out at once. */
  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  /** Bytes that have not gone out. */
  get bufferedBytes(): number {
    return this.#bytes;
  }

  /** Messages that have not gone out completely. */
  get messageCount(): number {
    return this.#messages;
  }

  /** Whether a message has to be added here: because it is large, or because its sender has a large one under way. */
  takes(sender: Sender, byteLength: number): boolean {
    if (byteLength > fragmentedAbove) return true;
    return this.#lanes.size > 0 && (typeof sender === 'string' || this.#lanes.has(keyOf(sender)));
  }

  /** Adds a message after all others of its sender. */
  add(sender: Sender, message: EncodedMessage): void {
    this.#bytes += message.bytes.length;
    this.#messages += 1;
    const key = typeof sender === 'string' ? `name ${(this.#named += 1)}` : keyOf(sender);
    const lane = this.#lanes.get(key) ?? this.#makeLane(key, typeof sender === 'string');
    lane.messages.push(message);
    lane.added += 1;
  }

  /**
   * The parts of the next frame, with its length before it; `undefined` if there is none. It has to go out next: the peer learns atoms
   * from it, which later frames refer to.
   */
  next(): readonly Uint8Array[] | undefined {
    for (const [key, lane] of this.#lanes) {
      if (lane.after.some((other) => other.lane.sent < other.messages)) continue;
      // The others have their turn first.
      this.#lanes.delete(key);
      const frame = this.#frameOf(lane);
      if (lane.messages.length > 0) this.#lanes.set(key, lane);
      return frame;
    }
    return undefined;
  }

  #makeLane(key: string, isLast: boolean): Lane {
    const others = isLast ? [...this.#lanes.values()] : [];
    const after = others.map((lane) => ({ lane, messages: lane.added }));
    const lane = { messages: [], after, added: 0, sent: 0, sequence: 0n, left: 0, at: 0 };
    this.#lanes.set(key, lane);
    return lane;
  }

  #frameOf(lane: Lane): readonly Uint8Array[] {
    const [message] = lane.messages;
    if (message === undefined) return [];
    const { bytes } = message;
    if (lane.left === 0 && bytes.length <= fragmentedAbove) {
      this.#finish(lane);
      this.#bytes -= bytes.length;
      return framed(wholeHead(this.#peerAtoms.bytesOf(message.atoms)), bytes);
    }
    const head = this.#headOf(lane, message);
    const part = bytes.subarray(lane.at, endOf(lane, message));
    lane.at += part.length;
    lane.left -= 1;
    this.#bytes -= part.length;
    if (lane.left === 0) this.#finish(lane);
    return framed(head, part);
  }

  /** The first message has gone out. */
  #finish(lane: Lane): void {
    lane.messages.shift();
    lane.sent += 1;
    lane.at = 0;
    this.#messages -= 1;
  }

  #headOf(lane: Lane, { atoms, bytes, controlEnd }: EncodedMessage): Uint8Array {
    if (lane.left > 0) return nextFragmentHead(lane.sequence, lane.left);
    lane.sequence = this.#nextSequence;
    this.#nextSequence += 1n;
    lane.left = 1 + Math.ceil(Math.max(0, bytes.length - firstEnd(controlEnd)) / fragmentBytes);
    return firstFragmentHead(lane.sequence, lane.left, this.#peerAtoms.bytesOf(atoms));
  }
}

function endOf({ at }: Lane, { controlEnd }: EncodedMessage): number {
  return at === 0 ? firstEnd(controlEnd) : at + fragmentBytes;
}

/** The first fragment has the whole control message. */
function firstEnd(controlEnd: number): number {
  return Math.max(fragmentBytes, controlEnd);
}

function keyOf(sender: Exclude<Sender, string>): string {
  return sender === undefined ? '' : `${sender.id}.${sender.serial}`;
}

function framed(head: Uint8Array, body: Uint8Array): readonly Uint8Array[] {
  const start = new Uint8Array(lengthBytes + head.length);
  new DataView(start.buffer).setUint32(0, head.length + body.length);
  start.set(head, lengthBytes);
  return [start, body];
}
