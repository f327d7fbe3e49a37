/**
 * TCP, IPv4 and IPv6, as a `Transport`. Sets TCP_NODELAY, because small messages must not wait for acknowledgements.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { SharedReads } from './shared-reads.ts';
import { createSocketStream } from './socket-stream.ts';
import type { ByteStream, Listener, ListenOptions, Transport, TransportAddress } from './transport.ts';

export interface TcpTransportOptions {
  /** 4 or 6 keeps to one family; 0, the default, tries every address of a name and listens on both. */
  readonly family?: 0 | 4 | 6;
}

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

async function connectTcp(
  address: TransportAddress & { family: 0 | 4 | 6 },
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  const shared = SharedReads.create();
  const onread = shared === undefined ? {} : { onread: shared.onread };
  const socket = await openTcpSocket({ ...address, ...onread }, signal);
  return createSocketStream(socket, { reads: shared?.reads });
}

/** Dials. Rejects with what the system says, or the signal's reason. */
export async function openTcpSocket(
  options: TcpSocketConnectOpts,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  signal?.throwIfAborted();
  const socket = connect({ ...options, noDelay: true, autoSelectFamilyAttemptTimeout: attemptTimeoutMs });
  const onAbort = (): void => void socket.destroy();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await once(socket, 'connect', signal === undefined ? undefined : { signal });
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  return socket;
}

function listenTcp(
  options: ListenOptions & { family: 0 | 4 | 6 },
  onStream: (stream: ByteStream) => void,
): Promise<Listener> {
  return acceptTcpSockets(options, (socket) => onStream(createSocketStream(socket)));
}

/** Listens. Rejects with what the system says. */
export async function acceptTcpSockets(
  options: ListenOptions & { family: 0 | 4 | 6 },
  onSocket: (socket: Socket) => void,
): Promise<Listener> {
  const server = createServer({ noDelay: true }, onSocket);
  const host = options.host ?? (options.family === 4 ? '0.0.0.0' : undefined);
  server.listen({
    port: options.port ?? 0,
    ...(host === undefined ? {} : { host }),
    ipv6Only: options.family === 6 && host === undefined,
  });
  await once(server, 'listening');
  // An accept that fails (out of descriptors or memory) costs that stream, not the program.
  server.on('error', () => undefined);
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
