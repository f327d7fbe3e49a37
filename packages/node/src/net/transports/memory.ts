/**
 * Streams between nodes of one process, for tests, examples and embedding. Every `createMemoryNetwork()` is a separate
 * network with its own ports; hosts are ignored. Bytes are copied and arrive in a later turn, in order, with back-pressure
 * as on a socket.
 */

import type { ByteStream, Listener, Transport, TransportAddress } from '../transport.ts';

/** A network in memory. */
export interface MemoryNetwork {
  /** A transport for nodes in this network. */
  transport(): Transport;
}

/** Bytes in transit above which `write` returns `false`. */
const highWaterBytes = 64 * 1024;

/** Creates a network without nodes. Give each node a `transport()` of the network. */
export function createMemoryNetwork(): MemoryNetwork {
  const listeners = new Map<number, (stream: ByteStream) => void>();
  return {
    transport: () => ({
      name: 'memory',
      connect: (address, { signal }) => connectMemory(listeners, address, signal),
      listen: async (options, onStream) => listenMemory(listeners, options, onStream),
    }),
  };
}

type Listeners = Map<number, (stream: ByteStream) => void>;

async function connectMemory(
  listeners: Listeners,
  address: TransportAddress,
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  signal?.throwIfAborted();
  const accept = listeners.get(address.port);
  if (accept === undefined) {
    const message = `connect ECONNREFUSED memory port ${address.port}`;
    throw Object.assign(new Error(message), { code: 'ECONNREFUSED' });
  }
  const [ours, theirs] = MemoryStream.pair(`memory:${address.port}`);
  setImmediate(() => accept(theirs));
  return ours;
}

function listenMemory(
  listeners: Listeners,
  options: { readonly host?: string | undefined; readonly port?: number | undefined },
  onStream: (stream: ByteStream) => void,
): Listener {
  const port = options.port !== undefined && options.port !== 0 ? options.port : freePort(listeners);
  if (listeners.has(port)) {
    throw Object.assign(new Error(`listen EADDRINUSE memory port ${port}`), { code: 'EADDRINUSE' });
  }
  listeners.set(port, onStream);
  return {
    host: options.host ?? 'memory',
    port,
    close: () => Promise.resolve(void listeners.delete(port)),
  };
}

function freePort(listeners: Listeners): number {
  let port = 49_152;
  while (listeners.has(port)) port += 1;
  return port;
}

class MemoryStream implements ByteStream {
  readonly remoteAddress: string;
  #peer: MemoryStream | undefined;
  /** Bytes that the other side has written and this side has not read. */
  readonly #inbox: Uint8Array[] = [];
  #inboxBytes = 0;
  #isScheduled = false;
  #isPaused = false;
  #hasEnded = false;
  #peerHasEnded = false;
  #isClosed = false;
  #needsDrain = false;
  #error: Error | undefined;
  #onData: ((bytes: Uint8Array) => void) | undefined;
  #onDrain: (() => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;

  static pair(address: string): [MemoryStream, MemoryStream] {
    const a = new MemoryStream(address);
    const b = new MemoryStream(address);
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  private constructor(remoteAddress: string) {
    this.remoteAddress = remoteAddress;
  }

  get bufferedBytes(): number {
    const peer = this.#peer;
    return peer === undefined ? 0 : peer.#inboxBytes;
  }

  write(bytes: Uint8Array): boolean {
    const peer = this.#peer;
    if (peer === undefined || this.#hasEnded || this.#isClosed || peer.#isClosed) return false;
    peer.#inbox.push(bytes.slice());
    peer.#inboxBytes += bytes.length;
    peer.#schedule();
    this.#needsDrain = peer.#inboxBytes >= highWaterBytes;
    return !this.#needsDrain;
  }

  onData(callback: (bytes: Uint8Array) => void): void {
    this.#onData = callback;
    this.#schedule();
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
  }

  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  end(): void {
    if (this.#hasEnded || this.#isClosed) return;
    this.#hasEnded = true;
    const peer = this.#peer;
    if (peer !== undefined) {
      peer.#peerHasEnded = true;
      peer.#schedule();
    }
    // As with a socket: reading continues, and data is discarded, until the other side has received the end.
    this.#onData = () => undefined;
    this.resume();
  }

  destroy(error?: Error): void {
    if (this.#isClosed) return;
    this.#error = error;
    this.#inbox.length = 0;
    this.#inboxBytes = 0;
    const peer = this.#peer;
    this.#close();
    if (peer !== undefined && !peer.#isClosed) {
      peer.#inbox.length = 0;
      peer.#inboxBytes = 0;
      peer.#peerHasEnded = true;
      peer.#schedule();
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (this.#inbox.length > 0 && this.#onData !== undefined && !this.#isPaused) {
      const bytes = this.#inbox.shift();
      if (bytes === undefined) break;
      this.#inboxBytes -= bytes.length;
      this.#onData(bytes);
    }
    if (this.#inbox.length > 0 || this.#isClosed) return;
    const peer = this.#peer;
    if (peer !== undefined) peer.#drained();
    if (this.#peerHasEnded) this.#closeBoth();
  }

  /** One side has read the end of the other: like TCP without half-open streams, both sides close. */
  #closeBoth(): void {
    const peer = this.#peer;
    this.#close();
    if (peer !== undefined && !peer.#isClosed) {
      peer.#peerHasEnded = true;
      peer.#schedule();
    }
  }

  #drained(): void {
    if (!this.#needsDrain) return;
    this.#needsDrain = false;
    this.#onDrain?.();
  }

  #close(): void {
    this.#isClosed = true;
    setImmediate(() => this.#reportClose());
  }

  #reportClose(): void {
    const callback = this.#onClose;
    this.#onClose = undefined;
    callback?.(this.#error);
  }
}
