/**
 * Nodes that announce themselves by datagrams: libcluster's gossip, byte for byte, unencrypted or encrypted. A heartbeat
 * only names a node, so anyone on the network can name any node; the cookie decides which nodes may connect.
 */

import { isIPv6 } from 'node:net';
import { DiscoveryError } from './discovery-error.ts';
import { GossipCodec } from './gossip-packet.ts';
import { maxPeersPerAnswer, type Strategy, type StrategyContext } from './strategy.ts';
import { GossipSocket } from './gossip-socket.ts';
import { checkDuration, waitForNextLookup } from './polling.ts';

/** Options of `createGossipStrategy`. All nodes of a cluster need the same port, address, mode and secret. */
export interface GossipStrategyOptions {
  /** UDP port. Default 45892. */
  readonly port?: number | undefined;
  /** Where heartbeats are sent: a multicast group (default 233.252.1.32), or a broadcast address (default 255.255.255.255). */
  readonly address?: string;
  /** Default `multicast`. */
  readonly mode?: 'multicast' | 'broadcast' | undefined;
  /** Address to listen on. Default: all addresses. */
  readonly bind?: string;
  /** Address of the interface used for multicast; with IPv6 its name after `::%`. Default: chosen by the operating system. */
  readonly interface?: string;
  /** Time to live of multicast packets. Default 1: they do not pass a router. */
  readonly ttl?: number;
  /** Encrypts heartbeats; unencrypted ones are ignored. */
  readonly secret?: string | undefined;
  /** Longest time between two heartbeats, in milliseconds; each interval is random up to this. Default 5000. */
  readonly intervalMs?: number;
  /** A node that sends nothing for this long counts as missing, in milliseconds. Default: six intervals. */
  readonly silenceMs?: number;
}

/** The nodes that announce themselves on the network. Throws DISCOVERY_BAD_OPTION. */
export function createGossipStrategy(options: GossipStrategyOptions = {}): Strategy {
  const { intervalMs = 5000, silenceMs = 6 * intervalMs, mode = 'multicast', secret } = options;
  checkDuration('gossip', 'interval', intervalMs);
  checkDuration('gossip', 'silence', silenceMs);
  if (secret === '') {
    throw new DiscoveryError('DISCOVERY_BAD_OPTION', 'gossip: the secret is empty', {
      remedy: 'Set it to the secret of the other nodes, or leave it out to send heartbeats unencrypted.',
    });
  }
  const codec = new GossipCodec({ secret });
  const address = options.address ?? (mode === 'broadcast' ? '255.255.255.255' : '233.252.1.32');
  const place = {
    port: options.port ?? 45_892,
    address,
    isMulticast: mode === 'multicast',
    bind: options.bind ?? (isIPv6(address) ? '::' : '0.0.0.0'),
    multicastInterface: options.interface,
    ttl: options.ttl ?? 1,
  };
  return {
    kind: 'gossip',
    tags: [],
    run: async (context) => {
      const socket = await GossipSocket.open(place);
      try {
        await gossip(context, { socket, codec, intervalMs, silenceMs });
      } finally {
        await socket.close();
      }
    },
  };
}

interface Gossip {
  readonly socket: GossipSocket;
  readonly codec: GossipCodec;
  readonly intervalMs: number;
  readonly silenceMs: number;
}

async function gossip(
  context: StrategyContext,
  { socket, codec, intervalMs, silenceMs }: Gossip,
): Promise<void> {
  const { self, clock, signal, answer, fail } = context;
  const heard = new HeardPeers(silenceMs);
  const startedAt = clock.now();
  socket.onDatagram((datagram) => {
    const node = codec.decode(datagram)?.node;
    // Our own heartbeats return to us, which shows only that the network carries them.
    if (node === undefined || node === self) return;
    if (heard.hear(node, clock.now())) answer({ peers: [{ node }], isComplete: false });
  });
  while (!signal.aborted) {
    const refresh = context.refreshed();
    try {
      await socket.send(codec.encode(self));
    } catch (error) {
      if (!signal.aborted) fail(error as Error);
    }
    await Promise.race([
      waitForNextLookup(context, 1 + Math.random() * (intervalMs - 1), refresh),
      socket.failed,
    ]);
    const now = clock.now();
    // No node counts as missing before each has had the time to announce itself.
    const isComplete = now - startedAt >= silenceMs;
    if (!signal.aborted) answer({ peers: [{ node: self }, ...heard.peers(now)], isComplete });
  }
}

/** The nodes that were heard, and when. Bounded, because anyone can invent names. */
class HeardPeers {
  readonly #silenceMs: number;
  readonly #heardAt = new Map<string, number>();

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  /** Records a heartbeat. Returns whether the node was unknown until then. */
  hear(node: string, now: number): boolean {
    const isNew = !this.#heardAt.has(node);
    if (isNew && this.#heardAt.size >= maxPeersPerAnswer - 1) return false;
    this.#heardAt.set(node, now);
    return isNew;
  }

  peers(now: number): { readonly node: string }[] {
    for (const [node, heardAt] of this.#heardAt) {
      if (now - heardAt > this.#silenceMs) this.#heardAt.delete(node);
    }
    return Array.from(this.#heardAt.keys(), (node) => ({ node }));
  }
}
