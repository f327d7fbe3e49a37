/** The data of the membership, and the effects it requests. */

import type { DiscoveryEvents } from './events.ts';
import type { PeerFilter } from './peer-filter.ts';

/**
 * What happens to a peer that is missing from a complete answer. Only `missing` cuts its connection.
 * - `down`: it is forgotten once its connection is down;
 * - `never`: it stays wanted and is dialled for as long as it is down;
 * - `missing`: it is disconnected and forgotten after a number of answers without it.
 */
export type PrunePolicy = 'down' | 'never' | 'missing';

export interface TopologyPolicy {
  readonly prune: PrunePolicy;
  /** Consecutive complete answers without a peer before it counts as gone; for `missing`. */
  readonly misses: number;
  readonly filter: PeerFilter;
  /** Do not dial while the last complete answer did not name this node: a node removed from the cluster must not rejoin. */
  readonly mustListSelf: boolean;
}

export interface MembershipOptions {
  /** Full name of the node whose peers these are. */
  readonly self: string;
  /** Maximum number of concurrent dials. */
  readonly parallel: number;
  /** Bounds of the delay between two dials of one peer. The delay doubles; each one is randomly shortened by up to half. */
  readonly retryWaitMs: (failures: number) => number;
  /** Maximum number of known peers. */
  readonly maxPeers: number;
}

/** A peer as one topology sees it. */
export interface Sighting {
  tags: Readonly<Record<string, string>>;
  /** Consecutive complete answers without the peer. */
  misses: number;
}

export interface PeerRecord {
  readonly node: string;
  /** By topology. Never empty between two calls. */
  readonly sightings: Map<string, Sighting>;
  /** Consecutive failed dials. */
  attempts: number;
  /** When to dial the peer next; `undefined` while it is up or being dialled. */
  dialAt: number | undefined;
  dialledAt: number | undefined;
  lastError: Error | undefined;
}

/** An event to publish: the last part of its name in events.ts, and its payload without `node`. */
export type MembershipEvent = {
  readonly [Kind in MembershipEventKind]: {
    readonly kind: Kind;
    readonly detail: Omit<DiscoveryEvents[`convoy:discovery.${Kind}`], 'node'>;
  };
}[MembershipEventKind];

type MembershipEventKind = 'discovered' | 'lost' | 'connected' | 'disconnected' | 'failed';

export type MembershipEffect =
  | { readonly kind: 'dial'; readonly peer: string }
  /** The dial is no longer wanted. */
  | { readonly kind: 'abandon'; readonly peer: string }
  | { readonly kind: 'disconnect'; readonly peer: string }
  | { readonly kind: 'event'; readonly event: MembershipEvent };

/** Public status of a peer. */
export interface PeerStatus {
  readonly node: string;
  readonly topologies: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly state: 'up' | 'dialling' | 'waiting' | 'idle';
  readonly attempts: number;
  readonly lastError: Error | undefined;
}
