/**
 * Node discovery: runs any number of topologies for one node, dials the peers they name, and keeps retrying. This file puts
 * the parts together: membership.ts decides which peers are wanted and when to dial them, a strategy looks them up, and a
 * joiner dials.
 */

import { type Clock, type Node, systemClock, type Timer } from '@convoy/node';
import { backoff } from '@convoy/node/async';
import { Dials } from './dials.ts';
import { DiscoveryError } from '../strategies/discovery-error.ts';
import { publishDiscovery } from './membership/events.ts';
import type { Joiner } from './joiner.ts';
import { Membership, unusablePart } from './membership/membership.ts';
import type { MembershipEffect, MembershipEvent, PeerStatus } from './membership/membership-model.ts';
import { createNodeJoiner } from './node-joiner.ts';
import { ReadyWaiters, type ReadyOptions } from './membership/ready-waiters.ts';
import type { StrategyAnswer } from '../strategies/strategy.ts';
import { policyOf, type Topology } from './topology.ts';
import { TopologyRunner } from './topology-runner.ts';

/** Options of `startDiscovery`. */
export interface DiscoveryOptions {
  /** The node to connect: a node in this process, or a joiner for another one, such as `createBeamJoiner` returns. */
  readonly joiner: Node | Joiner;
  /** The topologies to run, by a name of your choice. */
  readonly topologies?: Readonly<Record<string, Topology>>;
  /** Maximum number of concurrent dials. Default 16. */
  readonly parallel?: number;
  /** Timeout of one dial. Default 15 s; a node in this process gives up earlier, after its `handshakeTimeoutMs`. */
  readonly connectTimeoutMs?: number;
  /** Delay between two dials of one peer in milliseconds, doubled from `first` to `last`. Default 500 ms and 30 s. */
  readonly retryMs?: { readonly first: number; readonly last: number };
  /** Maximum number of known peers. Default 4096. */
  readonly maxPeers?: number;
  readonly clock?: Clock;
  /** Random numbers for jitter, from 0 to less than 1. Default `Math.random`. */
  readonly random?: () => number;
}

/** Status of one topology. */
export interface TopologyStatus {
  readonly name: string;
  readonly strategy: string;
  /** Number of peers in its last answer, this node included; `undefined` before the first answer. */
  readonly peers: number | undefined;
  /** Failed lookups since the last complete answer. */
  readonly failures: number;
  readonly lastError: Error | undefined;
}

/** Running discovery for one node. Returned by `startDiscovery`. */
export interface Discovery extends AsyncDisposable {
  /** Full name of the node whose peers are discovered. */
  readonly self: string;
  /** Every wanted peer with its status. */
  peers(): PeerStatus[];
  /** The status of every topology. */
  topologies(): TopologyStatus[];
  /** Adds a topology or replaces a running one. Known peers are kept and checked against the new answers. */
  set(name: string, topology: Topology): Promise<void>;
  /** Stops a topology. Connections stay; its peers are not dialled again. Resolves to `false` when it does not exist. */
  remove(name: string): Promise<boolean>;
  /** Looks up now, and immediately dials every peer that is waiting for its next dial. */
  refresh(): void;
  /**
   * Resolves when `peers` (default 1) of the wanted peers are connected. Rejects with DISCOVERY_NOT_READY and the reasons
   * after `timeoutMs` (default: no timeout).
   */
  ready(options?: ReadyOptions): Promise<void>;
  /** Stops lookups and dials. Connections stay. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts discovery for one node; it closes with the node. The first lookup runs in the next turn of the event loop. Throws
 * DISCOVERY_BAD_OPTION.
 *
 * @example
 * const discovery = startDiscovery({
 *   joiner: node,
 *   topologies: { mesh: { strategy: createDnsStrategy({ query: 'mesh.internal', basename: 'app' }) } },
 * });
 * await discovery.ready({ peers: 2, timeoutMs: 30_000 });
 */
export function startDiscovery(options: DiscoveryOptions): Discovery {
  const discovery = new RunningDiscovery(options);
  const { joiner } = options;
  // A closed node cannot dial.
  if (!('self' in joiner)) void joiner.closed.then(() => discovery.close());
  return discovery;
}

class RunningDiscovery implements Discovery {
  readonly #joiner: Joiner;
  readonly #clock: Clock;
  readonly #options: DiscoveryOptions;
  readonly #membership: Membership;
  readonly #maxPeers: number;
  readonly #runners = new Map<string, TopologyRunner>();
  readonly #dials: Dials;
  readonly #waiters: ReadyWaiters;
  readonly #stops: (() => void)[];
  #timer: Timer | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: DiscoveryOptions) {
    const { joiner, clock = systemClock, parallel = 16, maxPeers = 4096 } = options;
    this.#options = options;
    this.#clock = clock;
    this.#maxPeers = positive('maxPeers', maxPeers);
    this.#joiner = 'self' in joiner ? joiner : createNodeJoiner(joiner);
    this.#membership = new Membership({
      self: this.#joiner.self,
      parallel: positive('parallel', parallel),
      retryWaitMs: retryWaits(options),
      maxPeers,
    });
    this.#dials = new Dials({
      clock,
      timeoutMs: positive('connectTimeoutMs', options.connectTimeoutMs ?? 15_000),
      connect: (peer, signal) => this.#joiner.connect(peer, { signal }),
      onConnected: (peer) => this.#dialled(this.#membership.up(peer, clock.now())),
      onFailed: (peer, error) => this.#dialled(this.#membership.dialFailed(peer, error, clock.now())),
    });
    this.#waiters = new ReadyWaiters({
      clock,
      connected: () => this.#membership.connectedCount,
      peers: () => this.peers(),
      topologies: () => this.topologies(),
    });
    // All topologies are validated before the first one runs.
    const topologies = Object.entries(options.topologies ?? {});
    for (const [name, topology] of topologies) this.#membership.setTopology(name, policyOf(name, topology));
    this.#stops = [
      this.#joiner.onUp((peer) => this.#apply(this.#membership.up(peer, this.#clock.now()))),
      this.#joiner.onDown((peer, reason) =>
        this.#apply(this.#membership.down(peer, reason, this.#clock.now())),
      ),
    ];
    for (const peer of this.#joiner.connected()) this.#membership.up(peer, clock.now());
    for (const [name, topology] of topologies) this.#start(name, topology);
  }

  get self(): string {
    return this.#joiner.self;
  }

  peers(): PeerStatus[] {
    return this.#membership.status();
  }

  topologies(): TopologyStatus[] {
    return Array.from(this.#runners, ([name, { strategy, failures, lastError, lastAnswer }]) => ({
      name,
      strategy: strategy.kind,
      peers: lastAnswer?.peers,
      failures,
      lastError,
    }));
  }

  async set(name: string, topology: Topology): Promise<void> {
    this.#checkOpen();
    this.#membership.setTopology(name, policyOf(name, topology));
    const before = this.#runners.get(name);
    this.#start(name, topology);
    await before?.close();
  }

  async remove(name: string): Promise<boolean> {
    const runner = this.#runners.get(name);
    if (runner === undefined) return false;
    this.#runners.delete(name);
    this.#apply(this.#membership.removeTopology(name));
    await runner.close();
    return true;
  }

  refresh(): void {
    this.#apply(this.#membership.hurry(this.#clock.now()));
    for (const runner of this.#runners.values()) runner.refresh();
  }

  async ready(options: ReadyOptions = {}): Promise<void> {
    this.#checkOpen();
    await this.#waiters.wait(options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#timer?.cancel();
    this.#dials.close();
    this.#waiters.close();
    await Promise.all(Array.from(this.#runners.values(), (runner) => runner.close()));
    await this.#joiner.close();
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new DiscoveryError('DISCOVERY_CLOSED', `discovery for ${this.self} is closed`, {
      remedy: 'Start discovery again.',
    });
  }

  #start(name: string, topology: Topology): void {
    const { strategy } = topology;
    const runner = new TopologyRunner({
      self: this.self,
      strategy,
      clock: this.#clock,
      random: this.#options.random ?? Math.random,
      onAnswer: (answer) => this.#answered({ name, runner }, answer),
      onFailure: (error, attempts, retryInMs) => {
        this.#failedLookup(name, { error, attempts, retryInMs });
      },
    });
    this.#runners.set(name, runner);
  }

  #answered({ name, runner }: { name: string; runner: TopologyRunner }, answer: StrategyAnswer): void {
    const { peers, isComplete, durationMs } = answer;
    // A late answer from a strategy that has been replaced.
    if (this.#runners.get(name) !== runner) return;
    publishDiscovery('convoy:discovery.polled', {
      node: this.self,
      topology: name,
      strategy: runner.strategy.kind,
      peers: peers.length,
      isComplete,
      durationMs,
    });
    const unusable = unusablePart(answer, this.#maxPeers);
    if (unusable !== undefined) {
      this.#failedLookup(name, { error: unusable, attempts: 1, retryInMs: undefined });
    }
    // Peers that were cut off do not count as missing.
    const usable =
      unusable === undefined ? answer : { peers: peers.slice(0, this.#maxPeers), isComplete: false };
    this.#apply(this.#membership.answer(name, usable, this.#clock.now()));
  }

  #failedLookup(
    topology: string,
    failure: { error: Error; attempts: number; retryInMs: number | undefined },
  ): void {
    const event = { node: this.self, topology, peer: undefined, ...failure };
    publishDiscovery('convoy:discovery.failed', event);
  }

  #apply(effects: readonly MembershipEffect[]): void {
    for (const effect of effects) this.#carryOut(effect);
    this.#waiters.check();
    this.#schedule();
  }

  #carryOut(effect: MembershipEffect): void {
    switch (effect.kind) {
      case 'dial':
        this.#dials.start(effect.peer);
        return;
      case 'abandon':
        this.#dials.abandon(effect.peer);
        return;
      case 'disconnect':
        void this.#joiner.disconnect(effect.peer).catch(() => undefined);
        return;
      case 'event':
        this.#publish(effect.event);
    }
  }

  #dialled(effects: readonly MembershipEffect[]): void {
    if (this.#closing === undefined) this.#apply(effects);
  }

  #publish({ kind, detail }: MembershipEvent): void {
    const name = `convoy:discovery.${kind}` as const;
    publishDiscovery(name, { node: this.self, ...detail });
  }

  /** Sets the one timer, for the next dial that is due. */
  #schedule(): void {
    this.#timer?.cancel();
    if (this.#closing !== undefined) return;
    const at = this.#membership.wakeAt;
    if (at === undefined) return;
    const waitMs = Math.max(0, at - this.#clock.now());
    this.#timer = this.#clock.after(waitMs, () => this.#apply(this.#membership.wake(this.#clock.now())));
  }
}

function retryWaits({
  retryMs = { first: 500, last: 30_000 },
  random,
}: DiscoveryOptions): (failures: number) => number {
  const waits = { firstMs: retryMs.first, lastMs: retryMs.last, random };
  return (failures) => backoff(failures - 1, waits);
}

function positive(option: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new DiscoveryError('DISCOVERY_BAD_OPTION', `${option} is ${value}, which is not an integer above 0`, {
    value,
    remedy: `Set ${option} to an integer of at least 1.`,
  });
}
