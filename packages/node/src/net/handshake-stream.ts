/**
 * Carries handshake messages over a byte stream: the short length prefix, a cap on what a stranger may send, one
 * deadline for the whole handshake. Bytes after the handshake are kept for the connection, so the switch to the long
 * prefix loses none.
 */
import type { Clock, Timer } from '../clock.ts';
import type { HandshakePort } from '../distribution/handshake.ts';
import { ConnectionError, ConvoyError, HandshakeError } from '../errors.ts';
import type { ByteStream } from './transport.ts';

export interface HandshakeStreamOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Longest message. */
  readonly maxBytes: number;
  /** Bytes of the length prefix. */
  readonly lengthBytes: 2 | 4;
  /** Who is at the other end, for messages to people. */
  readonly peer: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Waiter {
  readonly resolve: (message: Uint8Array | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Unread bytes above which the stream is paused. */
const pauseBytes = 64 * 1024;

/** The port of one handshake. Ends with `release` (then the stream goes on) or `fail` (then it is destroyed). */
export class HandshakeStream implements HandshakePort {
  readonly #stream: ByteStream;
  readonly #options: HandshakeStreamOptions;
  readonly #timer: Timer;
  #unread: Uint8Array = new Uint8Array(0);
  #waiter: Waiter | undefined;
  #phase = 'start';
  #isClosed = false;
  #failure: unknown;
  readonly #onAbort = (): void => this.#abort(this.#options.signal?.reason);

  constructor(stream: ByteStream, options: HandshakeStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#timer = options.clock.after(options.timeoutMs, () => this.#abort(this.#timeout()));
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    stream.onClose((error) => {
      this.#isClosed = true;
      // What the carrier can explain, such as a certificate that was refused, says more than that it is closed.
      if (error instanceof ConvoyError) this.#failure ??= error;
      this.#settle();
    });
    stream.onData((bytes) => this.#append(bytes));
    if (options.signal?.aborted === true) this.#onAbort();
  }

  send(message: Uint8Array): void {
    const { lengthBytes } = this.#options;
    const frame = Buffer.alloc(lengthBytes + message.length);
    frame.writeUIntBE(message.length, 0, lengthBytes);
    frame.set(message, lengthBytes);
    this.#stream.write(frame);
  }

  receive(phase: string): Promise<Uint8Array | undefined> {
    this.#phase = phase;
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.#stream.resume();
      this.#settle();
    });
  }

  /** Lets go of the stream, to be taken over in the same turn. Gives what was read beyond the handshake. */
  release(): Uint8Array {
    this.#stop();
    return this.#unread;
  }

  /** Gives the handshake up: an answer already written still goes out. */
  fail(): void {
    this.#stop();
    this.#stream.end();
  }

  #append(bytes: Uint8Array): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    this.#settle();
    if (this.#unread.length > pauseBytes) this.#stream.pause();
  }

  /** Gives the waiter what there is for it, if anything. */
  #settle(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    try {
      const message = this.#failure === undefined ? this.#takeMessage() : undefined;
      if (message === undefined && !this.#isClosed && this.#failure === undefined) return;
      this.#waiter = undefined;
      if (this.#failure === undefined) waiter.resolve(message);
      else waiter.reject(this.#failure);
    } catch (error) {
      this.#waiter = undefined;
      waiter.reject(error);
    }
  }

  #takeMessage(): Uint8Array | undefined {
    const { lengthBytes, maxBytes } = this.#options;
    const unread = this.#unread;
    if (unread.length < lengthBytes) return undefined;
    const length = Buffer.from(unread.buffer, unread.byteOffset, unread.length).readUIntBE(0, lengthBytes);
    if (length > maxBytes) throw isTlsRecord(unread) ? this.#tlsRequired() : this.#tooLong(length);
    const end = lengthBytes + length;
    if (unread.length < end) return undefined;
    this.#unread = unread.subarray(end);
    return unread.subarray(lengthBytes, end);
  }

  #abort(reason: unknown): void {
    this.#failure ??= reason;
    this.#settle();
  }

  #stop(): void {
    this.#timer.cancel();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }

  #timeout(): HandshakeError {
    const { peer, timeoutMs } = this.#options;
    return new HandshakeError(
      'HANDSHAKE_TIMEOUT',
      `${peer ?? 'a stranger'} took longer than ${timeoutMs} ms; the last thing waited for was ${this.#phase}. ` +
        'The port may belong to something else than a node, or speak TLS; or the network loses packets',
      { peer, phase: this.#phase },
    );
  }

  #tlsRequired(): ConnectionError {
    const { peer } = this.#options;
    return new ConnectionError(
      'CONNECTION_TLS_REQUIRED',
      `${peer ?? 'a stranger'} speaks TLS, this node does not`,
      {
        peer,
        remedy:
          'Give this node a TLS transport (createTlsTransport), or start the other one without -proto_dist inet_tls.',
      },
    );
  }

  #tooLong(length: number): HandshakeError {
    const { peer, maxBytes } = this.#options;
    return new HandshakeError(
      'HANDSHAKE_PROTOCOL',
      `${peer ?? 'a stranger'} announced a handshake message of ${length} bytes, more than ${maxBytes}: ` +
        'it is no Erlang node, or it uses another length prefix (TLS distribution does)',
      { peer, phase: this.#phase },
    );
  }
}

/** The start of an alert or of a handshake of TLS, any version. No message of ours is as long as that would be. */
function isTlsRecord([type, major]: Uint8Array): boolean {
  return (type === 0x15 || type === 0x16) && major === 0x03;
}
