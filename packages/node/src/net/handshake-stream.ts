/**
 * Carries handshake messages over a byte stream: the short length prefix, a limit on what an unauthenticated peer may
 * send, one deadline for the whole handshake. Bytes after the handshake are kept for the connection, so the switch to the
 * long prefix loses none.
 */

import type { Clock, Timer } from '../clock.ts';
import type { HandshakePort } from '../distribution/handshake.ts';
import { ConnectionError, ConvoyError, HandshakeError } from '../errors.ts';
import type { ByteStream } from './transport.ts';

export interface HandshakeStreamOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Longest message, in bytes. */
  readonly maxBytes: number;
  /** Size of the length prefix. */
  readonly lengthBytes: 2 | 4;
  /** Name of the other node, if known, for error messages. */
  readonly peer: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Waiter {
  readonly resolve: (message: Uint8Array | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Unread bytes above which the stream is paused. */
const pauseBytes = 64 * 1024;

/** The port of one handshake. It ends with `release`, which keeps the stream open, or with `fail`, which closes it. */
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
      // An error that the transport explains, such as a refused certificate, says more than that the stream closed.
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

  /** Releases the stream, which must be taken over in the same turn. Returns the bytes read beyond the handshake. */
  release(): Uint8Array {
    this.#stop();
    return this.#unread;
  }

  /** Gives up the handshake: an answer that is already written still goes out. */
  fail(): void {
    this.#stop();
    this.#stream.end();
  }

  #append(bytes: Uint8Array): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    this.#settle();
    if (this.#unread.length > pauseBytes) this.#stream.pause();
  }

  /** Settles the waiter if there is a message, an error or the end of the stream. */
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
      `the handshake with ${peer ?? 'an unknown peer'} took longer than ${timeoutMs} ms, waiting for ` +
        `${this.#phase}: the port may not belong to a node or may use TLS, or the network loses packets`,
      {
        peer,
        phase: this.#phase,
        remedy:
          'Check which program listens on that port; if the node is only slow, raise `handshakeTimeoutMs`.',
      },
    );
  }

  #tlsRequired(): ConnectionError {
    const { peer } = this.#options;
    return new ConnectionError(
      'CONNECTION_TLS_REQUIRED',
      `${peer ?? 'an unknown peer'} uses TLS, but this node does not`,
      {
        peer,
        remedy:
          'Set `transport` to `createTlsTransport(...)`, or start the other node without -proto_dist inet_tls.',
      },
    );
  }

  #tooLong(length: number): HandshakeError {
    const { peer, maxBytes } = this.#options;
    return new HandshakeError(
      'HANDSHAKE_PROTOCOL',
      `${peer ?? 'an unknown peer'} announced a handshake message of ${length} bytes, more than ${maxBytes}: ` +
        'it is not an Erlang node, or it uses a different length prefix, as TLS distribution does',
      { peer, phase: this.#phase, remedy: 'Check that the port is an Erlang distribution port.' },
    );
  }
}

/** The start of a TLS alert or handshake record, any version. Read as a length, it is longer than any message of ours. */
function isTlsRecord([type, major]: Uint8Array): boolean {
  return (type === 0x15 || type === 0x16) && major === 0x03;
}
