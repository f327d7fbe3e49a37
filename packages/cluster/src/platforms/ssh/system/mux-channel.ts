/**
 * One channel as a stream that behaves as a socket does: the far end's end is an end, writing may go on after it,
 * `destroy` closes the channel, a lost connection is an error. Windows bound what either side has to keep.
 */

import { Duplex, Readable } from 'node:stream';
import { encodeData, encodeExec, encodeBareMessage, encodeWindow } from './channel-messages.ts';
import type { SshExit } from '../connection/ssh-connection.ts';

/** What a channel needs of its connection. */
export interface ChannelCarrier {
  /** `false` asks to wait until the channel is told to go on. */
  send(packet: Buffer): boolean;
  readonly canSend: boolean;
}

/** Of what we may be sent. */
export const localWindow: number = 2 * 1024 * 1024;
export const localMaxPacket: number = 32 * 1024;
const maxSendBytes = 32 * 1024;
const highWaterMark = 256 * 1024;

interface PendingWrite {
  bytes: Buffer;
  readonly done: (error?: Error | null) => void;
}

export class MuxChannel extends Duplex {
  readonly stderr: Readable;
  /** Never rejects. */
  readonly exited: Promise<SshExit>;
  readonly #carrier: ChannelCarrier;
  readonly #remote: number;
  readonly #maxPacket: number;
  readonly #resolveExit: (exit: SshExit) => void;
  #exit: SshExit = {};
  #sendWindow: number;
  #receiveWindow = localWindow;
  /** Bytes the reader has taken, of which the far end does not know yet. */
  #consumed = 0;
  /** Bytes that wait in a full buffer. */
  readonly #buffered = { output: 0, errors: 0 };
  #pending: PendingWrite | undefined;
  #onReply: ((isGranted: boolean) => void) | undefined;
  #isCloseSent = false;
  #isCloseReceived = false;

  constructor(
    carrier: ChannelCarrier,
    settings: { readonly remote: number; readonly window: number; readonly maxPacket: number },
  ) {
    super({
      allowHalfOpen: true,
      readableHighWaterMark: highWaterMark,
      writableHighWaterMark: highWaterMark,
    });
    this.#carrier = carrier;
    this.#remote = settings.remote;
    this.#sendWindow = settings.window;
    this.#maxPacket = Math.max(1, Math.min(settings.maxPacket, maxSendBytes));
    this.stderr = new Readable({ highWaterMark, read: () => this.#drained('errors') });
    const { promise, resolve } = Promise.withResolvers<SshExit>();
    this.exited = promise;
    this.#resolveExit = resolve;
  }

  /** Whether the far end runs the command. */
  run(command: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.#onReply = resolve;
      this.once('close', () => resolve(false));
      if (!this.#isCloseSent) this.#carrier.send(encodeExec(this.#remote, command));
    });
  }

  /** The answer to a request. */
  receiveReply(isGranted: boolean): void {
    this.#onReply?.(isGranted);
    this.#onReply = undefined;
  }

  /** A request that nobody here knows: servers ask so whether we are alive. */
  refuseRequest(): void {
    if (!this.#isCloseSent) this.#carrier.send(encodeBareMessage('failure', this.#remote));
  }

  /** Takes what arrived. Throws `RangeError` when that is more than was allowed. */
  receive(data: Buffer, isError: boolean): void {
    this.#receiveWindow -= data.length;
    if (this.#receiveWindow < 0) throw new RangeError('more bytes than the window allows');
    if (this.destroyed) return;
    const kind = isError ? 'errors' : 'output';
    // The packet may be a piece of a larger buffer, which should not be kept for it.
    const hasRoom = (isError ? this.stderr : this).push(Buffer.from(data));
    this.#buffered[kind] += data.length;
    if (hasRoom) this.#drained(kind);
  }

  receiveEnd(): void {
    if (!this.destroyed) this.push(null);
    this.stderr.push(null);
  }

  receiveExit(exit: SshExit): void {
    this.#exit = exit;
  }

  /** The far end may take more. */
  grow(bytes: number): void {
    this.#sendWindow += bytes;
    this.pump();
  }

  /** The far end has closed. */
  receiveClose(): void {
    this.#isCloseReceived = true;
    this.#sendClose();
    this.#failWrite(brokenPipe());
    this.receiveEnd();
    // The output that is here is read first; a command that is started again after its end must not overtake it.
    if (this.readableEnded || this.destroyed) this.#finish();
    else this.once('end', () => this.#finish()).once('close', () => this.#finish());
  }

  /** The connection is gone. */
  lose(error: Error | undefined): void {
    this.#isCloseSent = true;
    this.#isCloseReceived = true;
    this.stderr.push(null);
    this.destroy(error);
    this.#finish();
  }

  /** Writes on, as far as the windows let it. */
  pump(): void {
    let write = this.#pending;
    while (write !== undefined && this.#sendWindow > 0 && this.#carrier.canSend && !this.#isCloseSent) {
      const piece = write.bytes.subarray(0, Math.min(this.#sendWindow, this.#maxPacket));
      this.#carrier.send(encodeData(this.#remote, piece));
      this.#sendWindow -= piece.length;
      write.bytes = write.bytes.subarray(piece.length);
      if (write.bytes.length > 0) continue;
      this.#pending = undefined;
      write.done();
      write = this.#pending;
    }
  }

  override _read(): void {
    this.#drained('output');
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#isCloseSent) return done(brokenPipe());
    this.#pending = { bytes, done };
    this.pump();
  }

  override _final(done: (error?: Error | null) => void): void {
    if (!this.#isCloseSent) this.#carrier.send(encodeBareMessage('eof', this.#remote));
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#sendClose();
    this.#failWrite(error ?? brokenPipe());
    done(error);
  }

  get isOver(): boolean {
    return this.#isCloseSent && this.#isCloseReceived;
  }

  #finish(): void {
    this.#resolveExit(this.#exit);
    this.destroy();
  }

  #sendClose(): void {
    if (this.#isCloseSent) return;
    this.#isCloseSent = true;
    this.#carrier.send(encodeBareMessage('close', this.#remote));
  }

  #failWrite(error: Error): void {
    const write = this.#pending;
    this.#pending = undefined;
    write?.done(error);
  }

  /** A buffer is not full, or not any more: the far end may send as much again, said in large steps. */
  #drained(kind: 'output' | 'errors'): void {
    this.#consumed += this.#buffered[kind];
    this.#buffered[kind] = 0;
    if (this.#consumed < localWindow / 4 || this.#isCloseSent || this.#isCloseReceived) return;
    this.#carrier.send(encodeWindow(this.#remote, this.#consumed));
    this.#receiveWindow += this.#consumed;
    this.#consumed = 0;
  }
}

function brokenPipe(): Error {
  return Object.assign(new Error('the far side has closed the stream'), { code: 'EPIPE' });
}
