/**
 * Which peers are connected or being dialled, and which of several attempts with one peer survives: a reducer that
 * returns the effects for net-kernel.ts to carry out. Attempts have numbers, so that an event about an old attempt cannot
 * affect a newer one. Implements what "Distribution Handshake" of the ERTS manual says about `alive` and simultaneous
 * attempts.
 */

import { resolveSimultaneous, type AcceptDecision } from '../../distribution/handshake.ts';

/** A known peer. `awaiting`: the peer's attempt wins over ours, and we wait for it to come in. */
export interface Peer {
  readonly state: 'dialling' | 'awaiting' | 'up';
  readonly attempt: number;
  readonly isVisible: boolean;
}

export interface PeerTable {
  readonly self: string;
  readonly maxPeers: number;
  readonly peers: Map<string, Peer>;
  lastAttempt: number;
}

export type PeerEvent =
  /** A connection to the peer is needed. */
  | { readonly kind: 'wanted'; readonly peer: string }
  | { readonly kind: 'dialled'; readonly peer: string; readonly attempt: number; readonly isVisible: boolean }
  /** `isSimultaneous`: the peer refused because its own attempt continues. */
  | {
      readonly kind: 'dialFailed';
      readonly peer: string;
      readonly attempt: number;
      readonly isSimultaneous: boolean;
    }
  /** A peer that dialled us has proven the cookie, and the last handshake message to it is about to be sent. */
  | { readonly kind: 'authenticated'; readonly peer: string }
  /** `attempt` is from `nextAttempt`. */
  | {
      readonly kind: 'accepted';
      readonly peer: string;
      readonly attempt: number;
      readonly isVisible: boolean;
    }
  /** The awaited attempt did not come in. */
  | { readonly kind: 'expired'; readonly peer: string; readonly attempt: number }
  | { readonly kind: 'closed'; readonly peer: string; readonly attempt: number }
  | { readonly kind: 'disconnect'; readonly peer: string };

/** Why a connection ended: by `disconnect`, replaced by a newer one with the same peer, or by a `closed` event. */
export type DownCause = 'disconnect' | 'replaced' | 'closed';

export type PeerEffect =
  | { readonly kind: 'dial'; readonly peer: string; readonly attempt: number }
  | { readonly kind: 'abortDial'; readonly peer: string; readonly attempt: number }
  /** Give up after the handshake timeout unless the peer comes in. */
  | { readonly kind: 'await'; readonly peer: string; readonly attempt: number }
  /** Close the connection without reporting `down`. */
  | { readonly kind: 'close'; readonly peer: string; readonly attempt: number }
  | { readonly kind: 'up'; readonly peer: string; readonly attempt: number }
  | { readonly kind: 'down'; readonly peer: string; readonly attempt: number; readonly why: DownCause }
  /** Reject every caller waiting for this peer. */
  | { readonly kind: 'unreachable'; readonly peer: string }
  | { readonly kind: 'tooMany'; readonly peer: string };

export function createPeerTable(self: string, maxPeers: number): PeerTable {
  return { self, maxPeers, peers: new Map(), lastAttempt: 0 };
}

/** What to answer an unauthenticated connection that claims to be `peer`. Changes nothing: the claim is not proven yet. */
export function decideIncoming(table: PeerTable, peer: string): AcceptDecision {
  switch (table.peers.get(peer)?.state) {
    case 'dialling':
      return resolveSimultaneous(table.self, peer);
    case 'up':
      return 'alive';
    case 'awaiting':
      return 'ok';
    case undefined:
      return table.peers.size < table.maxPeers ? 'ok' : 'not_allowed';
  }
}

/** Applies one event. */
export function stepPeers(table: PeerTable, event: PeerEvent): PeerEffect[] {
  const { peer } = event;
  const known = table.peers.get(peer);
  switch (event.kind) {
    case 'wanted':
      if (known !== undefined) return [];
      if (table.peers.size >= table.maxPeers) return [{ kind: 'tooMany', peer }];
      return [{ kind: 'dial', peer, attempt: enter(table, peer, 'dialling') }];
    case 'dialled':
      if (!isCurrent(known, event.attempt, 'dialling'))
        return [{ kind: 'close', peer, attempt: event.attempt }];
      table.peers.set(peer, { state: 'up', attempt: event.attempt, isVisible: event.isVisible });
      return [{ kind: 'up', peer, attempt: event.attempt }];
    case 'dialFailed':
      return dialFailed(table, event);
    case 'authenticated': {
      if (known === undefined || known.state === 'awaiting') return [];
      const attempt = enter(table, peer, 'awaiting');
      return [...leave(known, peer), { kind: 'await', peer, attempt }];
    }
    case 'accepted': {
      const { attempt, isVisible } = event;
      table.peers.set(peer, { state: 'up', attempt, isVisible });
      return [...(known === undefined ? [] : leave(known, peer)), { kind: 'up', peer, attempt }];
    }
    case 'expired':
      if (!isCurrent(known, event.attempt, 'awaiting')) return [];
      table.peers.delete(peer);
      return [{ kind: 'unreachable', peer }];
    case 'closed':
      if (!isCurrent(known, event.attempt, 'up')) return [];
      table.peers.delete(peer);
      return [{ kind: 'down', peer, attempt: event.attempt, why: 'closed' }];
    case 'disconnect': {
      if (known === undefined) return [];
      table.peers.delete(peer);
      const left = leave(known, peer, 'disconnect');
      return known.state === 'up' ? left : [...left, { kind: 'unreachable', peer }];
    }
  }
}

function dialFailed(table: PeerTable, event: Extract<PeerEvent, { kind: 'dialFailed' }>): PeerEffect[] {
  const { peer, attempt } = event;
  if (!isCurrent(table.peers.get(peer), attempt, 'dialling')) return [];
  if (event.isSimultaneous) {
    table.peers.set(peer, { state: 'awaiting', attempt, isVisible: false });
    return [{ kind: 'await', peer, attempt }];
  }
  table.peers.delete(peer);
  return [{ kind: 'unreachable', peer }];
}

/** A new, unique attempt number. */
export function nextAttempt(table: PeerTable): number {
  return ++table.lastAttempt;
}

function enter(table: PeerTable, peer: string, state: Peer['state']): number {
  const attempt = nextAttempt(table);
  table.peers.set(peer, { state, attempt, isVisible: false });
  return attempt;
}

/** Ends the previous attempt, so that a newer one can replace it. */
function leave({ state, attempt }: Peer, peer: string, why: DownCause = 'replaced'): PeerEffect[] {
  if (state === 'dialling') return [{ kind: 'abortDial', peer, attempt }];
  if (state === 'awaiting') return [];
  return [
    { kind: 'close', peer, attempt },
    { kind: 'down', peer, attempt, why },
  ];
}

function isCurrent(known: Peer | undefined, attempt: number, state: Peer['state']): boolean {
  return known?.attempt === attempt && known.state === state;
}
