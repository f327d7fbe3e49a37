/** The groups that processes of this node have joined, by group and by process. Pure. */

import type { Pid, Term } from '../../etf/index.ts';
import { memberKey, MemberTable } from './member-table.ts';

export class LocalMembers {
  readonly table: MemberTable = new MemberTable();
  /** The keys of the groups of each process, as often as it has joined them. */
  readonly #groupsOf: Map<string, string[]> = new Map();

  /** Adds a process to a group. Returns `true` when it is the first group of the process. */
  add(key: string, name: Term, pid: Pid): boolean {
    this.table.add(key, name, pid);
    const groups = this.#groupsOf.get(memberKey(pid));
    groups?.push(key);
    if (groups === undefined) this.#groupsOf.set(memberKey(pid), [key]);
    return groups === undefined;
  }

  /** Removes a process from a group once. `isLast` tells that it is now in no group. */
  remove(key: string, pid: Pid): { isMember: boolean; isLast: boolean } {
    if (!this.table.remove(key, pid)) return { isMember: false, isLast: false };
    const groups = this.#groupsOf.get(memberKey(pid)) ?? [];
    groups.splice(groups.indexOf(key), 1);
    if (groups.length === 0) this.#groupsOf.delete(memberKey(pid));
    return { isMember: true, isLast: groups.length === 0 };
  }

  /** Removes a process from all its groups. Returns their names, each as often as it had joined. */
  removeAll(pid: Pid): Term[] {
    const keys = this.#groupsOf.get(memberKey(pid)) ?? [];
    this.#groupsOf.delete(memberKey(pid));
    return keys.map((key) => {
      const name = this.table.nameOf(key);
      this.table.remove(key, pid);
      return name;
    });
  }
}
