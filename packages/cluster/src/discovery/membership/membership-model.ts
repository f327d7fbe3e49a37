/** What the membership holds, and what it asks for. */

import type { DiscoveryEvents } from './events.ts';
import type { PeerFilter } from './peer-filter.ts';

/**
 * What becomes of a peer that is missing from a complete answer. Its connection is cut by `missing` only.
 * - `down`: it is forgotten once its connection is gone;
 * - `never`: it stays wanted, and is dialled for as long as it is away;
 * - `missing`: it is disconnected and forgotten after a number of answers without it.
 */
export type PrunePolicy = 'down' | 'never' | 'missing';

export interface TopologyPolicy {
  readonly prune: PrunePolicy;
  /** Complete answers in a row without a peer before it counts as gone; for `missing`. */
  readonly misses: number;
  readonly filter: PeerFilter;
  /** Dial nobody while the last complete answer did not name us: who was taken out must not come back by itself. */
  readonly mustListSelf: boolean;
}

export interface MembershipOptions {
  /** Full name of the node whose connections these are. */
  readonly self: string;
  /** Most dials at a time. */
  readonly parallel: number;
  /** How many milliseconds to wait before a peer is dialled again, after that many failures in a row. */
  readonly retryWaitMs: (failures: number) => number;
  /** Most peers known at a time. */
  readonly maxPeers: number;
}

/** A peer as one topology sees it. */
export interface Sighting {
  tags: Readonly<Record<string, string>>;
  /** Complete answers in a row without it. */
  misses: number;
}

export interface PeerRecord {
  readonly node: string;
  /** By topology. Empty for none longer than a call. */
  readonly sightings: Map<string, Sighting>;
  /** Failed dials in a row. */
  attempts: number;
  /** When to dial it next; `undefined` while it is up or being dialled. */
  dialAt: number | undefined;
  dialledAt: number | undefined;
  lastError: Error | undefined;
}

/** What others are told: the last part of the event's name in events.ts, and its payload but `node`. */
export type MembershipEvent = {
  readonly [Kind in MembershipEventKind]: {
    readonly kind: Kind;
    readonly detail: Omit<DiscoveryEvents[`convoy:discovery.${Kind}`], 'node'>;
  };
}[MembershipEventKind];

type MembershipEventKind = 'discovered' | 'lost' | 'connected' | 'disconnected' | 'failed';

export type MembershipEffect =
  | { readonly kind: 'dial'; readonly peer: string }
  /** A dial that nobody wants any more. */
  | { readonly kind: 'abandon'; readonly peer: string }
  | { readonly kind: 'disconnect'; readonly peer: string }
  | { readonly kind: 'event'; readonly event: MembershipEvent };

/** A peer as told to others. */
export interface PeerStatus {
  readonly node: string;
  readonly topologies: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly state: 'up' | 'dialling' | 'waiting' | 'idle';
  readonly attempts: number;
  readonly lastError: Error | undefined;
}
