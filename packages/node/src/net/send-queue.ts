/**
 * The outgoing half of a connection: frames are encoded straight into one buffer, which goes to the stream once per turn
 * of the event loop; large messages leave in fragments as the stream takes them, with others in between. Detects when the peer
 * reads too slowly (congestion), and when too much is queued (overflow).
 */

import { nextTick } from 'node:process';
import type { FrameWriter } from '../distribution/frames/frame-writer.ts';
import { fragmentedAbove } from '../distribution/frames/framing.ts';
import { ByteWriter } from '../etf/index.ts';
import { OutgoingFragments, type Sender } from './outgoing-fragments.ts';
import type { ByteStream } from './transport.ts';
import { UnsentMessages } from './flow/unsent-messages.ts';
import { acquireWriter, releaseWriter, type WriterOwner } from './writer-pool.ts';

export interface SendQueueOptions {
  /** Above this many buffered bytes the queue is congested. */
  readonly highWaterBytes: number;
  /** Above this many buffered bytes `onOverflow` is called. */
  readonly maxBytes: number;
  readonly onOverflow: (bufferedBytes: number) => void;
  /** More than `highWaterBytes` have begun to wait. */
  readonly onCongested: () => void;
  /** After congestion no more than that wait. */
  readonly onRelaxed: () => void;
}

/** What has to be known of a message that may go out in fragments: messages of one sender stay in order. */
export interface MessageOrder {
  readonly sender: Sender;
}

/** This many encoded bytes are flushed before the end of the turn, so that the network is not idle meanwhile. */
const earlyFlushBytes = 64 * 1024;
const innerChunkBytes = 4096;
const lengthBytes = 4;
const tick = new Uint8Array(lengthBytes);

/**
 * A frame is written by `frames` between `begin` and `commit`, or `rollback` if it could not be encoded. Encoding a value may run code
 * that sends something itself (a getter, a proxy): such a frame gets its own writer and follows the frame that is being
 * written. The header of a frame refers to atoms of the frames before it, so frames go out in the order in which they are sealed.
 */
export class SendQueue implements WriterOwner {
  /** Bytes written to the stream so far. */
  bytesOut = 0;
  readonly #stream: ByteStream;
  readonly #options: SendQueueOptions;
  readonly #frames: FrameWriter;
  #writer: ByteWriter | undefined;
  #frameStart = 0;
  /** Between `begin` and `commit` or `rollback`: the bytes after `#frameStart` are not a whole frame. */
  #isWriting = false;
  /** Whole frames that were encoded in the meantime. */
  #inner: Uint8Array[] | undefined;
  readonly #fragments: OutgoingFragments;
  /** Messages in the writer, whole frames of which the stream has none yet. */
  #messagesInWriter = 0;
  readonly #unsent = new UnsentMessages();
  /** Whether the stream has asked to wait. */
  #isBlocked = false;
  #isScheduled = false;
  #isCongested = false;
  #isRelaxing = false;
  #isClosed = false;
  readonly #flushLater = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  constructor(stream: ByteStream, frames: FrameWriter, options: SendQueueOptions) {
    this.#stream = stream;
    this.#frames = frames;
    this.#fragments = new OutgoingFragments(frames.atoms);
    this.#options = options;
    stream.onDrain(() => {
      this.#isBlocked = false;
      this.#unsent.clear();
      this.#pump();
      this.#relax();
    });
  }

  /** Bytes that have not left this process. */
  get bufferedBytes(): number {
    const written = this.#writer === undefined ? 0 : this.#writer.length;
    return this.#stream.bufferedBytes + this.#fragments.bufferedBytes + written;
  }

  /** Messages that have not left this process, at least in part: those that are lost if the connection ends now. */
  get unsentMessages(): number {
    // A stream that has not asked to wait has passed on what it got, or is about to.
    if (this.#isBlocked) this.#unsent.advance(this.bytesOut - this.#stream.bufferedBytes);
    else this.#unsent.clear();
    return this.#unsent.count + this.#fragments.messageCount + this.#messagesInWriter;
  }

  /** Starts a frame. Returns the writer for its content. */
  begin(): ByteWriter {
    if (this.#isWriting) return this.#beginInner();
    const writer = (this.#writer ??= acquireWriter(this));
    this.#frameStart = writer.length;
    this.#isWriting = true;
    writer.u32(0);
    return writer;
  }

  rollback(writer: ByteWriter): void {
    if (writer !== this.#writer) return;
    writer.truncate(this.#frameStart);
    this.#endFrame(writer);
    if (writer.length === 0) this.flush();
    else this.#scheduleFlush(writer);
  }

  /** Queues the frame. With `order` it may go out in fragments. Returns `false` when the queue is congested. */
  commit(writer: ByteWriter, order?: MessageOrder): boolean {
    if (writer !== this.#writer) return this.#commitInner(writer, order);
    const length = writer.length - this.#frameStart - lengthBytes;
    if (order !== undefined && this.#fragments.takes(order.sender, length)) {
      this.#divert(writer, order);
    } else {
      this.#frames.seal(writer, this.#frameStart);
      this.#messagesInWriter += 1;
      this.#endFrame(writer);
      this.#scheduleFlush(writer);
    }
    if (this.bufferedBytes > this.#options.highWaterBytes) this.#congest();
    return !this.#isCongested;
  }

  #scheduleFlush(writer: ByteWriter): void {
    if (writer.length >= earlyFlushBytes) this.flush();
    else if (!this.#isScheduled) this.#schedule();
  }

  #beginInner(): ByteWriter {
    const writer = new ByteWriter(innerChunkBytes);
    writer.u32(0);
    return writer;
  }

  #commitInner(writer: ByteWriter, order?: MessageOrder): boolean {
    const frames = this.#frames;
    if (order !== undefined && this.#fragments.takes(order.sender, writer.length)) {
      const { bodyStart, list } = frames;
      const controlEnd = frames.controlEnd - bodyStart;
      this.#fragments.add(order.sender, {
        bytes: writer.finish().subarray(bodyStart),
        controlEnd,
        atoms: list,
      });
      return !this.#isCongested;
    }
    // The frame around it, which goes out first, is sealed later: this one refers to no atoms.
    frames.seal(writer, 0);
    this.#messagesInWriter += 1;
    (this.#inner ??= []).push(writer.finish());
    return !this.#isCongested;
  }

  /** Takes the frame out of the writer; it goes out in fragments, or after those of its sender. */
  #divert(writer: ByteWriter, { sender }: MessageOrder): void {
    const start = this.#frameStart;
    const { bodyStart, list: atoms } = this.#frames;
    const controlEnd = this.#frames.controlEnd - bodyStart;
    if (writer.length - start > fragmentedAbove) {
      // The memory of the frame is left to its fragments. What was encoded before goes out first.
      if (start > 0) this.#writeFrames(writer.take(start));
      const bytes = writer.finish().subarray(bodyStart - start);
      this.#fragments.add(sender, { bytes, controlEnd, atoms });
    } else {
      this.#fragments.add(sender, { bytes: writer.copyFrom(bodyStart), controlEnd, atoms });
      writer.truncate(start);
    }
    this.#endFrame(writer);
    this.flush();
    const { bufferedBytes } = this;
    if (bufferedBytes > this.#options.maxBytes) this.#options.onOverflow(bufferedBytes);
  }

  /** Writes fragments for as long as the stream takes them. */
  #pump(): void {
    while (!this.#isBlocked && !this.#isWriting && !this.#fragments.isEmpty) {
      // Frames that were sealed in the meantime go first: what follows may refer to their atoms.
      this.#writeOut();
      if (!this.#isBlocked) this.#writeFragment();
    }
  }

  #writeFragment(): void {
    const before = this.#fragments.messageCount;
    const frame = this.#fragments.next();
    if (frame !== undefined) this.#write(frame, before - this.#fragments.messageCount);
  }

  /** Appends the frames that were encoded while this frame was being written. */
  #endFrame(writer: ByteWriter): void {
    this.#isWriting = false;
    if (this.#inner === undefined) return;
    for (const frame of this.#inner) writer.bytes(frame);
    this.#inner = undefined;
  }

  /** Sends an empty frame immediately: it is due because nothing else goes out. */
  tick(): void {
    this.flush();
    this.#write([tick], 0);
  }

  /** Writes the encoded frames to the stream, unless a frame is incomplete. */
  flush(): void {
    if (this.#isWriting) return;
    this.#writeOut();
    this.#pump();
  }

  #writeOut(): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    this.#writeFrames(writer.finish());
    const isTaken = this.#stream.bufferedBytes === 0 && this.#fragments.isEmpty;
    releaseWriter(this, writer, isTaken);
  }

  /** Flushes the complete frames; nothing goes out afterwards. */
  close(): void {
    if (this.#isWriting && this.#writer !== undefined) {
      this.#writeFrames(this.#writer.take(this.#frameStart));
      this.#frameStart = 0;
    }
    this.flush();
    while (!this.#fragments.isEmpty) this.#writeFragment();
    this.#isClosed = true;
  }

  /** Writes what the writer had. */
  #writeFrames(bytes: Uint8Array): void {
    const messages = this.#messagesInWriter;
    this.#messagesInWriter = 0;
    this.#write([bytes], messages);
  }

  /** Writes the parts of a frame or of several, in which so many messages end. */
  #write(parts: readonly Uint8Array[], messages: number): void {
    if (this.#isClosed) return;
    for (const bytes of parts) {
      if (bytes.length === 0) continue;
      this.bytesOut += bytes.length;
      this.#isBlocked = !this.#stream.write(bytes);
    }
    const { bufferedBytes } = this.#stream;
    this.#unsent.add(messages, this.bytesOut, bufferedBytes);
    if (bufferedBytes > this.#options.maxBytes) this.#options.onOverflow(bufferedBytes);
    else if (this.#isCongested) this.#relax();
  }

  /**
   * Flushes at the end of the turn, after the microtasks: an async receiver that handles 1000 waiting messages then causes
   * one write. Measured on echoes with 1000 outstanding: 600,000/s, against 140,000/s from a microtask; the round trip of
   * a single echo is the same, and shorter than with `setImmediate`.
   */
  #schedule(): void {
    this.#isScheduled = true;
    nextTick(this.#flushLater);
  }

  #congest(): void {
    if (this.#isCongested) return;
    this.#isCongested = true;
    this.#options.onCongested();
  }

  /** In a microtask: this may be the middle of a frame, and listeners send. */
  #relax(): void {
    if (!this.#isCongested || this.#isRelaxing || !this.#hasRoom) return;
    this.#isRelaxing = true;
    queueMicrotask(() => {
      this.#isRelaxing = false;
      if (!this.#hasRoom) return;
      this.#isCongested = false;
      this.#options.onRelaxed();
    });
  }

  get #hasRoom(): boolean {
    return this.bufferedBytes <= this.#options.highWaterBytes;
  }
}
