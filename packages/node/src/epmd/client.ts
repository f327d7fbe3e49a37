/**
 * A client for EPMD daemons: registers a name, looks one up, lists them, and sends the commands of the `epmd` program. One
 * connection per request. It works with addresses, not node names: the caller decides which host to ask.
 */

import type { Duplex } from 'node:stream';
import { type ConvoyErrorDetail, DecodeError, EpmdError, NodeError } from '../errors.ts';
import { formatHostPort } from '../names.ts';
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

/** Options of `EpmdClient`. */
export interface EpmdClientOptions {
  /** The host of the daemon. Default '127.0.0.1'. */
  readonly host?: string | undefined;
  /** The port of the daemon. Default: the environment variable `ERL_EPMD_PORT`, otherwise 4369. */
  readonly port?: number | undefined;
  /** Timeout for one request, from dialling to the whole answer. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Aborts all requests of the client. */
  readonly signal?: AbortSignal | undefined;
  /** How to reach the daemon, if not by TCP from here: the `open` of a tunnel. */
  readonly openStream?: OpenStream | undefined;
}

/** A node to register. */
export interface EpmdRegisterRequest {
  /** The part of the node name before the `@`. */
  readonly name: string;
  /** The port the node listens on. */
  readonly port: number;
  /** Whether a lookup reports the node as hidden. Erlang nodes never set this, and ignore it. Default false. */
  readonly hidden?: boolean;
  /** At most 1020 bytes that a lookup returns. Default: empty. */
  readonly extra?: Uint8Array;
}

/** A name that is registered until `close` is called or the daemon ends. */
export interface EpmdRegistration {
  /** The incarnation of the name: part of every pid of the node. */
  readonly creation: number;
  /** Resolves when the name is no longer registered, for any reason. Never rejects. */
  readonly closed: Promise<void>;
  /** Unregisters the name. */
  close(): void;
}

/** The result of a lookup. */
export interface EpmdLookup {
  /** The port the node listens on. */
  readonly port: number;
  readonly type: 'normal' | 'hidden';
  /** The highest distribution version that the node supports. */
  readonly highestVersion: number;
  /** The lowest distribution version that the node supports. */
  readonly lowestVersion: number;
  /** The `extra` bytes of the registration. */
  readonly extra: Uint8Array;
}

/** How long to wait for the daemon to close its end of a registration that we closed. */
const closeGraceMs = 1000;

/** The port in `ERL_EPMD_PORT`, otherwise 4369. Throws `NodeError` NODE_BAD_EPMD_PORT when it is not a valid port. */
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

/**
 * Sends requests to one EPMD daemon. Its methods throw `EpmdError`: EPMD_UNREACHABLE, EPMD_TIMEOUT, EPMD_BAD_REPLY and
 * those they mention.
 *
 * @example const found = await new EpmdClient().lookup('app');
 */
export class EpmdClient {
  readonly #daemon: Daemon;

  constructor(options: EpmdClientOptions = {}) {
    const host = options.host ?? '127.0.0.1';
    const port = options.port ?? defaultEpmdPort();
    const address = formatHostPort({ host, port });
    const { signal, openStream, timeoutMs = 5000 } = options;
    this.#daemon = { host, port, address, timeoutMs, signal, openStream };
  }

  /** `host:port` of the daemon. */
  get address(): string {
    return this.#daemon.address;
  }

  /** Registers a name until the registration is closed. Throws `EpmdError` EPMD_NAME_TAKEN. */
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
      `EPMD at ${this.address} refused the name ${request.name}: another node is registered under it, or it is longer ` +
        'than 255 characters',
      { value: request.name, remedy: 'Choose another name, or stop that node.' },
    );
  }

  /** Looks up a name; resolves to `undefined` when it is not registered. */
  async lookup(name: string): Promise<EpmdLookup | undefined> {
    const reply = await this.#ask(encodeLookupRequest(name));
    const found = this.#decode(decodeLookupReply, reply, 'bad');
    if (found === undefined) return undefined;
    const { port, highestVersion, lowestVersion, extra } = found;
    const type = found.nodeType === nodeTypes.hidden ? 'hidden' : 'normal';
    return { port, type, highestVersion, lowestVersion, extra };
  }

  /** Lists the registered names, newest first. */
  async names(): Promise<{ epmdPort: number; nodes: ListedName[] }> {
    return this.#decode(decodeNamesReply, await this.#ask(encodePlainRequest('names')), 'bad');
  }

  /** Lists the registered names and those that were registered before. Only a local daemon answers. */
  async dump(): Promise<{ epmdPort: number; active: DumpedName[]; unused: DumpedName[] }> {
    return this.#decode(decodeDumpReply, await this.#ask(encodePlainRequest('dump')), 'refused');
  }

  /** Ends the daemon. Throws `EpmdError` EPMD_REFUSED while names are registered, unless the daemon checks relaxed. */
  async kill(): Promise<void> {
    const reply = new TextDecoder().decode(await this.#ask(encodePlainRequest('kill')));
    if (reply === 'OK') return;
    const why = reply === 'NO' ? 'nodes are registered' : 'only local users may end it';
    throw this.#error('EPMD_REFUSED', `EPMD at ${this.address} refused to end: ${why}`, {
      remedy: 'Stop the nodes, or start it with -relaxed_command_check.',
    });
  }

  /**
   * Unregisters the name of another node. Throws `EpmdError` EPMD_NAME_UNKNOWN when it is not registered, or EPMD_REFUSED. Requires a
   * daemon that checks relaxed.
   */
  async stop(name: string): Promise<void> {
    const reply = new TextDecoder().decode(await this.#ask(encodeStopRequest(name)));
    if (reply === 'STOPPED') return;
    const message = `EPMD at ${this.address} did not unregister ${name}`;
    if (reply.startsWith('NOEXIST')) {
      const remedy = '`epmd -names` lists the registered names.';
      throw this.#error('EPMD_NAME_UNKNOWN', `${message}: it is not registered`, { value: name, remedy });
    }
    const remedy = 'Start it on this machine with -relaxed_command_check.';
    throw this.#error('EPMD_REFUSED', `${message}: the daemon does not allow it`, { value: name, remedy });
  }

  #error(code: EpmdError['code'], message: string, detail: ConvoyErrorDetail): EpmdError {
    return new EpmdError(code, message, { address: this.address, ...detail });
  }

  #decode<Reply>(decode: (bytes: Uint8Array) => Reply, bytes: Uint8Array, silence: 'bad' | 'refused'): Reply {
    if (bytes.length === 0 && silence === 'refused') {
      const what = `EPMD at ${this.address} closed the connection without an answer`;
      throw this.#error(
        'EPMD_REFUSED',
        `${what}: it answers this request only to local users, and only for valid names`,
        { remedy: 'Send it from the machine of the daemon.' },
      );
    }
    try {
      return decode(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const what = `the answer from ${this.address} is not that of an EPMD (${error.message})`;
      throw this.#error('EPMD_BAD_REPLY', `${what}: another program may use the port`, {
        remedy: 'Check which program listens on that port.',
        cause: error,
      });
    }
  }

  /** Sends a request. Resolves with everything up to the end of the connection. */
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
      // The daemon closes its end once it has released the name, so `closed` means that the name is free again.
      socket.end();
      setTimeout(() => socket.destroy(), closeGraceMs).unref();
    },
  };
}
