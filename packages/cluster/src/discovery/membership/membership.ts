/**
 * Decides which peers should be connected, from the answers of all topologies, and which to dial when: answers, dials and
 * connections in, effects out. Times are milliseconds of any monotonic clock. Pure.
 */

import { parseNodeName } from '@convoy/node';
import { DiscoveryError } from '../../strategies/discovery-error.ts';
import type {
  MembershipEffect,
  MembershipEvent,
  MembershipOptions,
  PeerRecord,
  PeerStatus,
  TopologyPolicy,
} from './membership-model.ts';
import type { SeenPeer, StrategyAnswer } from '../../strategies/strategy.ts';

interface Topology {
  policy: TopologyPolicy;
  /** Whether the last complete answer named us. */
  isListed: boolean;
}

export class Membership {
  readonly #options: MembershipOptions;
  readonly #topologies = new Map<string, Topology>();
  readonly #peers = new Map<string, PeerRecord>();
  readonly #up = new Set<string>();
  readonly #dialling = new Set<string>();

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Number of peers that are wanted and connected. */
  get connectedCount(): number {
    let count = 0;
    for (const node of this.#peers.keys()) if (this.#up.has(node)) count += 1;
    return count;
  }

  /** When to call `wake` next; `undefined` when there is nothing to do before another call. */
  get wakeAt(): number | undefined {
    if (this.#dialling.size >= this.#options.parallel) return undefined;
    let first: number | undefined;
    for (const peer of this.#peers.values()) {
      const { dialAt } = peer;
      if (dialAt === undefined || !this.#mayDial(peer)) continue;
      if (first === undefined || dialAt < first) first = dialAt;
    }
    return first;
  }

  status(): PeerStatus[] {
    return Array.from(this.#peers.values(), (peer) => this.#statusOf(peer));
  }

  /** Adds a topology, or changes the policy of an existing one. */
  setTopology(name: string, policy: TopologyPolicy): void {
    const known = this.#topologies.get(name);
    if (known === undefined) this.#topologies.set(name, { policy, isListed: false });
    else known.policy = policy;
  }

  /** Removes a topology. Its peers are forgotten unless another topology knows them; connections stay. */
  removeTopology(name: string): MembershipEffect[] {
    this.#topologies.delete(name);
    const effects: MembershipEffect[] = [];
    for (const peer of this.#peers.values()) {
      if (peer.sightings.has(name)) effects.push(...this.#forget(peer, name, 'removed'));
    }
    return effects;
  }

  answer(name: string, { peers, isComplete }: StrategyAnswer, now: number): MembershipEffect[] {
    const topology = this.#topologies.get(name);
    if (topology === undefined) return [];
    const seen = new Set<string>();
    const effects: MembershipEffect[] = [];
    for (const peer of peers) {
      if (peer.node === this.#options.self || !topology.policy.filter(peer)) continue;
      seen.add(peer.node);
      effects.push(...this.#see(name, peer, now));
    }
    if (!isComplete) return effects;
    topology.isListed = peers.some(({ node }) => node === this.#options.self);
    for (const peer of this.#peers.values()) {
      if (seen.has(peer.node) || !peer.sightings.has(name)) continue;
      effects.push(...this.#miss(peer, name, topology.policy));
    }
    return effects;
  }

  /** Records a connection, regardless of which side made it. */
  up(node: string, now: number): MembershipEffect[] {
    this.#dialling.delete(node);
    const peer = this.#peers.get(node);
    if (this.#up.has(node)) return [];
    this.#up.add(node);
    if (peer === undefined) return [];
    const { attempts, dialledAt } = peer;
    peer.attempts = 0;
    peer.dialAt = undefined;
    peer.dialledAt = undefined;
    peer.lastError = undefined;
    const durationMs = dialledAt === undefined ? 0 : now - dialledAt;
    const detail = { peer: node, durationMs, attempts: attempts + 1 };
    return [eventEffect({ kind: 'connected', detail })];
  }

  /** Records a lost connection. The peer is dialled again while it is wanted. */
  down(node: string, reason: string, now: number): MembershipEffect[] {
    this.#up.delete(node);
    const peer = this.#peers.get(node);
    if (peer === undefined) return [];
    const effects = [eventEffect({ kind: 'disconnected', detail: { peer: node, reason } })];
    for (const [name, { misses }] of peer.sightings) {
      const prune = this.#topologies.get(name)?.policy.prune;
      if (misses > 0 && prune === 'down') effects.push(...this.#forget(peer, name, 'missing'));
    }
    if (peer.sightings.size > 0 && !this.#dialling.has(node))
      peer.dialAt = now + this.#options.retryWaitMs(1);
    return effects;
  }

  dialFailed(node: string, error: Error, now: number): MembershipEffect[] {
    this.#dialling.delete(node);
    const peer = this.#peers.get(node);
    if (peer === undefined || this.#up.has(node)) return [];
    peer.attempts += 1;
    peer.lastError = error;
    peer.dialledAt = undefined;
    const retryInMs = this.#options.retryWaitMs(peer.attempts);
    peer.dialAt = now + retryInMs;
    const detail = { topology: undefined, peer: node, error, attempts: peer.attempts, retryInMs };
    return [eventEffect({ kind: 'failed', detail })];
  }

  /** The dials that are due, longest-waiting first, within the limit of parallel dials. */
  wake(now: number): MembershipEffect[] {
    const due = Array.from(this.#peers.values())
      .filter((peer) => peer.dialAt !== undefined && peer.dialAt <= now && this.#mayDial(peer))
      .sort((left, right) => (left.dialAt ?? 0) - (right.dialAt ?? 0))
      .slice(0, Math.max(0, this.#options.parallel - this.#dialling.size));
    return due.map((peer) => {
      peer.dialAt = undefined;
      peer.dialledAt = now;
      this.#dialling.add(peer.node);
      return { kind: 'dial', peer: peer.node };
    });
  }

  /** Dials every waiting peer now. */
  hurry(now: number): MembershipEffect[] {
    for (const peer of this.#peers.values()) if (peer.dialAt !== undefined) peer.dialAt = now;
    return this.wake(now);
  }

  #see(name: string, { node, tags = {} }: SeenPeer, now: number): MembershipEffect[] {
    let peer = this.#peers.get(node);
    if (peer === undefined) {
      if (parseNodeName(node) === undefined) return [];
      if (this.#peers.size >= this.#options.maxPeers) return [];
      const dialAt = this.#up.has(node) ? undefined : now;
      peer = {
        node,
        sightings: new Map(),
        attempts: 0,
        dialAt,
        dialledAt: undefined,
        lastError: undefined,
      };
      this.#peers.set(node, peer);
    }
    const known = peer.sightings.get(name);
    peer.sightings.set(name, { tags, misses: 0 });
    if (known !== undefined) return [];
    return [eventEffect({ kind: 'discovered', detail: { topology: name, peer: node, tags } })];
  }

  #miss(peer: PeerRecord, name: string, { prune, misses }: TopologyPolicy): MembershipEffect[] {
    const sighting = peer.sightings.get(name);
    if (sighting === undefined || prune === 'never') return [];
    sighting.misses += 1;
    const isUp = this.#up.has(peer.node);
    if (prune === 'down') return isUp ? [] : this.#forget(peer, name, 'missing');
    if (sighting.misses < misses) return [];
    const effects = this.#forget(peer, name, 'missing');
    if (isUp && peer.sightings.size === 0) effects.push({ kind: 'disconnect', peer: peer.node });
    return effects;
  }

  #forget(peer: PeerRecord, topology: string, reason: 'missing' | 'removed'): MembershipEffect[] {
    const { node, sightings } = peer;
    sightings.delete(topology);
    const effects: MembershipEffect[] = [
      eventEffect({ kind: 'lost', detail: { topology, peer: node, reason } }),
    ];
    if (sightings.size > 0) return effects;
    this.#peers.delete(node);
    if (this.#dialling.delete(node)) effects.push({ kind: 'abandon', peer: node });
    return effects;
  }

  /** Whether a topology that may dial knows the peer. */
  #mayDial(peer: PeerRecord): boolean {
    for (const name of peer.sightings.keys()) {
      const topology = this.#topologies.get(name);
      if (topology !== undefined && (topology.isListed || !topology.policy.mustListSelf)) return true;
    }
    return false;
  }

  #statusOf(peer: PeerRecord): PeerStatus {
    const { node, sightings, attempts, lastError } = peer;
    const tags = Object.fromEntries(
      [...sightings.values()].flatMap((sighting) => Object.entries(sighting.tags)),
    );
    return { node, topologies: [...sightings.keys()], tags, state: this.#stateOf(peer), attempts, lastError };
  }

  #stateOf(peer: PeerRecord): PeerStatus['state'] {
    if (this.#up.has(peer.node)) return 'up';
    if (this.#dialling.has(peer.node)) return 'dialling';
    return peer.dialAt === undefined || !this.#mayDial(peer) ? 'idle' : 'waiting';
  }
}

function eventEffect(event: MembershipEvent): MembershipEffect {
  return { kind: 'event', event };
}

/** The failure to report when part of an answer cannot be used; `undefined` when all of it can. */
export function unusablePart(answer: StrategyAnswer, room: number): DiscoveryError | undefined {
  const bad = answer.peers.find(({ node }) => parseNodeName(node) === undefined);
  if (bad !== undefined) {
    const name = JSON.stringify(bad.node.slice(0, 300));
    return new DiscoveryError(
      'DISCOVERY_LOOKUP_FAILED',
      `the answer contains ${name}, which is not a valid node name`,
      {
        remedy: 'Correct the source: node names have the form name@host in printable ASCII.',
      },
    );
  }
  if (answer.peers.length <= room) return undefined;
  const message = `the answer has ${answer.peers.length} peers; the limit is ${room}`;
  return new DiscoveryError('DISCOVERY_LIMIT', message, {
    remedy: 'Narrow the topology, or raise maxPeers.',
  });
}
