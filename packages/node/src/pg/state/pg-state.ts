/**
 * The groups of one scope: what this node has joined and what each peer has told. Pure: events in, effects out;
 * process-groups.ts carries them out.
 *
 * A peer is known by its connection, and only its own processes count. It is told of changes only after it has been told all
 * members: a scope of OTP 23 to 28 ends when it is told that a process leaves a group it has not heard of.
 */

import type { Pid, Term } from '../../etf/index.ts';
import { groupKey } from './group-name.ts';
import { LocalMembers } from './local-members.ts';
import { memberKey, MemberTable } from './member-table.ts';
import {
  discoverMessage,
  type GroupChange,
  joinMessage,
  leaveMessage,
  type Membership,
  type PgMessage,
} from './pg-messages.ts';
import { type PgLimits, RemoteMembers } from './remote-members.ts';

export type PgEvent =
  /** A node that may have the same scope is connected, or is to be asked again. */
  | { readonly kind: 'nodeUp'; readonly node: string }
  | { readonly kind: 'message'; readonly node: string; readonly message: PgMessage }
  /** Before the node can be up again. */
  | { readonly kind: 'nodeDown'; readonly node: string }
  /** A watched scope process has ended. */
  | { readonly kind: 'scopeDown'; readonly scope: Pid }
  /** A watched member has ended. */
  | { readonly kind: 'memberDown'; readonly pid: Pid }
  | { readonly kind: 'join'; readonly group: Term; readonly pids: readonly Pid[] }
  | { readonly kind: 'leave'; readonly group: Term; readonly pids: readonly Pid[] };

/** Why something that a peer said was left out. */
export type PgRefusal = 'foreign-sender' | 'limit';

export type PgEffect =
  /** `to` is the scope process; `undefined` means the name of the scope. */
  | { readonly kind: 'tell'; readonly node: string; readonly to: Pid | undefined; readonly message: Term }
  /** Tells a scope all local members. Only `isFirst` must go out before any change. */
  | { readonly kind: 'sync'; readonly node: string; readonly scope: Pid; readonly isFirst: boolean }
  /** A join or leave for all scopes of `PgState.told()`. */
  | { readonly kind: 'broadcast'; readonly message: Term }
  | { readonly kind: 'watch' | 'unwatch'; readonly what: 'scope' | 'member'; readonly pid: Pid }
  | {
      readonly kind: 'changed';
      readonly action: 'join' | 'leave';
      readonly group: Term;
      readonly pids: readonly Pid[];
    }
  | { readonly kind: 'refused'; readonly node: string; readonly reason: PgRefusal };

interface Peer {
  readonly scope: Pid;
  readonly members: RemoteMembers;
  /** It has been told all local members, so it can be told of changes. */
  isTold: boolean;
}

export interface PgStateOptions {
  readonly us: Pid;
  readonly limits: PgLimits;
}

export class PgState {
  readonly #us: Pid;
  readonly #limits: PgLimits;
  readonly #local = new LocalMembers();
  readonly #peers: Map<string, Peer> = new Map();

  constructor({ us, limits }: PgStateOptions) {
    this.#us = us;
    this.#limits = limits;
  }

  /** Handles an event. Returns what is to be done, in order. */
  step(event: PgEvent): PgEffect[] {
    switch (event.kind) {
      case 'nodeUp':
        return [{ kind: 'tell', node: event.node, to: undefined, message: discoverMessage(this.#us) }];
      case 'nodeDown':
        return this.#loseNode(event.node);
      case 'message':
        return this.#receive(event.node, event.message);
      case 'scopeDown':
        return this.#loseScope(event.scope);
      case 'memberDown':
        return this.#loseMember(event.pid);
      case 'join':
        return this.#join(event.group, event.pids);
      case 'leave':
        return this.#leave(event.group, event.pids);
    }
  }

  /** The members of a group on this node. */
  localMembers(key: string): Pid[] {
    return this.#local.table.members(key);
  }

  /** The members of a group on all nodes, this one first. */
  members(key: string): Pid[] {
    const pids = this.localMembers(key);
    for (const { members } of this.#peers.values()) pids.push(...members.table.members(key));
    return pids;
  }

  /** The names of the groups that have members on this node. */
  localGroups(): Term[] {
    return Array.from(this.#local.table.names(), ([, name]) => name);
  }

  /** The names of all groups that have members. */
  groups(): Term[] {
    const names = new Map(this.#local.table.names());
    for (const { members } of this.#peers.values()) {
      for (const [key, name] of members.table.names()) if (!names.has(key)) names.set(key, name);
    }
    return [...names.values()];
  }

  /** What a sync tells. */
  localMemberships(): Membership[] {
    return this.#local.table.memberships();
  }

  /** The nodes whose scope is known. */
  nodes(): string[] {
    return [...this.#peers.keys()];
  }

  /** The scope of a peer, if it is known. */
  scopeOf(node: string): Pid | undefined {
    return this.#peers.get(node)?.scope;
  }

  /** The scopes that have been told all local members. */
  told(): Pid[] {
    return [...this.#peers.values()].filter(({ isTold }) => isTold).map(({ scope }) => scope);
  }

  #receive(node: string, message: PgMessage): PgEffect[] {
    const { scope } = message;
    if (scope.node !== node) return [{ kind: 'refused', node, reason: 'foreign-sender' }];
    if (message.kind === 'change') return this.#change(node, scope, message.changes);
    const { effects, peer, isNew } = this.#meet(node, scope);
    if (message.kind === 'sync') {
      const { joined, left, refusals } = peer.members.replace(message.groups);
      for (const { group, pids } of left) effects.push({ kind: 'changed', action: 'leave', group, pids });
      for (const { group, pids } of joined) effects.push({ kind: 'changed', action: 'join', group, pids });
      for (const reason of refusals) effects.push({ kind: 'refused', node, reason });
    }
    if (message.kind === 'discover' || !peer.isTold) {
      effects.push({ kind: 'sync', node, scope, isFirst: !peer.isTold });
      peer.isTold = true;
    }
    if (message.kind === 'discover' && isNew)
      effects.push({ kind: 'tell', node, to: scope, message: discoverMessage(this.#us) });
    return effects;
  }

  /** The peer with this scope process. Another one on the same node was restarted: what it told is void. */
  #meet(node: string, scope: Pid): { effects: PgEffect[]; peer: Peer; isNew: boolean } {
    const known = this.#peers.get(node);
    if (known !== undefined && memberKey(known.scope) === memberKey(scope))
      return { effects: [], peer: known, isNew: false };
    const effects = known === undefined ? [] : this.#forget(node, known);
    const peer = { scope, members: new RemoteMembers(node, this.#limits), isTold: false };
    this.#peers.set(node, peer);
    effects.push({ kind: 'watch', what: 'scope', pid: scope });
    return { effects, peer, isNew: true };
  }

  /** Changes of a peer that has not told all its members are left out, as in OTP: its sync contains them. */
  #change(node: string, scope: Pid, changes: readonly GroupChange[]): PgEffect[] {
    const peer = this.#peers.get(node);
    if (peer === undefined || memberKey(peer.scope) !== memberKey(scope)) return [];
    const effects: PgEffect[] = [];
    const refused = new Set<PgRefusal>();
    for (const { group, joined, left } of changes) {
      const result = peer.members.change({ group, joined, left });
      if (result.joined.length > 0)
        effects.push({ kind: 'changed', action: 'join', group, pids: result.joined });
      if (result.left.length > 0)
        effects.push({ kind: 'changed', action: 'leave', group, pids: result.left });
      for (const reason of result.refusals) refused.add(reason);
    }
    for (const reason of refused) effects.push({ kind: 'refused', node, reason });
    return effects;
  }

  #loseNode(node: string): PgEffect[] {
    const peer = this.#peers.get(node);
    return peer === undefined ? [] : this.#forget(node, peer);
  }

  #loseScope(scope: Pid): PgEffect[] {
    const peer = this.#peers.get(scope.node);
    if (peer === undefined || memberKey(peer.scope) !== memberKey(scope)) return [];
    return this.#forget(scope.node, peer);
  }

  #forget(node: string, { scope, members }: Peer): PgEffect[] {
    this.#peers.delete(node);
    const left = members.table.without(new MemberTable());
    return [
      { kind: 'unwatch', what: 'scope', pid: scope },
      ...left.map((each) => ({ kind: 'changed', action: 'leave', ...each }) as const),
    ];
  }

  #join(group: Term, pids: readonly Pid[]): PgEffect[] {
    const key = groupKey(group, Infinity);
    if (key === undefined || pids.length === 0) return [];
    const name = this.#local.table.nameOf(key) ?? group;
    const effects: PgEffect[] = [];
    for (const pid of pids) {
      if (this.#local.add(key, name, pid)) effects.push({ kind: 'watch', what: 'member', pid });
    }
    effects.push({ kind: 'broadcast', message: joinMessage(this.#us, name, pids) });
    effects.push({ kind: 'changed', action: 'join', group: name, pids });
    return effects;
  }

  #leave(group: Term, pids: readonly Pid[]): PgEffect[] {
    const key = groupKey(group, Infinity);
    if (key === undefined) return [];
    const name = this.#local.table.nameOf(key);
    const effects: PgEffect[] = [];
    const left: Pid[] = [];
    for (const pid of pids) {
      const { isMember, isLast } = this.#local.remove(key, pid);
      if (isMember) left.push(pid);
      if (isLast) effects.push({ kind: 'unwatch', what: 'member', pid });
    }
    if (left.length === 0) return [];
    effects.push({ kind: 'broadcast', message: leaveMessage(this.#us, left, [name]) });
    effects.push({ kind: 'changed', action: 'leave', group: name, pids: left });
    return effects;
  }

  #loseMember(pid: Pid): PgEffect[] {
    const groups = this.#local.removeAll(pid);
    if (groups.length === 0) return [];
    return [
      { kind: 'broadcast', message: leaveMessage(this.#us, [pid], groups) },
      ...groups.map((group) => ({ kind: 'changed', action: 'leave', group, pids: [pid] }) as const),
    ];
  }
}
