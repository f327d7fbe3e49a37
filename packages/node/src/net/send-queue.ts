/**
 * The outgoing half of a connection: frames are encoded straight into one buffer, which goes to the stream once per
 * turn of the event loop. Knows when the peer takes less than it is given, and when that has gone too far.
 */
import { ByteWriter } from '../etf/index.ts';
import type { ByteStream } from './transport.ts';

export interface SendQueueOptions {
  /** Above this many waiting bytes the queue is congested. */
  readonly highWaterBytes: number;
  /** Above this many waiting bytes `onOverflow` is called. */
  readonly maxBytes: number;
  readonly onOverflow: (bufferedBytes: number) => void;
  readonly onCongestion: (active: boolean) => void;
}

/** Encoded bytes that go out without waiting for the end of the turn, so that the network works meanwhile. */
const earlyFlushBytes = 64 * 1024;
const lengthBytes = 4;

/** Frames go `begin`, write, `commit`; or `rollback` when they could not be encoded. */
export class SendQueue {
  /** Where the content of the frame begun is written. */
  readonly writer: ByteWriter = new ByteWriter(earlyFlushBytes);
  bytesOut = 0;
  readonly #stream: ByteStream;
  readonly #options: SendQueueOptions;
  #frameStart = 0;
  #isScheduled = false;
  #isCongested = false;
  #isClosed = false;
  readonly #flushLater = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  constructor(stream: ByteStream, options: SendQueueOptions) {
    this.#stream = stream;
    this.#options = options;
    stream.onDrain(() => this.#relax());
  }

  /** Bytes that have not left this process. */
  get bufferedBytes(): number {
    return this.writer.length + this.#stream.bufferedBytes;
  }

  begin(): void {
    this.#frameStart = this.writer.length;
    this.writer.u32(0);
  }

  rollback(): void {
    this.writer.truncate(this.#frameStart);
  }

  /** Queues the frame. `false` when the peer takes less than it is given. */
  commit(): boolean {
    const { writer } = this;
    writer.patchU32(this.#frameStart, writer.length - this.#frameStart - lengthBytes);
    if (writer.length >= earlyFlushBytes) this.flush();
    else if (!this.#isScheduled) this.#schedule();
    if (this.bufferedBytes > this.#options.highWaterBytes) this.#congest();
    return !this.#isCongested;
  }

  /** Sends an empty frame, at once: it is due because nothing else goes out. */
  tick(): void {
    this.writer.u32(0);
    this.flush();
  }

  /** Gives the stream what has been encoded. */
  flush(): void {
    if (this.#isClosed || this.writer.length === 0) return;
    const bytes = this.writer.finish();
    this.bytesOut += bytes.length;
    this.#stream.write(bytes);
    const { bufferedBytes } = this.#stream;
    if (bufferedBytes > this.#options.maxBytes) this.#options.onOverflow(bufferedBytes);
    else if (this.#isCongested) this.#relax();
  }

  /** Flushes what there is; nothing goes out afterwards. */
  close(): void {
    this.flush();
    this.#isClosed = true;
  }

  #schedule(): void {
    this.#isScheduled = true;
    queueMicrotask(this.#flushLater);
  }

  #congest(): void {
    if (this.#isCongested) return;
    this.#isCongested = true;
    this.#options.onCongestion(true);
  }

  #relax(): void {
    if (!this.#isCongested || this.bufferedBytes > this.#options.highWaterBytes) return;
    this.#isCongested = false;
    this.#options.onCongestion(false);
  }
}
