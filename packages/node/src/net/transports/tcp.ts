/**
 * TCP, IPv4 and IPv6, as a `Transport`. Sets TCP_NODELAY, because small messages must not wait for acknowledgements.
 */

import { once } from 'node:events';
import { connect, createServer, isIP, type Server, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { isMissingAddress, systemCode } from '../../system-error.ts';
import { SharedReads } from './shared-reads.ts';
import { createSocketStream } from './socket-stream.ts';
import type { StreamEnds } from './socket-table.ts';
import type { ByteStream, Listener, ListenOptions, Transport, TransportAddress } from '../transport.ts';

/** Options of `createTcpTransport`. */
export interface TcpTransportOptions {
  /** Address family: 4 or 6 uses only that one; 0, the default, tries every address of a host and listens on both. */
  readonly family?: 0 | 4 | 6;
  /**
   * Called for each dialled stream before any byte is sent, with the name of the expected node. If it rejects, the dial
   * rejects with the same error. `createOwnerCheck` creates such a check. Default: none.
   */
  readonly checkStream?: ((ends: StreamEnds, peer: string | undefined) => Promise<void>) | undefined;
}

/** How long to try one of several addresses before the next. Node's default, 250 ms, is short for distant hosts. */
const attemptTimeoutMs = 1000;

/** Creates a transport for TCP. */
export function createTcpTransport(options: TcpTransportOptions = {}): Transport {
  const family = options.family ?? 0;
  return {
    name: family === 6 ? 'tcp6' : 'tcp',
    connect: async (address, { signal, peer }) => {
      const { socket, stream } = await connectTcp({ ...address, family }, signal);
      try {
        await options.checkStream?.(endsOf(socket), peer);
      } catch (error) {
        stream.destroy();
        throw error;
      }
      return stream;
    },
    listen: (listenOptions, onStream) => listenTcp({ ...listenOptions, family }, onStream),
  };
}

async function connectTcp(
  address: TransportAddress & { family: 0 | 4 | 6 },
  signal: AbortSignal | undefined,
): Promise<{ readonly socket: Socket; readonly stream: ByteStream }> {
  const shared = SharedReads.create();
  const onread = shared === undefined ? {} : { onread: shared.onread };
  const socket = await openTcpSocket({ ...address, ...onread }, signal);
  return { socket, stream: createSocketStream(socket, { reads: shared?.reads }) };
}

function endsOf({
  localAddress = '',
  localPort = 0,
  remoteAddress = '',
  remotePort = 0,
}: Socket): StreamEnds {
  return {
    local: { address: localAddress, port: localPort },
    remote: { address: remoteAddress, port: remotePort },
  };
}

/** Dials. Rejects with the system's error, or the signal's reason. */
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

/** Listens. Rejects with the system's error. */
export async function acceptTcpSockets(
  options: ListenOptions & { family: 0 | 4 | 6 },
  onSocket: (socket: Socket) => void,
): Promise<Listener> {
  const { port = 0 } = options;
  // The free port of one address may be taken on the other: then another one is tried.
  for (let attempts = port === 0 ? 10 : 1; ; attempts -= 1) {
    try {
      return await listenOnAll(listenHosts(options), { ...options, port }, onSocket);
    } catch (error) {
      if (attempts === 1 || systemCode(error) !== 'EADDRINUSE') throw error;
    }
  }
}

/** `undefined` stands for every address of the machine. */
function listenHosts({ host, family }: ListenOptions & { family: 0 | 4 | 6 }): (string | undefined)[] {
  if (host?.toLowerCase() !== 'localhost') return [host ?? (family === 4 ? '0.0.0.0' : undefined)];
  return ['127.0.0.1', '::1'].filter((address) => family === 0 || isIP(address) === family);
}

/** Listens on the same port of every host. A machine may lack one of the two loopback addresses, but not both. */
async function listenOnAll(
  hosts: readonly (string | undefined)[],
  options: { readonly port: number; readonly family: 0 | 4 | 6 },
  onSocket: (socket: Socket) => void,
): Promise<Listener> {
  const { family } = options;
  const servers: Server[] = [];
  try {
    for (const [index, host] of hosts.entries()) {
      const first = servers[0];
      const port = first === undefined ? options.port : boundAddress(first).port;
      const isLastHope = first === undefined && index === hosts.length - 1;
      const server = listenOn({ host, port, family }, onSocket);
      const heard = isLastHope ? await server : await unlessMissing(server);
      if (heard !== undefined) servers.push(heard);
    }
  } catch (error) {
    await closeServers(servers);
    throw error;
  }
  const [first] = servers;
  if (first === undefined) throw new TypeError('there is no address to listen on');
  return { ...boundAddress(first), close: () => closeServers(servers) };
}

/** `undefined` if this machine does not have the address. */
async function unlessMissing(server: Promise<Server>): Promise<Server | undefined> {
  try {
    return await server;
  } catch (error) {
    if (isMissingAddress(error)) return undefined;
    throw error;
  }
}

async function listenOn(
  where: { readonly host: string | undefined; readonly port: number; readonly family: 0 | 4 | 6 },
  onSocket: (socket: Socket) => void,
): Promise<Server> {
  const { host, port, family } = where;
  const server = createServer({ noDelay: true }, onSocket);
  server.listen({ port, host, ipv6Only: family === 6 && host === undefined });
  await once(server, 'listening');
  // A failed accept (out of descriptors or memory) must lose only that stream, not end the process.
  server.on('error', () => undefined);
  return server;
}

function boundAddress(server: Server): TransportAddress {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the TCP server has no port');
  return { host: address.address, port: address.port };
}

/** Stops listening. Does not wait for Node's callback, which comes only when the last stream has closed. */
function closeServers(servers: readonly Server[]): Promise<void> {
  for (const server of servers) server.close();
  return Promise.resolve();
}
