/** The data of a watched cluster: its members as others see them, and the events and effects of the reducer. */

import type { MemberIdentity, MemberKind, MemberVersions } from '../facts/identity.ts';
import type { MemberPeers, MemberVitals } from '../facts/vitals.ts';

/** A member of a watched cluster. Replaced when it changes, so that changes are found by identity. */
export interface Member {
  /** Full name. Names come only from the entry and from members that it is connected to. */
  readonly name: string;
  /** Whether it is a hidden node: other nodes do not list it in `nodes()`. */
  readonly isHidden: boolean;
  /** Whether it is the member through which the others are asked. */
  readonly isEntry: boolean;
  /** The members that are connected to it: the entry first, then those that know a node which the entry does not. */
  readonly seenBy: readonly string[];
  /** `unknown` while it has not answered. */
  readonly kind: MemberKind;
  readonly versions: MemberVersions;
  /** The release it was booted from, if it is one. */
  readonly release?: { readonly name: string; readonly version: string } | undefined;
  readonly vitals?: MemberVitals | undefined;
  /** Visible members of the entry's mesh that this one is not connected to. */
  readonly missing: readonly string[];
  /**
   * `answering`; `silent`: its last question had no answer; `unasked`: the entry is not connected to it, so that nothing has been
   * asked.
   */
  readonly state: 'answering' | 'silent' | 'unasked';
  /** Why it is silent: `timeout`, `noconnection`, or a short text. */
  readonly problem?: string | undefined;
}

/** A change of a watched cluster. */
export type ClusterChange =
  /** The members are now asked through this one. */
  | { readonly kind: 'entryChanged'; readonly entry: string }
  /** Nothing can be asked until another entry is connected. The members are kept as they were. */
  | { readonly kind: 'entryLost'; readonly entry: string; readonly reason: string }
  | { readonly kind: 'joined'; readonly member: Member }
  | { readonly kind: 'left'; readonly member: Member }
  | { readonly kind: 'changed'; readonly member: Member; readonly before: Member };

/** What never changes while a cluster is watched. */
export interface ClusterSettings {
  /** Our own node, which is never a member. */
  readonly self: string;
  /** Members to enter by, in this order. */
  readonly entries: readonly string[];
  readonly maxMembers: number;
  /** Maximum number of nodes that one member may add to those of the entry. */
  readonly maxReported: number;
  /** Whether to go on through a member that is not one of `entries` when none of those can be reached. */
  readonly isAnyMemberEntry: boolean;
}

/** How the cluster is reached. */
export type ClusterLink =
  | ({ readonly kind: 'dialling' | 'up'; readonly entry: string } & Tries)
  | { readonly kind: 'waiting'; readonly failures: number }
  | { readonly kind: 'closed' };

/** What was tried since an entry has settled. */
export interface Tries {
  /** Entries, this one included. */
  readonly tried: readonly string[];
  /** Rounds of all entries that failed. */
  readonly failures: number;
  /** A connected entry that cannot ask others, to be taken if there is no better one, and nodes that it names, to be tried first. */
  readonly lone?: { readonly entry: string; readonly peers: readonly string[] } | undefined;
}

/** Nodes that a member is connected to; for all but the entry, only those that the entry is not connected to. */
export interface Report {
  readonly visible: readonly string[];
  readonly hidden: readonly string[];
}

/** What a member has answered. Replaced when it changes. */
export interface Facts {
  readonly identity?: MemberIdentity | undefined;
  readonly vitals?: MemberVitals | undefined;
  readonly missing: readonly string[];
  readonly problem?: string | undefined;
}

export interface ClusterState {
  readonly settings: ClusterSettings;
  readonly link: ClusterLink;
  /** The last entry, whose report holds while there is no other. */
  readonly entry: string | undefined;
  /** Whether it can be asked only about itself. */
  readonly isLone: boolean;
  readonly reports: ReadonlyMap<string, Report>;
  readonly facts: ReadonlyMap<string, Facts>;
  readonly members: ReadonlyMap<string, Member>;
}

export type MemberAnswer =
  | { readonly kind: 'identity'; readonly name: string; readonly identity: MemberIdentity }
  | {
      readonly kind: 'vitals';
      readonly name: string;
      readonly vitals: MemberVitals;
      readonly creation?: number | undefined;
      readonly peers: MemberPeers;
    }
  | { readonly kind: 'silent'; readonly name: string; readonly why: string };

export type ClusterEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'connected'; readonly entry: string; readonly isLone: boolean }
  | { readonly kind: 'dialFailed'; readonly entry: string }
  /** It is connected, but cannot ask others. `peers` are the visible nodes that it names. */
  | { readonly kind: 'unsuitable'; readonly entry: string; readonly peers: readonly string[] }
  | { readonly kind: 'entryLost'; readonly entry: string; readonly reason: string }
  /** The entry has answered again: it can be relied on. */
  | { readonly kind: 'settled'; readonly entry: string }
  | { readonly kind: 'retry' }
  | {
      readonly kind: 'listed';
      readonly entry: string;
      readonly visible: readonly string[];
      readonly hidden: readonly string[];
      readonly changed: readonly string[];
    }
  | { readonly kind: 'answered'; readonly answers: readonly MemberAnswer[] }
  | { readonly kind: 'close' };

export type ClusterEffect =
  /** `isLone`: it has proven to be unsuitable, and is taken nevertheless. */
  | { readonly kind: 'dial'; readonly entry: string; readonly isLone: boolean }
  | { readonly kind: 'leave'; readonly entry: string }
  /** Dial again after the wait for this number of failed rounds. */
  | { readonly kind: 'retryLater'; readonly failures: number }
  /** Keep asking the entry for its connections. */
  | { readonly kind: 'listen'; readonly entry: string }
  /** Ask these what they are. */
  | { readonly kind: 'identify'; readonly names: readonly string[] }
  | { readonly kind: 'change'; readonly change: ClusterChange };
