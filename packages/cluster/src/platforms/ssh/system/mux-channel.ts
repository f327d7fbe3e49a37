/**
 * One channel as a stream that behaves like a socket: when the far side ends, the stream ends but stays writable; `destroy`
 * closes the channel; a lost connection is an error. Windows limit how much either side has to buffer.
 */

import { Duplex, Readable } from 'node:stream';
import { encodeData, encodeExec, encodeBareMessage, encodeWindow } from './channel-messages.ts';
import type { SshExit } from '../connection/ssh-connection.ts';

/** The part of a connection that a channel uses. */
export interface ChannelCarrier {
  /** Sends a packet. `false` means to wait until the connection calls `pump`. */
  send(packet: Buffer): boolean;
  readonly canSend: boolean;
}

/** Limits of what the far end may send us. */
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
  /** Bytes that were read and not yet credited to the far end. */
  #consumed = 0;
  /** Bytes in a full buffer. */
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

  /** Runs a command. Resolves with whether the far end accepted it. */
  run(command: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.#onReply = resolve;
      this.once('close', () => resolve(false));
      if (!this.#isCloseSent) this.#carrier.send(encodeExec(this.#remote, command));
    });
  }

  /** Handles the reply to a request. */
  receiveReply(isGranted: boolean): void {
    this.#onReply?.(isGranted);
    this.#onReply = undefined;
  }

  /** Answers an unknown request with a failure: servers use such requests as keepalives. */
  refuseRequest(): void {
    if (!this.#isCloseSent) this.#carrier.send(encodeBareMessage('failure', this.#remote));
  }

  /** Handles received data. Throws `RangeError` when it exceeds the window. */
  receive(data: Buffer, isError: boolean): void {
    this.#receiveWindow -= data.length;
    if (this.#receiveWindow < 0) throw new RangeError('more bytes than the window allows');
    if (this.destroyed) return;
    const kind = isError ? 'errors' : 'output';
    // Copied, because the packet may be part of a larger buffer that should not stay in memory.
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

  /** Handles a window adjustment: the far end can receive more. */
  grow(bytes: number): void {
    this.#sendWindow += bytes;
    this.pump();
  }

  /** Handles the close of the far end. */
  receiveClose(): void {
    this.#isCloseReceived = true;
    this.#sendClose();
    this.#failWrite(brokenPipe());
    this.receiveEnd();
    // The buffered output is read first: a command that is restarted after it ends must not overtake that output.
    if (this.readableEnded || this.destroyed) this.#finish();
    else this.once('end', () => this.#finish()).once('close', () => this.#finish());
  }

  /** Handles the loss of the connection. */
  lose(error: Error | undefined): void {
    this.#isCloseSent = true;
    this.#isCloseReceived = true;
    this.stderr.push(null);
    this.destroy(error);
    this.#finish();
  }

  /** Sends pending data, as far as the windows allow. */
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

  /** Handles a buffer that has room: credits its bytes to the far end, in large steps. */
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
