/** What one peer has told of its members, within bounds. Only processes of that peer count. Pure. */

import type { Pid, Term } from '../../etf/index.ts';
import { groupKey } from './group-name.ts';
import { MemberTable } from './member-table.ts';
import type { GroupChange, Membership } from './pg-messages.ts';

/** Bounds on what is kept of one peer. What is over them is left out and published on `convoy:message.dropped`. */
export interface PgLimits {
  /** Groups with members on one peer. */
  readonly maxGroups: number;
  /** Members of all groups on one peer, each process as often as it has joined. */
  readonly maxMembers: number;
  /** Size of the name of a group: bytes of text and elements together. Applies to local groups too. */
  readonly maxNameSize: number;
}

/** The limits of a scope that sets none. */
export const defaultPgLimits: PgLimits = { maxGroups: 65_536, maxMembers: 262_144, maxNameSize: 1024 };

export interface RemoteChange {
  readonly joined: readonly Pid[];
  readonly left: readonly Pid[];
  readonly refusals: ReadonlySet<'foreign-sender' | 'limit'>;
}

export class RemoteMembers {
  readonly #node: string;
  readonly #limits: PgLimits;
  #table = new MemberTable();

  constructor(node: string, limits: PgLimits) {
    this.#node = node;
    this.#limits = limits;
  }

  get table(): MemberTable {
    return this.#table;
  }

  /** Replaces everything. Returns the difference. */
  replace(groups: readonly Membership[]): {
    readonly joined: readonly Membership[];
    readonly left: readonly Membership[];
    readonly refusals: ReadonlySet<'foreign-sender' | 'limit'>;
  } {
    const before = this.#table;
    this.#table = new MemberTable();
    const refusals = new Set<'foreign-sender' | 'limit'>();
    for (const { group, pids } of groups) {
      const change = this.change({ group, joined: pids, left: [] });
      for (const reason of change.refusals) refusals.add(reason);
    }
    return { joined: this.#table.without(before), left: before.without(this.#table), refusals };
  }

  change({ group, joined, left }: GroupChange): RemoteChange {
    const refusals = new Set<'foreign-sender' | 'limit'>();
    const key = groupKey(group, this.#limits.maxNameSize);
    if (key === undefined) return { joined: [], left: [], refusals: refusals.add('limit') };
    const added = joined.filter((pid) => {
      const refusal = this.#add(key, group, pid);
      if (refusal !== undefined) refusals.add(refusal);
      return refusal === undefined;
    });
    // Most often the group is not one of theirs, or has one member.
    const removed = this.#table.has(key) ? left.filter((pid) => this.#table.remove(key, pid)) : [];
    return { joined: added, left: removed, refusals };
  }

  #add(key: string, name: Term, pid: Pid): 'foreign-sender' | 'limit' | undefined {
    if (pid.node !== this.#node) return 'foreign-sender';
    const { groups, members } = this.#table.size;
    if (members >= this.#limits.maxMembers) return 'limit';
    if (groups >= this.#limits.maxGroups && !this.#table.has(key)) return 'limit';
    this.#table.add(key, name, pid);
    return undefined;
  }
}
