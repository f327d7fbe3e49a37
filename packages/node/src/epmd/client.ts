/**
 * Questions to an EPMD daemon, one connection each, and the registration that lives as long as its connection.
 * Every failure is an `EpmdError` that names the daemon.
 */
import { connect, type Socket } from 'node:net';
import { DecodeError, EpmdError } from '../errors.ts';
import {
  decodeAliveReply,
  decodeNamesReply,
  decodePortReply,
  encodeRequest,
  type EpmdRequest,
  isNameAcceptable,
  type NamesReply,
  type NodeType,
} from './messages.ts';

export interface EpmdClientOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default: `ERL_EPMD_PORT` of the environment, else 4369. */
  readonly port?: number;
  /** For one question, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface RegisterOptions {
  /** The part of the node name before the `@`. */
  readonly name: string;
  /** Where the node listens. */
  readonly port: number;
  readonly hidden?: boolean;
  /** Opaque bytes for whoever looks the name up, at most 1020. */
  readonly extra?: Uint8Array;
}

/** A held name. It is released when the connection ends, whoever ends it. */
export interface EpmdRegistration {
  readonly creation: number;
  /** Settles when the registration is over. Never rejects. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface EpmdEntry {
  readonly port: number;
  readonly type: NodeType;
  readonly highestVersion: number;
  readonly lowestVersion: number;
  readonly extra: Uint8Array;
}

/** The most a daemon's answer may hold: 4096 names of 255 characters and some. */
const maxReplyBytes = 8 * 1024 * 1024;

/** The port of EPMD on this machine: `ERL_EPMD_PORT`, else 4369. */
export function defaultEpmdPort(): number {
  const port = Number(process.env['ERL_EPMD_PORT']);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 4369;
}

/** Asks one EPMD daemon. */
export class EpmdClient {
  readonly host: string;
  readonly port: number;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor(options: EpmdClientOptions = {}) {
    this.host = options.host ?? '127.0.0.1';
    this.port = options.port ?? defaultEpmdPort();
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#signal = options.signal;
  }

  /** `host:port`, as errors name the daemon. */
  get address(): string {
    return this.host.includes(':') ? `[${this.host}]:${this.port}` : `${this.host}:${this.port}`;
  }

  /** Registers a node (ALIVE2_REQ) and keeps it registered. Throws EPMD_NAME_TAKEN when a live node has the name. */
  async register(options: RegisterOptions): Promise<EpmdRegistration> {
    const { name, port, hidden, extra } = options;
    if (!isNameAcceptable(name)) {
      throw this.#error('EPMD_REFUSED', `"${name}" is too long for EPMD, which takes 255 characters`);
    }
    const request = encodeRequest({
      kind: 'alive2',
      name,
      port,
      type: hidden === true ? 'hidden' : 'normal',
      protocol: 0,
      highestVersion: 6,
      lowestVersion: 5,
      extra: extra ?? new Uint8Array(),
    });
    const { socket, reply } = await this.#converse(request, decodeAliveReply);
    if (reply?.ok !== true) {
      socket.destroy();
      if (reply === undefined)
        throw this.#error('EPMD_REFUSED', `closed when "${name}" was to be registered`);
      const taken = `the name "${name}" is in use; choose another or stop the node that has it`;
      throw this.#error('EPMD_NAME_TAKEN', taken);
    }
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => socket.destroy());
    socket.resume();
    // A held name alone does not keep the program alive; the node does that.
    socket.unref();
    return { creation: reply.creation, closed, close: () => void socket.destroy() };
  }

  /** Where a node listens (PORT_PLEASE2_REQ); `undefined` when the daemon does not know the name. */
  async lookup(name: string): Promise<EpmdEntry | undefined> {
    return this.#read(await this.#ask({ kind: 'portPlease2', name }), decodePortReply);
  }

  /** All registered names (NAMES_REQ). */
  async names(): Promise<NamesReply> {
    return this.#read(await this.#ask({ kind: 'names' }), decodeNamesReply);
  }

  /** The daemon's own listing, as text (DUMP_REQ). Only from its own machine. */
  async dump(): Promise<string> {
    const bytes = await this.#ask({ kind: 'dump' });
    return new TextDecoder().decode(bytes.subarray(4)).replaceAll('\0', '');
  }

  /** Ends the daemon (KILL_REQ). Throws EPMD_REFUSED while names are registered, unless it checks relaxedly. */
  async kill(): Promise<void> {
    const answer = new TextDecoder().decode(await this.#ask({ kind: 'kill' }));
    if (answer === 'OK') return;
    throw this.#error(
      'EPMD_REFUSED',
      'did not end: nodes are registered, or it takes this only from its own machine',
    );
  }

  /** Makes the daemon forget a name (STOP_REQ). Only with relaxed command checking. */
  async stop(name: string): Promise<void> {
    const answer = new TextDecoder().decode(await this.#ask({ kind: 'stop', name }));
    if (answer === 'STOPPED') return;
    const why = answer.startsWith('NOEXIST')
      ? `does not know "${name}"`
      : 'takes -stop only with -relaxed_command_check';
    throw this.#error('EPMD_REFUSED', why);
  }

  #error(code: EpmdError['code'], what: string, cause?: unknown): EpmdError {
    return new EpmdError(code, `EPMD at ${this.address}: ${what}`, { address: this.address, cause });
  }

  #read<Value>(bytes: Uint8Array, decode: (bytes: Uint8Array) => Value): Value {
    try {
      return decode(bytes);
    } catch (cause) {
      if (!(cause instanceof DecodeError)) throw cause;
      throw this.#error(
        'EPMD_BAD_REPLY',
        `its answer is not EPMD's; another program may listen there`,
        cause,
      );
    }
  }

  /** Sends a request and reads until the daemon closes. */
  async #ask(request: EpmdRequest): Promise<Uint8Array> {
    const { bytes } = await this.#converse(encodeRequest(request), () => undefined);
    return bytes;
  }

  /**
   * Sends a request; done when `decode` finds a reply (the socket stays open then), or when the daemon closes.
   */
  #converse<Reply>(
    request: Uint8Array,
    decode: (bytes: Uint8Array) => Reply | undefined,
  ): Promise<{ socket: Socket; bytes: Uint8Array; reply: Reply | undefined }> {
    this.#signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<{
      socket: Socket;
      bytes: Uint8Array;
      reply: Reply | undefined;
    }>();
    const chunks: Uint8Array[] = [];
    let size = 0;
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    const fail = (error: unknown): void => {
      socket.destroy();
      reject(error as Error);
    };
    const onAbort = (): void => fail(this.#signal?.reason);
    const timer = setTimeout(
      () => fail(this.#error('EPMD_TIMEOUT', `no answer in ${this.#timeoutMs} ms`)),
      this.#timeoutMs,
    );
    const finish = (reply: Reply | undefined): void =>
      resolve({ socket, bytes: Buffer.concat(chunks), reply });
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxReplyBytes)
        return fail(this.#error('EPMD_BAD_REPLY', `an answer of more than ${maxReplyBytes} bytes`));
      try {
        const reply = this.#read(Buffer.concat(chunks), decode);
        if (reply !== undefined) finish(reply);
      } catch (error) {
        fail(error);
      }
    });
    socket.on('close', () => finish(undefined));
    socket.on('error', (cause) => fail(this.#connectError(cause)));
    this.#signal?.addEventListener('abort', onAbort, { once: true });
    return promise.finally(() => {
      clearTimeout(timer);
      this.#signal?.removeEventListener('abort', onAbort);
      socket.removeAllListeners('data').removeAllListeners('close');
    });
  }

  #connectError(cause: Error & { code?: string }): EpmdError {
    const remedy = 'start one with `convoy epmd`, or check the host and ERL_EPMD_PORT';
    return this.#error(
      'EPMD_UNREACHABLE',
      `cannot be reached (${cause.code ?? cause.message}); ${remedy}`,
      cause,
    );
  }
}
