/**
 * A complete EPMD daemon: stock nodes of every release register with it and look each other up through it. Sockets and
 * time are here; bytes are messages.ts, names are name-table.ts. Behaves as OTP's daemon where nodes can see it.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { EpmdError } from '../errors.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { defaultEpmdPort } from './client.ts';
import {
  decodeRequest,
  encodeAliveReply,
  encodeDumpReply,
  encodeNamesReply,
  encodePortReply,
  type EpmdRequest,
  isNameAcceptable,
  maxRequestBytes,
} from './messages.ts';
import { NameTable } from './name-table.ts';

export interface EpmdServerOptions {
  /** Addresses to listen on. Default: 127.0.0.1, and ::1 where the machine has it. */
  readonly host?: string | readonly string[];
  /** Default: `ERL_EPMD_PORT`, else 4369. 0 is any free one. */
  readonly port?: number;
  readonly limits?: Partial<Pick<Limits, 'maxEpmdNames' | 'maxEpmdConnections'>>;
  /** Allows KILL while names are registered, and STOP. Default false. */
  readonly relaxedCommandCheck?: boolean;
  /** How long a connection may stay without registering, in milliseconds. Default 60000. */
  readonly packetTimeoutMs?: number;
}

export interface EpmdServer extends AsyncDisposable {
  readonly port: number;
  readonly addresses: readonly string[];
  names(): readonly { readonly name: string; readonly port: number }[];
  /** Ends every registration and stops listening. */
  close(): Promise<void>;
  /** Settles when the daemon is over, also when it was ended by a KILL request. */
  readonly closed: Promise<void>;
}

/** Starts the daemon. Throws EPMD_ADDRESS_IN_USE when another listens there. */
export async function startEpmdServer(options: EpmdServerOptions = {}): Promise<EpmdServer> {
  const daemon = new Daemon(options);
  await daemon.listen();
  return daemon;
}

const loopback = ['127.0.0.1', '::1'];

/** Errors of an address the machine does not have; the daemon does without it when it is a default one. */
const missingAddress = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

/** How long a closed daemon lets answers on their way out. */
const closeGraceMs = 100;

class Daemon implements EpmdServer {
  readonly #options: EpmdServerOptions;
  readonly #names: NameTable;
  readonly #maxConnections: number;
  readonly #servers: Server[] = [];
  readonly #sockets = new Map<number, Socket>();
  readonly #closed = Promise.withResolvers<void>();
  #port: number;
  #lastConnection = 0;
  #isClosing = false;

  constructor(options: EpmdServerOptions) {
    this.#options = options;
    this.#port = options.port ?? defaultEpmdPort();
    const { maxEpmdNames, maxEpmdConnections } = { ...defaultLimits, ...options.limits };
    this.#names = new NameTable({ maxNames: maxEpmdNames, seed: Math.floor(Date.now() / 1000) });
    this.#maxConnections = maxEpmdConnections;
  }

  get port(): number {
    return this.#port;
  }

  get addresses(): readonly string[] {
    return this.#servers.flatMap((server) => {
      const address = server.address();
      return typeof address === 'object' && address !== null ? [address.address] : [];
    });
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  names(): readonly { readonly name: string; readonly port: number }[] {
    return this.#names.list().map(({ name, port }) => ({ name, port }));
  }

  async listen(): Promise<void> {
    const { host } = this.#options;
    // The daemon always serves its own machine, whatever else it listens on.
    const hosts =
      host === undefined ? loopback : [...new Set([host].flat().concat(host === '::' ? [] : ['127.0.0.1']))];
    const isAny = hosts.some((one) => one === '0.0.0.0' || one === '::');
    try {
      for (const one of hosts) {
        if (isAny && loopback.includes(one)) continue;
        await this.#listenOn(one, host === undefined && one !== '127.0.0.1');
      }
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #listenOn(host: string, isOptional: boolean): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject).listen({ host, port: this.#port, ipv6Only: false }, resolve);
    try {
      await promise;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (isOptional && missingAddress.has(code ?? '')) return;
      throw this.#listenError(host, cause as NodeJS.ErrnoException);
    }
    server.removeListener('error', reject).on('error', () => undefined);
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    this.#servers.push(server);
  }

  #listenError(host: string, cause: NodeJS.ErrnoException): EpmdError {
    const address = `${host}:${this.#port}`;
    const why =
      cause.code === 'EADDRINUSE'
        ? 'another EPMD (or another program) listens there; use that one, or another port'
        : cause.message;
    return new EpmdError('EPMD_ADDRESS_IN_USE', `EPMD cannot listen on ${address}: ${why}`, {
      address,
      cause,
    });
  }

  #accept(socket: Socket): void {
    if (this.#sockets.size >= this.#maxConnections) return void socket.destroy();
    this.#lastConnection += 1;
    const id = this.#lastConnection;
    this.#sockets.set(id, socket);
    socket.setNoDelay(true);
    socket.setTimeout(this.#options.packetTimeoutMs ?? 60_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(id);
      this.#names.release(id);
    });
    const conversation = new Conversation(socket, (request) => this.#answer(request, { id, socket }));
    socket.on('data', (chunk: Buffer) => conversation.push(chunk));
  }

  #answer(request: EpmdRequest, from: { id: number; socket: Socket }): void {
    const { socket } = from;
    switch (request.kind) {
      case 'alive2':
        return this.#register(request, from);
      case 'portPlease2':
        return void socket.end(encodePortReply(this.#names.find(request.name)));
      case 'names':
        return void socket.end(encodeNamesReply({ epmdPort: this.#port, nodes: this.names() }));
      case 'dump':
        return isLocal(socket)
          ? void socket.end(encodeDumpReply(this.#port, this.#names.dump()))
          : void socket.destroy();
      case 'kill':
        return this.#kill(socket);
      case 'stop':
        return this.#stop(request.name, socket);
    }
  }

  /** The connection stays open: it is the registration. On refusal the client closes, as it does with OTP's daemon. */
  #register(request: EpmdRequest & { kind: 'alive2' }, { id, socket }: { id: number; socket: Socket }): void {
    if (!isLocal(socket)) return void socket.destroy();
    const creation = isNameAcceptable(request.name) ? this.#names.register(request, id) : undefined;
    if (creation !== undefined) socket.setTimeout(0);
    socket.write(
      encodeAliveReply({ ok: creation !== undefined, creation: creation ?? 99 }, request.highestVersion),
    );
  }

  #kill(socket: Socket): void {
    if (!isLocal(socket)) return void socket.destroy();
    if (this.#names.size > 0 && this.#options.relaxedCommandCheck !== true) return void socket.end('NO');
    socket.end('OK', () => void this.close());
  }

  #stop(name: string, socket: Socket): void {
    if (!isLocal(socket) || this.#options.relaxedCommandCheck !== true) return void socket.destroy();
    const connection = this.#names.connectionOf(name);
    // The daemon of OTP writes both words for an unknown name, and tools expect that.
    if (connection === undefined) return void socket.end('NOEXISTSTOPPED');
    this.#names.release(connection);
    this.#sockets.get(connection)?.destroy();
    socket.end('STOPPED');
  }

  close(): Promise<void> {
    if (this.#isClosing) return this.closed;
    this.#isClosing = true;
    for (const server of this.#servers) server.close();
    for (const [id, socket] of this.#sockets) {
      if (socket.writableEnded) setTimeout(() => socket.destroy(), closeGraceMs).unref();
      else socket.destroy();
      this.#names.release(id);
    }
    const ends = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.once('close', () => resolve())),
    );
    void Promise.all(ends).then(() => this.#closed.resolve());
    return this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** One request per connection: what follows it ends the connection, and with it a registration. */
class Conversation {
  readonly #socket: Socket;
  readonly #onRequest: (request: EpmdRequest) => void;
  #received: Uint8Array = new Uint8Array();
  #isDone = false;

  constructor(socket: Socket, onRequest: (request: EpmdRequest) => void) {
    this.#socket = socket;
    this.#onRequest = onRequest;
  }

  push(chunk: Uint8Array): void {
    if (this.#isDone) return void this.#socket.destroy();
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    if (this.#received.length < 2) return;
    const length = ((this.#received[0] ?? 0) << 8) | (this.#received[1] ?? 0);
    if (length === 0 || length > maxRequestBytes) return void this.#socket.destroy();
    if (this.#received.length < length + 2) return;
    this.#isDone = true;
    // Pipelined requests get no answer, as from OTP's daemon.
    if (this.#received.length > length + 2) return void this.#socket.destroy();
    let request: EpmdRequest;
    try {
      request = decodeRequest(this.#received.subarray(2));
    } catch {
      // The protocol has no word for "I do not understand": the daemon closes.
      return void this.#socket.destroy();
    }
    this.#received = new Uint8Array();
    this.#onRequest(request);
  }
}

/** Whether the other end is on this machine: loopback, or the very address it has reached us at. */
function isLocal(socket: Socket): boolean {
  const peer = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return peer.startsWith('127.') || peer === '::1' || peer === socket.localAddress?.replace(/^::ffff:/, '');
}
