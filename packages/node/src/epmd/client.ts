/**
 * Asks an EPMD daemon: registers a name, looks one up, lists them, and the commands of the `epmd` program. One
 * connection per question. Knows addresses, not node names: which host to ask is the caller's business.
 */
import type { Duplex } from 'node:stream';
import { DecodeError, EpmdError, NodeError } from '../errors.ts';
import { type Daemon, exchange, type OpenStream } from './exchange.ts';
import {
  decodeDumpReply,
  decodeLookupReply,
  decodeNamesReply,
  decodeRegisterReply,
  type DumpedName,
  encodeLookupRequest,
  encodePlainRequest,
  encodeRegisterRequest,
  encodeStopRequest,
  type ListedName,
  nodeTypes,
  registerReplyLength,
} from './messages.ts';

export interface EpmdClientOptions {
  /** Where the daemon is. Default '127.0.0.1'. */
  readonly host?: string | undefined;
  /** Default: `ERL_EPMD_PORT` of the environment, else 4369. */
  readonly port?: number | undefined;
  /** For one question, from dialling to the whole answer. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Ends every question that is under way. */
  readonly signal?: AbortSignal | undefined;
  /** How to reach the daemon, where it is not TCP from here: the `open` of a tunnel. */
  readonly openStream?: OpenStream | undefined;
}

export interface EpmdRegisterRequest {
  /** The part of the node name before `@`. */
  readonly name: string;
  /** Where the node listens. */
  readonly port: number;
  /** Says so to whoever looks the name up. Erlang nodes never do, and pay no attention to it. Default false. */
  readonly hidden?: boolean;
  /** At most 1020 bytes for whoever looks the name up. Default empty. */
  readonly extra?: Uint8Array;
}

/** A name that is ours until `close`, or until the daemon ends. */
export interface EpmdRegistration {
  /** Which incarnation of the name we are: part of every pid we make. */
  readonly creation: number;
  /** Resolves when the name is no longer held, for whatever reason. Never rejects. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface EpmdLookup {
  readonly port: number;
  readonly type: 'normal' | 'hidden';
  /** Distribution versions the node says it speaks. */
  readonly highestVersion: number;
  readonly lowestVersion: number;
  readonly extra: Uint8Array;
}

/** A daemon that does not close its end of a registration we gave up is not waited for longer. */
const closeGraceMs = 1000;

/** The port of `ERL_EPMD_PORT`, else 4369. Throws NodeError NODE_BAD_EPMD_PORT when the variable is not a port. */
export function defaultEpmdPort(): number {
  const text = process.env['ERL_EPMD_PORT'];
  if (text === undefined || text === '') return 4369;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new NodeError('NODE_BAD_EPMD_PORT', `ERL_EPMD_PORT is "${text}", which is not a port`, {
    value: text,
    remedy: 'Set it to a port from 1 to 65535, or unset it for 4369.',
  });
}

/** @example const found = await new EpmdClient().lookup('app'); */
export class EpmdClient {
  readonly #daemon: Daemon;

  constructor(options: EpmdClientOptions = {}) {
    const host = options.host ?? '127.0.0.1';
    const port = options.port ?? defaultEpmdPort();
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const { signal, openStream, timeoutMs = 5000 } = options;
    this.#daemon = { host, port, address, timeoutMs, signal, openStream };
  }

  /** `host:port` of the daemon. */
  get address(): string {
    return this.#daemon.address;
  }

  /** Holds the name until it is closed. Throws EpmdError EPMD_NAME_TAKEN. */
  async register(request: EpmdRegisterRequest): Promise<EpmdRegistration> {
    const bytes = encodeRegisterRequest({
      name: request.name,
      port: request.port,
      nodeType: request.hidden === true ? nodeTypes.hidden : nodeTypes.normal,
      protocol: 0,
      highestVersion: 6,
      lowestVersion: 5,
      extra: request.extra ?? new Uint8Array(),
    });
    const wantedBytes = (first: number): number => registerReplyLength(first) ?? 1;
    const { reply, socket } = await exchange(this.#daemon, bytes, wantedBytes);
    try {
      const { accepted, creation } = this.#decode(decodeRegisterReply, reply, 'refused');
      if (accepted) return holdRegistration(socket, creation);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.destroy();
    throw this.#error(
      'EPMD_NAME_TAKEN',
      `EPMD at ${this.address} does not take the name ${request.name}: another node has it, or it is longer than ` +
        '255 characters; choose another name or stop that node',
    );
  }

  /** Where a node listens; `undefined` when the daemon does not know the name. */
  async lookup(name: string): Promise<EpmdLookup | undefined> {
    const reply = await this.#ask(encodeLookupRequest(name));
    const found = this.#decode(decodeLookupReply, reply, 'bad');
    if (found === undefined) return undefined;
    const { port, highestVersion, lowestVersion, extra } = found;
    const type = found.nodeType === nodeTypes.hidden ? 'hidden' : 'normal';
    return { port, type, highestVersion, lowestVersion, extra };
  }

  /** The names that are registered, newest first. */
  async names(): Promise<{ epmdPort: number; nodes: ListedName[] }> {
    return this.#decode(decodeNamesReply, await this.#ask(encodePlainRequest('names')), 'bad');
  }

  /** Names that are registered, and those that were. Only a local daemon tells. */
  async dump(): Promise<{ epmdPort: number; active: DumpedName[]; unused: DumpedName[] }> {
    return this.#decode(decodeDumpReply, await this.#ask(encodePlainRequest('dump')), 'refused');
  }

  /** Ends the daemon. Throws EpmdError EPMD_REFUSED while names are registered and it checks strictly. */
  async kill(): Promise<void> {
    const reply = new TextDecoder().decode(await this.#ask(encodePlainRequest('kill')));
    if (reply === 'OK') return;
    const why = reply === 'NO' ? 'nodes are registered' : 'only local users may';
    throw this.#error(
      'EPMD_REFUSED',
      `EPMD at ${this.address} refuses to end: ${why}; stop the nodes, or start it with -relaxed_command_check`,
    );
  }

  /** Takes a name away from the node that holds it. Throws EpmdError EPMD_REFUSED. Needs a daemon that checks relaxed. */
  async stop(name: string): Promise<void> {
    const reply = new TextDecoder().decode(await this.#ask(encodeStopRequest(name)));
    if (reply === 'STOPPED') return;
    const why = reply.startsWith('NOEXIST')
      ? 'nobody has registered it; see `epmd -names`'
      : 'it has to be local and started with -relaxed_command_check';
    throw this.#error('EPMD_REFUSED', `EPMD at ${this.address} does not stop ${name}: ${why}`);
  }

  #error(code: EpmdError['code'], message: string, cause?: unknown): EpmdError {
    return new EpmdError(code, message, { address: this.address, cause });
  }

  #decode<Reply>(decode: (bytes: Uint8Array) => Reply, bytes: Uint8Array, silence: 'bad' | 'refused'): Reply {
    if (bytes.length === 0 && silence === 'refused') {
      const what = `EPMD at ${this.address} closed the connection without a word`;
      throw this.#error('EPMD_REFUSED', `${what}: it answers this to local users only, and to valid names`);
    }
    try {
      return decode(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const what = `what answers at ${this.address} is no EPMD (${error.message})`;
      throw this.#error('EPMD_BAD_REPLY', `${what}; another program may use the port`, error);
    }
  }

  /** Resolves with everything up to the end of the connection. */
  async #ask(request: Uint8Array): Promise<Uint8Array> {
    const { reply, socket } = await exchange(this.#daemon, request);
    socket.destroy();
    return reply;
  }
}

function holdRegistration(socket: Duplex, creation: number): EpmdRegistration {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('close', () => resolve());
  if (socket.destroyed) resolve();
  socket.resume();
  return {
    creation,
    closed: promise,
    close: () => {
      // The daemon closes its end once it has released the name: then `closed` means that the name is free again.
      socket.end();
      setTimeout(() => socket.destroy(), closeGraceMs).unref();
    },
  };
}
