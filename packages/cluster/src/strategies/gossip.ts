/**
 * Nodes that tell each other by datagrams that they are there: libcluster's gossip, byte for byte, in clear or encrypted.
 * A heartbeat names a node and nothing else, so anybody on the network can name one; the cookie decides who gets in.
 */

import { isIPv6 } from 'node:net';
import { DiscoveryError } from './errors.ts';
import { GossipCodec } from './gossip-packet.ts';
import { maxPeersPerAnswer, type Strategy, type StrategyContext } from './strategy.ts';
import { GossipSocket } from './gossip-socket.ts';
import { checkDuration, pause } from './polling.ts';

export interface GossipStrategyOptions {
  /** Default 45892. */
  readonly port?: number | undefined;
  /** Where heartbeats go: a multicast group, or with `broadcast` a broadcast address. Default 233.252.1.32, 255.255.255.255. */
  readonly address?: string;
  /** Default `multicast`. */
  readonly mode?: 'multicast' | 'broadcast' | undefined;
  /** Address to listen on. Default: every one. */
  readonly bind?: string;
  /** Address of the interface that multicast goes by and comes from; with IPv6 its name after `::%`. Default: the system's choice. */
  readonly interface?: string;
  /** Routers that multicast may pass, plus one. Default 1. */
  readonly ttl?: number;
  /** Encrypts heartbeats, and has those in clear ignored. All nodes need the same. */
  readonly secret?: string | undefined;
  /** Longest time between two heartbeats; each time is chosen at random up to it. Default 5000. */
  readonly intervalMs?: number;
  /** Who was not heard for so long is missing. Default: six intervals. */
  readonly silenceMs?: number;
}

/** Throws DISCOVERY_BAD_OPTION. */
export function createGossipStrategy(options: GossipStrategyOptions = {}): Strategy {
  const { intervalMs = 5000, silenceMs = 6 * intervalMs, mode = 'multicast', secret } = options;
  checkDuration('gossip', 'interval', intervalMs);
  checkDuration('gossip', 'silence', silenceMs);
  if (secret === '') {
    throw new DiscoveryError('DISCOVERY_BAD_OPTION', 'gossip: the secret is empty', {
      remedy: 'Set it to the one the other nodes have, or leave it out for heartbeats in clear.',
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
    // Our own come back to us, and say that the network carries them; nothing else.
    if (node === undefined || node === self) return;
    if (heard.hear(node, clock.now())) answer({ peers: [{ node }], isComplete: false });
  });
  while (!signal.aborted) {
    const wish = context.refreshed();
    try {
      await socket.send(codec.encode(self));
    } catch (error) {
      if (!signal.aborted) fail(error as Error);
    }
    await Promise.race([pause(context, 1 + Math.random() * (intervalMs - 1), wish), socket.failed]);
    const now = clock.now();
    // Before everybody has had the time to say a word, nobody is missing.
    const isComplete = now - startedAt >= silenceMs;
    if (!signal.aborted) answer({ peers: [{ node: self }, ...heard.peers(now)], isComplete });
  }
}

/** Who was heard, and when. Bounded: names are free for anybody to make up. */
class HeardPeers {
  readonly #silenceMs: number;
  readonly #heardAt = new Map<string, number>();

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  /** Whether it is new. */
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
