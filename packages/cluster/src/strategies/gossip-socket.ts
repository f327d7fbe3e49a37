/** A datagram socket that several nodes of one machine can share, for multicast or broadcast. */

import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { DiscoveryError } from './discovery-error.ts';

/** Where heartbeats are sent and received. */
export interface GossipPlace {
  readonly port: number;
  readonly address: string;
  readonly isMulticast: boolean;
  readonly bind: string;
  readonly multicastInterface: string | undefined;
  readonly ttl: number;
}

/** Other programs, such as libcluster, bind the same port. */
const socketOptions = { reuseAddr: true } as const;

export class GossipSocket {
  /** Rejects when the socket can no longer be used; never resolves. */
  readonly failed: Promise<never>;
  readonly #place: GossipPlace;
  readonly #socket: Socket;

  private constructor(socket: Socket, place: GossipPlace) {
    this.#socket = socket;
    this.#place = place;
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    promise.catch(() => undefined);
    socket.on('error', (error) => reject(explain(error, place)));
  }

  /** Rejects with DISCOVERY_LOOKUP_FAILED. */
  static async open(place: GossipPlace): Promise<GossipSocket> {
    const socket = createSocket({ type: isIPv6(place.address) ? 'udp6' : 'udp4', ...socketOptions });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('error', reject).once('listening', resolve);
    try {
      socket.bind({ port: place.port, address: place.bind });
      await promise;
      configure(socket, place);
    } catch (error) {
      socket.close();
      throw explain(error as Error, place);
    }
    socket.off('error', reject);
    return new GossipSocket(socket, place);
  }

  onDatagram(listener: (datagram: Uint8Array) => void): void {
    this.#socket.on('message', listener);
  }

  async send(datagram: Uint8Array): Promise<void> {
    const { port, address } = this.#place;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.send(datagram, port, address, (error) => {
      if (error === null) resolve();
      else reject(explain(error, this.#place));
    });
    await promise;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.close(() => resolve());
    await promise;
  }
}

function configure(socket: Socket, { address, isMulticast, multicastInterface, ttl }: GossipPlace): void {
  if (!isMulticast) {
    socket.setBroadcast(true);
    return;
  }
  if (multicastInterface !== undefined) socket.setMulticastInterface(multicastInterface);
  socket.setMulticastTTL(ttl);
  socket.setMulticastLoopback(true);
  socket.addMembership(address, multicastInterface);
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program uses the port exclusively: stop it, or set another port on all nodes.',
  EADDRNOTAVAIL: 'Set bind and interface to addresses of this machine.',
  EINVAL: 'Set address to a multicast group, which starts with 224 to 239, or use mode=broadcast.',
  ENODEV: 'No interface supports multicast: set interface, or use another strategy.',
  ENETUNREACH:
    'There is no route for multicast: set interface, or use another strategy, as clouds and most containers have no multicast.',
  EACCES: 'This machine does not allow broadcast: use multicast, or another strategy.',
};

function explain(cause: Error, { address, port, bind }: GossipPlace): DiscoveryError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const message = `gossip on ${bind} port ${port} to ${address} does not work (${code || cause.message})`;
  return new DiscoveryError('DISCOVERY_LOOKUP_FAILED', message, { remedy: remedies[code], cause });
}
