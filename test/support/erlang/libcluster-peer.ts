/**
 * Runs libcluster's Gossip or DNSPoll on a real Erlang node of a test, and reports what they do. The strategies of libcluster 3.5
 * are rewritten in libcluster_peer.erl, because tests cannot rely on its package.
 */

import assert from 'node:assert/strict';
import type { ErlangNode } from './erlang-node.ts';
import { loadModule } from './modules/load-module.ts';

/** `Cluster.Strategy.Gossip`, by libcluster's defaults unless given. */
export interface GossipTopology {
  readonly strategy: 'gossip';
  /** Default 45892. */
  readonly port?: number;
  /** Address that the socket is bound to. Default 0.0.0.0. */
  readonly ifAddr?: string;
  /** Address of the interface that sends and joins. Default: the system's choice. */
  readonly multicastIf?: string;
  /** Default 233.252.1.32. With `broadcastOnly` the broadcast address. */
  readonly multicastAddr?: string;
  /** Default 1. */
  readonly multicastTtl?: number;
  readonly broadcastOnly?: boolean;
  readonly secret?: string;
  /** Longest time between two heartbeats, in milliseconds; libcluster has a fixed 5000. */
  readonly interval?: number;
}

/** `Cluster.Strategy.DNSPoll`. */
export interface DnsPollTopology {
  readonly strategy: 'dns_poll';
  readonly query: string;
  readonly nodeBasename: string;
  /** Default 5000 ms. */
  readonly pollingInterval?: number;
  /** `127.0.0.1:5353` */
  readonly nameserver: string;
}

/**
 * What the peer did. Gossip: `sent`, `packet` (anything received), then one of `heartbeat`, `ignored` and `crash`. DNSPoll:
 * `poll`. Both: `connected`, `connect_failed`, `disconnected`.
 */
export interface PeerEvent {
  /** Counts from 1. */
  readonly number: number;
  readonly event:
    | 'sent'
    | 'packet'
    | 'heartbeat'
    | 'ignored'
    | 'crash'
    | 'poll'
    | 'connected'
    | 'connect_failed'
    | 'disconnected';
  /** Full name of the other node. */
  readonly node?: string;
  /** Nodes in the answer of the name server, sorted. */
  readonly nodes?: readonly string[];
  /** The datagram, in hexadecimal digits. */
  readonly packet?: string;
  readonly reason?: string;
}

export interface WaitOptions {
  /** Ignores events up to this one. */
  readonly after?: PeerEvent | undefined;
  /** Default 30 s. */
  readonly timeoutMs?: number;
}

/** A node that runs libcluster. The code that started the node also stops it. */
export class LibclusterPeer {
  readonly node: ErlangNode;

  constructor(node: ErlangNode) {
    this.node = node;
  }

  /** Connected nodes, including hidden ones. */
  async nodes(): Promise<string[]> {
    const text = await this.node.eval('[atom_to_list(N) || N <- lists:sort(nodes(connected))].');
    return Array.from(text.matchAll(/"([^"]+)"/g), ([, name = '']) => name);
  }

  /** All events so far, oldest first. */
  async events(): Promise<PeerEvent[]> {
    return JSON.parse(fromHex(await this.node.eval('libcluster_peer:events().'))) as PeerEvent[];
  }

  /** Waits for the first event that has all of `wanted`; earlier events count too. */
  async waitFor(
    wanted: Partial<Omit<PeerEvent, 'number' | 'nodes'>>,
    { after, timeoutMs = 30_000 }: WaitOptions = {},
  ): Promise<PeerEvent> {
    const pairs = Object.entries(wanted).map(([key, value]) => `${key} => <<${quote(value)}/utf8>>`);
    const question = `libcluster_peer:await(#{${pairs.join(', ')}}, ${after?.number ?? 0}, ${timeoutMs}).`;
    const answer = JSON.parse(fromHex(await this.node.eval(question, timeoutMs + 5000))) as PeerEvent | null;
    if (answer !== null) return answer;
    const all = (await this.events()).map((event) => JSON.stringify(event)).join('\n');
    assert.fail(`${this.node.name} had no event ${JSON.stringify(wanted)} in ${timeoutMs} ms, but:\n${all}`);
  }
}

/** Starts a topology on a node whose `kind` is `erl`. Rejects with Erlang's reason when its socket cannot be opened. */
export async function startLibcluster(
  node: ErlangNode,
  topology: GossipTopology | DnsPollTopology,
): Promise<LibclusterPeer> {
  await loadModule(node, source);
  const outcome = await node.eval(`libcluster_peer:start(${configOf(topology)}).`);
  if (outcome !== 'ok') throw new Error(`${node.name} cannot start ${topology.strategy}: ${outcome}`);
  return new LibclusterPeer(node);
}

const source = new URL('libcluster_peer.erl', import.meta.url);

function configOf(topology: GossipTopology | DnsPollTopology): string {
  const pairs = Object.entries(topology)
    .filter(([, value]) => value !== undefined)
    .flatMap(([key, value]) => {
      if (key === 'nameserver') return [['nameserver', serverOf(String(value))]];
      const name = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      if (key === 'strategy') return [[name, value]];
      if (key === 'secret') return [[name, `<<${quote(String(value))}/utf8>>`]];
      return [[name, typeof value === 'string' ? quote(value) : value]];
    });
  return `#{${pairs.map(([key, value]) => `${key} => ${value}`).join(', ')}}`;
}

function serverOf(address: string): string {
  const colon = address.lastIndexOf(':');
  return `{${quote(address.slice(0, colon))}, ${address.slice(colon + 1)}}`;
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** Decodes `<<"7b7d">>`, as a node prints it. */
function fromHex(printed: string): string {
  const digits = /^<<"([0-9a-f]*)">>$/.exec(printed)?.[1];
  assert.ok(digits !== undefined, `hexadecimal digits expected: ${printed}`);
  return Buffer.from(digits, 'hex').toString('utf8');
}
