/**
 * Messages of a peer that have arrived in part: "Fragmented messages" of the ERTS manual. Bounded in number, bytes and idle time. One
 * that is over a bound is dropped, and the rest of its fragments are ignored; a fragment that belongs to none, or is out of order, throws.
 */

import { DecodeError } from '../../errors.ts';
import type { AtomEntry } from '../../etf/byte-reader.ts';
import type { Limits } from '../../limits.ts';
import type { Control } from '../control-messages.ts';

/** A message of which fragments are missing. */
export interface PartialMessage {
  readonly control: Control;
  /** The atoms of its header: the slots of the cache may be overwritten before it is complete. */
  readonly atoms: readonly AtomEntry[];
}

/** A message that is complete. */
export interface CompleteMessage extends PartialMessage {
  /** The payload, or what was kept of it. */
  readonly bytes: Uint8Array;
  /** Whether the payload was over a bound. */
  readonly isDropped: boolean;
}

/** The first fragment of a message. */
export interface FirstFragment {
  readonly count: bigint;
  readonly message: PartialMessage | undefined;
  /** Its part of the payload; `undefined` if it was over the limit. */
  readonly first: Uint8Array | undefined;
  /** The number of bytes after `first` in the same memory that belong to it, if both are the table's to keep. */
  readonly room?: number | undefined;
}

interface Sequence {
  /** `undefined` if its control message could not be read: its fragments are ignored. */
  readonly message: PartialMessage | undefined;
  /** The id that its next fragment must have; they count down to 1. */
  next: bigint;
  bytes: Buffer;
  length: number;
  isDropped: boolean;
  /** Checks since its last fragment. */
  age: number;
}

/** More are never under way between well-behaved nodes: each of them is a process that waits. */
const maxSequences = 65_536;
/** Checks without a fragment after which a message is dropped; a connection checks four times in its net tick time. */
const maxAge = 8;
/** Room for the rest of a message that is little larger than a fragment, as one of 64 KiB with its envelope is. */
const spareBytes = 4096;
const nothing = Buffer.alloc(0);

/** The partial messages of one connection. */
export class FragmentTable {
  readonly #limits: Pick<Limits, 'maxFrameBytes' | 'maxFragmentBytes'>;
  readonly #sequences = new Map<bigint, Sequence>();
  #bytes = 0;

  constructor(limits: Pick<Limits, 'maxFrameBytes' | 'maxFragmentBytes'>) {
    this.#limits = limits;
  }

  /** The number of partial messages. */
  get size(): number {
    return this.#sequences.size;
  }

  /** The bytes that are kept for them. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Begins a message of `count` fragments, of which `first` is the payload of the first, `undefined` if it was over the limit. `count` is
   * more than 1.
   */
  begin(id: bigint, { count, message, first, room }: FirstFragment): void {
    if (this.#sequences.has(id)) throw broken(`the fragments of message ${id} begin twice`);
    if (this.#sequences.size >= maxSequences) {
      throw new DecodeError('DECODE_LIMIT', `more than ${maxSequences} messages have begun and not ended`, {
        offset: 0,
      });
    }
    const sequence: Sequence = {
      message,
      next: count - 1n,
      bytes: nothing,
      length: 0,
      isDropped: message === undefined,
      age: 0,
    };
    this.#sequences.set(id, sequence);
    if (first !== undefined && room !== undefined && message !== undefined)
      this.#adopt(sequence, first, room);
    else this.#keep(sequence, first);
  }

  /**
   * Adds a fragment; `bytes` is `undefined` for one over the limit. Returns the message that it completes; `undefined` too for one whose
   * control message was unreadable.
   */
  add(id: bigint, fragment: bigint, bytes: Uint8Array | undefined): CompleteMessage | undefined {
    const sequence = this.#sequences.get(id);
    if (sequence === undefined) throw broken(`a fragment belongs to message ${id}, which has not begun`);
    if (fragment !== sequence.next) {
      throw broken(`message ${id} continues with fragment ${fragment} instead of ${sequence.next}`);
    }
    sequence.next -= 1n;
    sequence.age = 0;
    this.#keep(sequence, bytes);
    if (fragment > 1n) return undefined;
    this.#sequences.delete(id);
    this.#bytes -= sequence.bytes.length;
    const { message, isDropped, length } = sequence;
    return message && { ...message, bytes: sequence.bytes.subarray(0, length), isDropped };
  }

  /** Leaves the first fragment where it is, with the memory after it for the rest. */
  #adopt(sequence: Sequence, first: Uint8Array, room: number): void {
    const { maxFrameBytes, maxFragmentBytes } = this.#limits;
    sequence.bytes = Buffer.from(first.buffer, first.byteOffset, first.length + room);
    sequence.length = first.length;
    this.#bytes += sequence.bytes.length;
    if (first.length > maxFrameBytes || this.#bytes > maxFragmentBytes) this.#drop(sequence);
  }

  /** Drops the messages that have not continued for a long time. Their control messages are returned. */
  dropIdle(): Control[] {
    const dropped: Control[] = [];
    for (const sequence of this.#sequences.values()) {
      sequence.age += 1;
      if (sequence.age < maxAge || sequence.isDropped) continue;
      this.#drop(sequence);
      if (sequence.message !== undefined) dropped.push(sequence.message.control);
    }
    return dropped;
  }

  /** Memory grows with the bytes that really arrived. */
  #keep(sequence: Sequence, bytes: Uint8Array | undefined): void {
    if (sequence.isDropped) return;
    if (bytes === undefined) return this.#drop(sequence);
    const { maxFrameBytes, maxFragmentBytes } = this.#limits;
    const needed = sequence.length + bytes.length;
    if (needed > maxFrameBytes) return this.#drop(sequence);
    if (needed > sequence.bytes.length) {
      const size = Math.max(needed + spareBytes, sequence.bytes.length * 2);
      const grown = Buffer.allocUnsafeSlow(Math.min(size, maxFrameBytes));
      grown.set(sequence.bytes.subarray(0, sequence.length));
      this.#bytes += grown.length - sequence.bytes.length;
      sequence.bytes = grown;
    }
    sequence.bytes.set(bytes, sequence.length);
    sequence.length = needed;
    if (this.#bytes > maxFragmentBytes) this.#drop(sequence);
  }

  #drop(sequence: Sequence): void {
    this.#bytes -= sequence.bytes.length;
    sequence.bytes = nothing;
    sequence.length = 0;
    sequence.isDropped = true;
  }
}

function broken(message: string): DecodeError {
  return new DecodeError('DECODE_BAD_VALUE', message, { offset: 0 });
}
