/**
 * TCP, IPv4 and IPv6, as a `Transport`. Sets TCP_NODELAY, because small messages must not wait for acknowledgements.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ByteStream, Listener, ListenOptions, Transport, TransportAddress } from './transport.ts';

export interface TcpTransportOptions {
  /** 4 or 6 keeps to one family; 0, the default, tries every address of a name and listens on both. */
  readonly family?: 0 | 4 | 6;
}

/** After our end of the stream is sent, how long the other side has to close its own. */
const lingerMs = 1000;

/** How long one address of several has before the next is tried. Node's default, 250 ms, is short for far hosts. */
const attemptTimeoutMs = 1000;

export function createTcpTransport(options: TcpTransportOptions = {}): Transport {
  const family = options.family ?? 0;
  return {
    name: family === 6 ? 'tcp6' : 'tcp',
    connect: (address, { signal }) => connectTcp({ ...address, family }, signal),
    listen: (listenOptions, onStream) => listenTcp({ ...listenOptions, family }, onStream),
  };
}

/** A connected socket as a `ByteStream`, for sockets that were made elsewhere (TLS, tunnels). */
export function createSocketStream(socket: Socket): ByteStream {
  return new SocketStream(socket);
}

async function connectTcp(
  address: TransportAddress & { family: 0 | 4 | 6 },
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  signal?.throwIfAborted();
  const socket = connect({ ...address, noDelay: true, autoSelectFamilyAttemptTimeout: attemptTimeoutMs });
  const onAbort = (): void => void socket.destroy();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await once(socket, 'connect', signal === undefined ? undefined : { signal });
  } catch (error) {
    socket.on('error', ignore).destroy();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  return new SocketStream(socket);
}

async function listenTcp(
  options: ListenOptions & { family: 0 | 4 | 6 },
  onStream: (stream: ByteStream) => void,
): Promise<Listener> {
  const server = createServer({ noDelay: true }, (socket) => onStream(new SocketStream(socket)));
  const host = options.host ?? (options.family === 4 ? '0.0.0.0' : undefined);
  server.listen({
    port: options.port ?? 0,
    ...(host === undefined ? {} : { host }),
    ipv6Only: options.family === 6 && host === undefined,
  });
  await once(server, 'listening');
  return { ...boundAddress(server), close: () => closeServer(server) };
}

function boundAddress(server: Server): TransportAddress {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server without a port');
  return { host: address.address, port: address.port };
}

/** Stops listening. Node calls back only when the last stream is gone, which is not waited for. */
function closeServer(server: Server): Promise<void> {
  server.close();
  return Promise.resolve();
}

function ignore(): void {
  // An 'error' event needs a listener; what it would say is already known.
}

class SocketStream implements ByteStream {
  readonly remoteAddress: string | undefined;
  readonly #socket: Socket;
  #onData: ((bytes: Uint8Array) => void) | undefined;
  #onDrain: (() => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;
  #error: Error | undefined;
  #isClosed = false;
  #isEnding = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remoteAddress = formatAddress(socket);
    socket.on('drain', () => this.#onDrain?.());
    socket.on('error', (error) => {
      this.#error = error;
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
    if (isFirst) this.#socket.on('data', (chunk: Buffer) => this.#onData?.(chunk));
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  onClose(callback: (error?: Error) => void): void {
    this.#onClose = callback;
    if (this.#isClosed) queueMicrotask(() => this.#reportClose());
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (this.#isEnding || this.#socket.destroyed) return;
    this.#isEnding = true;
    // Reading goes on: closing with unread bytes would reset the connection and could destroy what was just sent.
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

  #reportClose(): void {
    const callback = this.#onClose;
    this.#onClose = undefined;
    callback?.(this.#error);
  }
}

function formatAddress({ remoteAddress, remotePort }: Socket): string | undefined {
  if (remoteAddress === undefined) return undefined;
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
