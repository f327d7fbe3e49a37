/**
 * A local port whose streams come out behind a tunnel, for programs that can only dial a port. The port stays the same while
 * the tunnel goes down and up; streams that arrive meanwhile wait for it, up to a time limit. It relays bytes only.
 */

import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { anySignal } from '@convoy/node/async';
import { TunnelError } from '../errors.ts';
import type { Tunnel, TunnelAddress } from './tunnel.ts';

/** One address, or several that are tried in order. */
export type ForwardTarget = TunnelAddress | readonly [TunnelAddress, ...TunnelAddress[]];

/** Options of `forwardPort`. */
export interface PortForwardOptions {
  /** Where streams go. A function is called for each stream, for a target that can move. */
  readonly to: ForwardTarget | ((options: { readonly signal: AbortSignal }) => Promise<ForwardTarget>);
  /** Local port. Default 0: any port that is free on all of `hosts`. */
  readonly port?: number | undefined;
  /** IP addresses to listen on, all with the same port. Default 127.0.0.1 and, where the machine has it, ::1. */
  readonly hosts?: readonly string[] | undefined;
  /** Maximum number of open streams; further ones are closed immediately. Default 256. */
  readonly maxStreams?: number;
  /** How long opening a stream at the far end may take, in milliseconds. Default 15000. */
  readonly openTimeoutMs?: number;
  /** Called with the reason when a stream is closed before it was open at the far end. */
  readonly onRefused?: ((error: Error) => void) | undefined;
}

/** A local port whose connections go through a tunnel. See `forwardPort`. */
export interface PortForward extends AsyncDisposable {
  readonly port: number;
  /** The addresses it listens on. */
  readonly hosts: readonly string[];
  /** Number of streams that are open or being opened. */
  readonly streamCount: number;
  /** Closes the port and ends every stream. Idempotent. The tunnel stays open. */
  close(): Promise<void>;
}

const defaultHosts = ['127.0.0.1', '::1'] as const;
/** A port that is free on the first address may be taken on the next one. */
const freePortAttempts = 10;

/** Listens on a local port and forwards its streams. Throws `TunnelError` TUNNEL_PORT_TAKEN, or an error of the system. */
export async function forwardPort(tunnel: Tunnel, options: PortForwardOptions): Promise<PortForward> {
  const { port = 0 } = options;
  for (let attempts = port === 0 ? freePortAttempts : 1; ; attempts -= 1) {
    const forward = new ListeningForward(tunnel, options);
    try {
      await forward.listen(port);
      return forward;
    } catch (cause) {
      await forward.close();
      const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (isTaken && attempts > 1) continue;
      throw isTaken ? portTaken(tunnel, port, cause) : cause;
    }
  }
}

function portTaken(tunnel: Tunnel, port: number, cause: unknown): TunnelError {
  return new TunnelError('TUNNEL_PORT_TAKEN', `port ${port} on this machine is in use`, {
    tunnel: tunnel.name,
    remedy: 'Choose another port, or omit it to use any free port.',
    cause,
  });
}

class ListeningForward implements PortForward {
  readonly #tunnel: Tunnel;
  readonly #options: PortForwardOptions;
  readonly #maxStreams: number;
  readonly #closing = new AbortController();
  readonly #sockets = new Set<Socket>();
  readonly #listening: { readonly server: Server; readonly host: string }[] = [];
  #port = 0;

  constructor(tunnel: Tunnel, options: PortForwardOptions) {
    this.#tunnel = tunnel;
    this.#options = options;
    this.#maxStreams = options.maxStreams ?? 256;
  }

  get port(): number {
    return this.#port;
  }

  get hosts(): readonly string[] {
    return this.#listening.map(({ host }) => host);
  }

  get streamCount(): number {
    return this.#sockets.size;
  }

  /** @internal Listens on all addresses, with the port of the first. */
  async listen(port: number): Promise<void> {
    this.#port = port;
    for (const host of this.#options.hosts ?? defaultHosts) {
      try {
        const server = await listenOn(host, this.#port, (socket) => this.#accept(socket));
        this.#listening.push({ server, host });
        this.#port = (server.address() as { port: number }).port;
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException;
        const isMissing = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(code);
        const isOptional = this.#options.hosts === undefined && this.#listening.length > 0;
        if (!isMissing || !isOptional) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(
      new TunnelError('TUNNEL_CLOSED', 'the forwarded port is closed', {
        tunnel: this.#tunnel.name,
        remedy: 'Forward the port again.',
      }),
    );
    const ended = this.#listening.map(
      ({ server }) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(ended);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(socket: Socket): void {
    if (this.#sockets.size >= this.#maxStreams || this.#closing.signal.aborted) {
      return void socket.resetAndDestroy();
    }
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    void this.#connect(socket);
  }

  async #connect(socket: Socket): Promise<void> {
    const disconnected = new AbortController();
    const onClose = (): void => disconnected.abort(new Error('the local program has disconnected'));
    socket.once('close', onClose);
    const timeout = AbortSignal.timeout(this.#options.openTimeoutMs ?? 15_000);
    const signal = anySignal(disconnected.signal, this.#closing.signal, timeout);
    try {
      const remote = await this.#open(signal);
      if (socket.destroyed) return void remote.on('error', () => undefined).destroy();
      pipeBoth(socket, remote);
    } catch (error) {
      const isClosedHere = disconnected.signal.aborted || this.#closing.signal.aborted;
      socket.resetAndDestroy();
      if (!isClosedHere)
        this.#options.onRefused?.(timeout.aborted ? this.#timeoutError(error) : (error as Error));
    } finally {
      socket.off('close', onClose);
    }
  }

  async #open(signal: AbortSignal): Promise<Duplex> {
    const { to } = this.#options;
    const target = typeof to === 'function' ? await to({ signal }) : to;
    const [first, ...others] = 'host' in target ? [target] : target;
    signal.throwIfAborted();
    try {
      return await this.#tunnel.open(first, { signal });
    } catch (error) {
      for (const other of others) {
        signal.throwIfAborted();
        const stream = await this.#tunnel.open(other, { signal }).catch(() => undefined);
        if (stream !== undefined) return stream;
      }
      throw error;
    }
  }

  /** Why the tunnel is down is more informative than a timeout. */
  #timeoutError(cause: unknown): Error {
    const { state } = this.#tunnel;
    if (state.kind === 'down') return state.error;
    return new Error(`${this.#tunnel.name} did not open a stream in time`, { cause });
  }
}

/** Connects two streams in both directions, passing on data with back-pressure, ends and errors. */
function pipeBoth(local: Socket, remote: Duplex): void {
  remote.on('error', () => undefined);
  local.pipe(remote);
  remote.pipe(local);
  local.once('close', () => {
    if (!isFinished(local)) remote.destroy();
  });
  remote.once('close', () => {
    if (!isFinished(remote)) local.resetAndDestroy();
  });
}

/** Whether the stream has ended properly in both directions; the other stream may still have data to send then. */
function isFinished(stream: Duplex): boolean {
  return stream.readableEnded && stream.writableFinished && stream.errored === null;
}

function listenOn(host: string, port: number, onSocket: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, onSocket);
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => {
      // A failing accept (out of file descriptors) must not end the program.
      server.off('error', reject).on('error', () => undefined);
      resolve(server);
    });
  });
}
