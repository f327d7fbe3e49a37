/**
 * The second check of what a scope sends. The scopes of OTP 23 to 28 end when they get a message that they do not expect, and
 * many programs do not survive that: Phoenix.PubSub never joins again. So every message is read back here as a peer reads
 * it, and applied to what the peers have been told so far. Pure.
 */

import type { Pid, Term } from '../../etf/index.ts';
import { groupKey } from './group-name.ts';
import { MemberTable } from './member-table.ts';
import { type GroupChange, type Membership, parsePgMessage } from './pg-messages.ts';

export class OutgoingCheck {
  readonly #us: Pid;
  /** What every peer that was told anything knows of this node: they all get the same changes. */
  #told = new MemberTable();

  constructor(us: Pid) {
    this.#us = us;
  }

  /** Whether peers that know what was told so far accept a join or leave. If so, they are told from now on. */
  acceptsChange(message: Term): boolean {
    const parsed = parsePgMessage(message);
    if (parsed?.kind !== 'change' || !this.#isOurs(parsed.scope)) return false;
    return parsed.changes.every((change) => this.#apply(change));
  }

  /**
   * Whether a sync is well-formed and tells what other peers know already. `different`: the others need it as well, and all
   * are told from now on.
   */
  checkSync(message: Term): 'same' | 'different' | 'malformed' {
    const parsed = parsePgMessage(message);
    if (parsed?.kind !== 'sync' || !this.#isOurs(parsed.scope)) return 'malformed';
    const table = this.#tableOf(parsed.groups);
    if (table === undefined) return 'malformed';
    const isSame = table.without(this.#told).length === 0 && this.#told.without(table).length === 0;
    this.#told = table;
    return isSame ? 'same' : 'different';
  }

  #apply({ group, joined, left }: GroupChange): boolean {
    const key = groupKey(group, Infinity);
    if (key === undefined || joined.length + left.length === 0) return false;
    if (![...joined, ...left].every((pid) => this.#isLocal(pid))) return false;
    for (const pid of joined) this.#told.add(key, group, pid);
    // OTP 23 to 27 look the group up without asking whether it is there.
    return left.every((pid) => this.#told.remove(key, pid));
  }

  /** A group must be there once and have members: a peer keeps whatever it is told. */
  #tableOf(groups: readonly Membership[]): MemberTable | undefined {
    const table = new MemberTable();
    for (const { group, pids } of groups) {
      const key = groupKey(group, Infinity);
      if (key === undefined || table.has(key) || pids.length === 0) return undefined;
      if (!pids.every((pid) => this.#isLocal(pid))) return undefined;
      for (const pid of pids) table.add(key, group, pid);
    }
    return table;
  }

  #isLocal(pid: Pid): boolean {
    return pid.node === this.#us.node && pid.creation === this.#us.creation;
  }

  #isOurs(scope: Pid): boolean {
    return scope.id === this.#us.id && scope.serial === this.#us.serial && this.#isLocal(scope);
  }
}
