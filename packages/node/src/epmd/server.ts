/**
 * A complete EPMD daemon: listens, keeps one connection per registered name, answers requests. It replaces Erlang's own
 * `epmd` for every program, with two differences: it listens on loopback by default, and a connection whose registration
 * was refused does not stay open forever. OTP: erts, `epmd`(1).
 */

import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { EpmdError, DecodeError } from '../errors.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { formatHostPort } from '../names.ts';
import { isMissingAddress, systemCode } from '../system-error.ts';
import { type Answer, answerRequest } from './answers.ts';
import { defaultEpmdPort } from './client.ts';
import { isLocalPeer, type ListenAddress, listenAddresses } from './listen-addresses.ts';
import { decodeRequest, type ListedName, nodeTypes } from './messages.ts';
import { RegistrationTable } from './registration-table.ts';
import { registrationLines, replyLine, requestLine } from './server-log.ts';
import { EvictionQueue, type Evictable } from '../eviction-queue.ts';
import { RequestReader } from './request-reader.ts';

/** Options of `startEpmdServer`. */
export interface EpmdServerOptions {
  /**
   * IP addresses to listen on; 127.0.0.1 and ::1 are always added, because nodes on this machine need them. Default: only
   * these two. `0.0.0.0` and `::` mean all addresses: anyone who can reach this machine can then list its nodes.
   */
  readonly host?: string | readonly string[] | undefined;
  /** Port to listen on; 0 takes a free one. Default: the environment variable `ERL_EPMD_PORT`, otherwise 4369. */
  readonly port?: number | undefined;
  /** Bounds that differ from `defaultLimits`. */
  readonly limits?: Partial<Pick<Limits, 'maxEpmdNames' | 'maxEpmdConnections' | 'maxEpmdIdleConnections'>>;
  /** Allows local users to end the daemon while names are registered, and to unregister names. Default false. */
  readonly relaxedCommandCheck?: boolean;
  /** How long a connection without a registered name may be silent, in milliseconds. Default 60 000. */
  readonly packetTimeoutMs?: number;
  /**
   * IP addresses of this machine that represent other hosts, each with its fixed list of names. The daemon listens on them
   * too; requests to such an address see only these names and cannot register or end anything. Default: none.
   */
  readonly virtualHosts?: Readonly<Record<string, readonly ListedName[]>>;
  /** File descriptors of listening sockets that this process has inherited, for example from systemd; used instead of `host` and `port`. */
  readonly fileDescriptors?: readonly number[] | undefined;
  /** How many released names are remembered, so that their next holder gets the next creation. Default 1000. */
  readonly maxUnusedNames?: number | undefined;
  /** Delays that simulate a busy daemon, in milliseconds: before a connection is served, and before a reply. Default none. */
  readonly delays?: { readonly acceptMs?: number | undefined; readonly writeMs?: number | undefined };
  /** Called with a line for every request, reply and registration. Names are printed as they were received. */
  readonly onLog?: ((line: string) => void) | undefined;
}

/** A running EPMD daemon, created by `startEpmdServer`. */
export interface EpmdServer extends AsyncDisposable {
  /** The port it listens on. */
  readonly port: number;
  /** The IP addresses it listens on. */
  readonly addresses: readonly string[];
  /** The registered names, newest first. */
  names(): ListedName[];
  /**
   * Reserves a name: it can be registered even if other nodes have used up `limits.maxEpmdNames`. Returns a function that
   * ends the reservation.
   */
  reserve(name: string): () => void;
  /** Closes every connection, and thereby every registration. Idempotent. */
  close(): Promise<void>;
  /** Resolves when the daemon has ended, including by a KILL request. */
  readonly closed: Promise<void>;
}

/**
 * Starts a daemon. Throws `EpmdError` EPMD_ADDRESS_IN_USE when another program has the port, usually an EPMD that is already
 * running and can be used instead, or EPMD_UNREACHABLE when it cannot listen.
 * @example const epmd = await startEpmdServer();
 */
export async function startEpmdServer(options: EpmdServerOptions = {}): Promise<EpmdServer> {
  const port = options.port ?? defaultEpmdPort();
  const { host = [], virtualHosts = {} } = options;
  const requested = typeof host === 'string' ? [host] : host;
  const addresses = listenAddresses([...requested, ...Object.keys(virtualHosts)]);
  const daemon = new Daemon(options);
  if (options.fileDescriptors !== undefined) {
    await daemon.adopt(options.fileDescriptors);
    return daemon;
  }
  // A free port of the first address may be taken on the second: then another one is tried.
  for (let attempts = port === 0 ? 10 : 1; ; attempts -= 1) {
    try {
      await daemon.listen(addresses, port);
      return daemon;
    } catch (error) {
      await daemon.stopListening();
      if (attempts === 1 || systemCode(error) !== 'EADDRINUSE') throw cannotListen(error, port);
    }
  }
}

function cannotListen(cause: unknown, port: number): Error {
  const { address: host = '' } = cause as { address?: string };
  const address = formatHostPort({ host, port });
  const isTaken = systemCode(cause) === 'EADDRINUSE';
  const remedy = isTaken
    ? 'An EPMD is probably running there already: use it, or choose another port with ERL_EPMD_PORT.'
    : 'Use an address of this machine, and a port above 1023 or one that you are allowed to use.';
  return new EpmdError(
    isTaken ? 'EPMD_ADDRESS_IN_USE' : 'EPMD_UNREACHABLE',
    `EPMD cannot listen on ${address} (${systemCode(cause) ?? String(cause)})`,
    { address, remedy, cause },
  );
}

class Daemon implements EpmdServer {
  readonly #options: EpmdServerOptions;
  readonly #table: RegistrationTable;
  readonly #virtualHosts: ReadonlyMap<string, RegistrationTable>;
  readonly #maxConnections: number;
  readonly #sockets = new Map<number, Socket>();
  /** Connections without a registered name. */
  readonly #idle: EvictionQueue;
  readonly #ended = Promise.withResolvers<void>();
  #listening: { readonly server: Server; readonly host: string }[] = [];
  #port = 0;
  #lastNumber = 0;
  #isClosing = false;

  constructor(options: EpmdServerOptions) {
    const limits = { ...defaultLimits, ...options.limits };
    this.#options = options;
    this.#maxConnections = limits.maxEpmdConnections;
    this.#idle = new EvictionQueue(Math.min(limits.maxEpmdIdleConnections, limits.maxEpmdConnections));
    this.#table = new RegistrationTable({
      maxNames: limits.maxEpmdNames,
      maxUnused: options.maxUnusedNames,
      seed: () => Math.floor(Date.now() / 1000),
      onChange: (change) => registrationLines(change).forEach((line) => options.onLog?.(line)),
    });
    this.#virtualHosts = new Map(
      Object.entries(options.virtualHosts ?? {}).map(([address, names]) => [address, fixedTable(names)]),
    );
  }

  get port(): number {
    return this.#port;
  }

  get addresses(): readonly string[] {
    return this.#listening.map(({ host }) => host);
  }

  get closed(): Promise<void> {
    return this.#ended.promise;
  }

  names(): ListedName[] {
    return this.#table.active().map(({ name, port }) => ({ name, port }));
  }

  reserve(name: string): () => void {
    return this.#table.reserve(name);
  }

  /** @internal Listens on all addresses, with the port of the first one. */
  async listen(addresses: readonly ListenAddress[], port: number): Promise<void> {
    this.#port = port;
    for (const { host, isOptional } of addresses) {
      try {
        const server = await listenOn({ host, port: this.#port }, (socket) => this.#accept(socket));
        this.#listening.push({ server, host });
        this.#port = (server.address() as AddressInfo).port;
      } catch (error) {
        if (!isOptional || !isMissingAddress(error)) throw error;
      }
    }
  }

  /** @internal Accepts connections of listening sockets that this process has inherited. */
  async adopt(fileDescriptors: readonly number[]): Promise<void> {
    for (const fd of fileDescriptors) {
      try {
        const server = await listenOn({ fd }, (socket) => this.#accept(socket));
        const { address, port } = server.address() as AddressInfo;
        this.#listening.push({ server, host: address });
        this.#port = port;
      } catch (cause) {
        await this.stopListening();
        const message = `file descriptor ${fd} is not a listening TCP socket (${systemCode(cause) ?? String(cause)})`;
        const remedy = 'Pass sockets that already listen, as systemd does.';
        throw new EpmdError('EPMD_UNREACHABLE', message, { address: `fd ${fd}`, remedy, cause });
      }
    }
  }

  /** @internal */
  async stopListening(): Promise<void> {
    const closing = this.#listening.map(
      ({ server }) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const socket of this.#sockets.values()) socket.destroy();
    await Promise.all(closing);
    this.#listening = [];
  }

  async close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      await this.stopListening();
      this.#ended.resolve();
    }
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(socket: Socket): void {
    if (this.#isClosing) return void socket.destroy();
    const isFull = this.#table.size + this.#idle.size >= this.#maxConnections;
    // If all connections hold names, one more cannot be served and is closed, as EPMD does.
    if (isFull && !this.#idle.dropOldest()) return void socket.destroy();
    const idle = { drop: () => void socket.destroy() };
    this.#idle.add(idle);
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    this.#sockets.set(number, socket);
    const reader = new RequestReader();
    socket.setTimeout(this.#options.packetTimeoutMs ?? 60_000, () => socket.destroy());
    const serve = (): void =>
      void socket.on('data', (chunk) => this.#read({ socket, number, reader, idle }, chunk));
    later(this.#options.delays?.acceptMs, serve);
    // A half-close counts as a close: the name is free immediately.
    socket.on('end', () => this.#table.release(number));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#idle.delete(idle);
      this.#table.release(number);
      this.#sockets.delete(number);
    });
  }

  #read(connection: Connection, chunk: Uint8Array): void {
    const { socket, number, reader } = connection;
    try {
      const body = reader.push(chunk);
      if (body === undefined) return;
      const { remoteAddress, localAddress } = socket;
      const virtualHost = this.#virtualHosts.get(localAddress ?? '');
      const isLocal = virtualHost === undefined && isLocalPeer(remoteAddress, localAddress);
      const requester = { number, isLocal };
      const relaxedCommandCheck = this.#options.relaxedCommandCheck === true;
      const state = { table: virtualHost ?? this.#table, epmdPort: this.#port, relaxedCommandCheck };
      const request = decodeRequest(body);
      this.#log(requestLine(request));
      const answer = answerRequest(request, requester, state);
      if (answer.closes !== undefined) this.#sockets.get(answer.closes)?.destroy();
      later(this.#options.delays?.writeMs, () => {
        this.#perform(answer, connection);
        this.#log(replyLine(request, answer));
      });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      // Not a request, or more than one: closed without an answer. On a connection that holds a name, any byte ends it.
      this.#table.release(number);
      socket.destroy();
    }
  }

  #log(line: string | undefined): void {
    if (line !== undefined) this.#options.onLog?.(line);
  }

  #perform(answer: Answer, { socket, idle }: Connection): void {
    if (answer.reply !== undefined) socket.write(answer.reply);
    if (answer.keep === 'holds') {
      socket.setTimeout(0);
      this.#idle.delete(idle);
    }
    if (answer.keep !== undefined) return;
    if (answer.ends === true) socket.once('close', () => void this.close());
    socket.destroySoon();
  }
}

interface Connection {
  readonly socket: Socket;
  readonly number: number;
  readonly reader: RequestReader;
  /** Its entry among the connections without a name. */
  readonly idle: Evictable;
}

/** A table with fixed names, as if held by connections that never end. */
function fixedTable(names: readonly ListedName[]): RegistrationTable {
  const table = new RegistrationTable({ maxNames: names.length, seed: () => 0 });
  for (const [index, { name, port }] of names.entries()) {
    const versions = { highestVersion: 6, lowestVersion: 5 };
    const rest = { nodeType: nodeTypes.normal, protocol: 0, extra: new Uint8Array(), ...versions };
    table.register({ name, port, ...rest }, index);
  }
  return table;
}

/** Runs `work` at once if there is no delay. */
function later(delayMs: number | undefined, work: () => void): void {
  if (delayMs === undefined || delayMs === 0) work();
  else setTimeout(work, delayMs).unref();
}

function listenOn(
  where: ListenOptions | { readonly fd: number },
  onSocket: (socket: Socket) => void,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, onSocket);
    server.once('error', reject);
    server.listen(where, () => {
      // A failed accept (out of descriptors) must not end the daemon.
      server.off('error', reject).on('error', () => undefined);
      resolve(server);
    });
  });
}
