/**
 * A `ByteStream` over a Node.js `Duplex`: a TCP or TLS socket, or the channel of a tunnel.
 */

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { formatHostPort } from '../../names.ts';
import type { SharedReads } from './shared-reads.ts';
import type { ByteStream } from '../transport.ts';

/** How long the other side may take to close its end of the stream after we have closed ours. */
const lingerMs = 1000;

/** Options of `createSocketStream`. */
export interface SocketStreamOptions {
  /** @internal The source of data for a socket created with `onread`. */
  readonly reads?: SharedReads | undefined;
  /** Translates the stream's errors before they are reported to `onClose`. Default: unchanged. */
  readonly explain?: ((error: Error) => Error) | undefined;
}

/**
 * Wraps any open `Duplex` as a `ByteStream`, for `openConnection`, `acceptConnection` or a custom `Transport`. It takes
 * ownership of the stream: do not read from it, write to it or close it afterwards.
 */
export function createSocketStream(socket: Duplex, options: SocketStreamOptions = {}): ByteStream {
  return new SocketStream(socket, options);
}

class SocketStream implements ByteStream {
  readonly remoteAddress: string | undefined;
  readonly #socket: Duplex;
  readonly #reads: SharedReads | undefined;
  #onData: ((bytes: Uint8Array) => void) | undefined;
  #onDrain: (() => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;
  #error: Error | undefined;
  #isClosed = false;
  #isEnding = false;
  #isPaused = false;
  #isReading = false;

  constructor(socket: Duplex, { explain, reads }: SocketStreamOptions) {
    this.#socket = socket;
    this.#reads = reads;
    this.remoteAddress = formatAddress(socket);
    socket.on('drain', () => this.#onDrain?.());
    // Nodes do not half-close: the end of one side is the end of both, even if the stream could stay half open.
    socket.once('end', () => socket.end());
    socket.on('error', (error) => {
      this.#error = explain?.(error) ?? error;
    });
    socket.on('close', () => {
      this.#isClosed = true;
      this.#reportClose();
    });
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isEnding || this.#socket.destroyed) return false;
    return this.#socket.write(bytes);
  }

  onData(callback: (bytes: Uint8Array) => void): void {
    const isFirst = this.#onData === undefined;
    this.#onData = callback;
    if (isFirst) queueMicrotask(() => this.#startReading());
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  onClose(callback: (error?: Error) => void): void {
    this.#onClose = callback;
    if (this.#isClosed) queueMicrotask(() => this.#reportClose());
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    // A socket that flows before it has a listener would lose what it reads.
    if (this.#isReading) this.#socket.resume();
  }

  end(): void {
    if (this.#isEnding || this.#socket.destroyed) return;
    this.#isEnding = true;
    // Reading continues: closing with unread bytes would reset the connection and could destroy what was just sent.
    this.#onData = ignore;
    this.#socket.resume();
    this.#socket.end(() => {
      const timer = setTimeout(() => this.#socket.destroy(), lingerMs);
      timer.unref();
      this.#socket.once('close', () => clearTimeout(timer));
    });
  }

  destroy(error?: Error): void {
    this.#error ??= error;
    this.#socket.destroy();
  }

  #startReading(): void {
    this.#isReading = true;
    const deliver = (bytes: Uint8Array): void => this.#onData?.(bytes);
    if (this.#reads === undefined) this.#socket.on('data', deliver);
    else this.#reads.attach(deliver);
    if (!this.#isPaused) this.#socket.resume();
  }

  #reportClose(): void {
    const callback = this.#onClose;
    this.#onClose = undefined;
    callback?.(this.#error);
  }
}

function ignore(): void {
  // Data that a closing stream still receives is discarded.
}

function formatAddress(socket: Duplex): string | undefined {
  const { remoteAddress, remotePort = 0 } = socket as Partial<Socket>;
  if (remoteAddress === undefined) return undefined;
  return formatHostPort({ host: remoteAddress, port: remotePort });
}
