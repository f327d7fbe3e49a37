/**
 * A complete EPMD daemon: listens, keeps one connection per registered name, answers. Takes the place of Erlang's own
 * `epmd` for every program that speaks to it, with two differences: it listens on loopback unless told otherwise, and
 * a connection whose registration was refused does not stay open for ever. OTP: erts, `epmd`(1).
 */
import { createServer, type Server, type Socket } from 'node:net';
import { EpmdError, DecodeError } from '../errors.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { type Answer, answerRequest } from './answers.ts';
import { defaultEpmdPort } from './client.ts';
import { isLocalPeer, type ListenAddress, listenAddresses } from './listen-addresses.ts';
import { decodeRequest, type ListedName, nodeTypes } from './messages.ts';
import { NameTable } from './name-table.ts';
import { Strangers, type Stranger } from '../strangers.ts';
import { RequestReader } from './request-reader.ts';

export interface EpmdServerOptions {
  /**
   * IP addresses to listen on; 127.0.0.1 and ::1 are always added, as nodes of this machine need them. Default: only
   * these two. `0.0.0.0` and `::` are all addresses: then everybody who reaches this machine can list its nodes.
   */
  readonly host?: string | readonly string[] | undefined;
  /** 0 takes a free one. Default: `ERL_EPMD_PORT` of the environment, else 4369. */
  readonly port?: number | undefined;
  readonly limits?: Partial<Pick<Limits, 'maxEpmdNames' | 'maxEpmdConnections' | 'maxEpmdIdleConnections'>>;
  /** Lets local users end the daemon while names are registered, and take names away. Default false. */
  readonly relaxedCommandCheck?: boolean;
  /** Time a connection may be silent unless it holds a name. Default 60 000. */
  readonly packetTimeoutMs?: number;
  /**
   * IP addresses of this machine that stand for others, each with the names there. It listens on them too; who asks
   * there is told these names only, and nobody can register or end anything there. Default: none.
   */
  readonly standIns?: Readonly<Record<string, readonly ListedName[]>>;
}

export interface EpmdServer extends AsyncDisposable {
  readonly port: number;
  /** IP addresses it listens on. */
  readonly addresses: readonly string[];
  /** What is registered, newest first. */
  names(): ListedName[];
  /**
   * Keeps room for a name: it can be registered even when others have taken all the names that `limits.maxEpmdNames`
   * allows. Ends when the function it returns is called.
   */
  reserve(name: string): () => void;
  /** Closes every connection, and with them every registration. Idempotent. */
  close(): Promise<void>;
  /** Resolves when it has ended, also by a KILL request. */
  readonly closed: Promise<void>;
}

/**
 * Starts a daemon. Throws EpmdError EPMD_ADDRESS_IN_USE where another program has the port, usually an EPMD that runs
 * already and can be used instead.
 * @example await using epmd = await startEpmdServer();
 */
export async function startEpmdServer(options: EpmdServerOptions = {}): Promise<EpmdServer> {
  const port = options.port ?? defaultEpmdPort();
  const { host = [], standIns = {} } = options;
  const asked = typeof host === 'string' ? [host] : host;
  const addresses = listenAddresses([...asked, ...Object.keys(standIns)]);
  const daemon = new Daemon(options);
  // A free port of the first address may be taken on the second: another one is tried then.
  for (let attempts = port === 0 ? 10 : 1; ; attempts -= 1) {
    try {
      await daemon.listen(addresses, port);
      return daemon;
    } catch (error) {
      await daemon.stopListening();
      if (attempts === 1 || codeOf(error) !== 'EADDRINUSE') throw cannotListen(error, port);
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function cannotListen(cause: unknown, port: number): Error {
  const { address: host = '' } = cause as { address?: string };
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const isTaken = codeOf(cause) === 'EADDRINUSE';
  const remedy = isTaken
    ? 'an EPMD runs there already: use it, or choose another port with ERL_EPMD_PORT'
    : 'give an address of this machine, and a port above 1023 or the right to use it';
  return new EpmdError(
    isTaken ? 'EPMD_ADDRESS_IN_USE' : 'EPMD_UNREACHABLE',
    `EPMD cannot listen on ${address} (${codeOf(cause) ?? String(cause)}); ${remedy}`,
    { address, cause },
  );
}

class Daemon implements EpmdServer {
  readonly #options: EpmdServerOptions;
  readonly #table: NameTable;
  readonly #standIns: ReadonlyMap<string, NameTable>;
  readonly #maxConnections: number;
  readonly #sockets = new Map<number, Socket>();
  /** Connections that hold no name. */
  readonly #idle: Strangers;
  readonly #ended = Promise.withResolvers<void>();
  #listening: { readonly server: Server; readonly host: string }[] = [];
  #port = 0;
  #lastNumber = 0;
  #isClosing = false;

  constructor(options: EpmdServerOptions) {
    const limits = { ...defaultLimits, ...options.limits };
    this.#options = options;
    this.#maxConnections = limits.maxEpmdConnections;
    this.#idle = new Strangers(Math.min(limits.maxEpmdIdleConnections, limits.maxEpmdConnections));
    this.#table = new NameTable({
      maxNames: limits.maxEpmdNames,
      seed: () => Math.floor(Date.now() / 1000),
    });
    this.#standIns = new Map(
      Object.entries(options.standIns ?? {}).map(([address, names]) => [address, fixedTable(names)]),
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

  /** @internal All addresses get the port of the first. */
  async listen(addresses: readonly ListenAddress[], port: number): Promise<void> {
    this.#port = port;
    for (const { host, isOptional } of addresses) {
      try {
        const server = await listenOn(host, this.#port, (socket) => this.#accept(socket));
        this.#listening.push({ server, host });
        this.#port = (server.address() as { port: number }).port;
      } catch (error) {
        const isMissing = codeOf(error) === 'EADDRNOTAVAIL' || codeOf(error) === 'EAFNOSUPPORT';
        if (!isOptional || !isMissing) throw error;
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
    // If all of them hold names, a connection that cannot be served is closed, as EPMD does.
    if (isFull && !this.#idle.dropOldest()) return void socket.destroy();
    const stranger = { drop: () => void socket.destroy() };
    this.#idle.add(stranger);
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    this.#sockets.set(number, socket);
    const reader = new RequestReader();
    socket.setTimeout(this.#options.packetTimeoutMs ?? 60_000, () => socket.destroy());
    socket.on('data', (chunk) => this.#read({ socket, number, reader, stranger }, chunk));
    // Half a close is a close: the name is free at once.
    socket.on('end', () => this.#table.release(number));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#idle.delete(stranger);
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
      const standIn = this.#standIns.get(localAddress ?? '');
      const isLocal = standIn === undefined && isLocalPeer(remoteAddress, localAddress);
      const asker = { number, isLocal };
      const relaxedCommandCheck = this.#options.relaxedCommandCheck === true;
      const state = { table: standIn ?? this.#table, epmdPort: this.#port, relaxedCommandCheck };
      this.#perform(answerRequest(decodeRequest(body), asker, state), connection);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      // Not a request, or more than one: closed without a word. On a connection that holds a name, any byte ends it.
      this.#table.release(number);
      socket.destroy();
    }
  }

  #perform(answer: Answer, { socket, stranger }: Connection): void {
    if (answer.closes !== undefined) this.#sockets.get(answer.closes)?.destroy();
    if (answer.reply !== undefined) socket.write(answer.reply);
    if (answer.keep === 'holds') {
      socket.setTimeout(0);
      this.#idle.delete(stranger);
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
  /** How it is counted while it holds no name. */
  readonly stranger: Stranger;
}

/** Names that are there from the beginning, held by connections that never end. */
function fixedTable(names: readonly ListedName[]): NameTable {
  const table = new NameTable({ maxNames: names.length, seed: () => 0 });
  for (const [index, { name, port }] of names.entries()) {
    const versions = { highestVersion: 6, lowestVersion: 5 };
    const rest = { nodeType: nodeTypes.normal, protocol: 0, extra: new Uint8Array(), ...versions };
    table.register({ name, port, ...rest }, index);
  }
  return table;
}

function listenOn(host: string, port: number, onSocket: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, onSocket);
    server.once('error', reject);
    server.listen({ host, port }, () => {
      // An accept that fails (out of descriptors) must not end the daemon.
      server.off('error', reject).on('error', () => undefined);
      resolve(server);
    });
  });
}
