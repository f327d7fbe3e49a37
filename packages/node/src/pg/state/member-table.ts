/** The members of groups: a multiset of pids for each group, because a process may join a group several times. Pure. */

import type { Pid, Term } from '../../etf/index.ts';
import type { Membership } from './pg-messages.ts';

interface Member {
  readonly pid: Pid;
  count: number;
}

interface Group {
  readonly name: Term;
  readonly members: Map<string, Member>;
}

/** How many there are. */
export interface TableSize {
  readonly groups: number;
  /** Each process as often as it has joined. */
  readonly members: number;
}

/** A key that is equal for equal pids only. */
export function memberKey(pid: Pid): string {
  return `${pid.id}.${pid.serial}.${pid.creation}@${pid.node}`;
}

export class MemberTable {
  readonly #groups: Map<string, Group> = new Map();
  #members = 0;

  get size(): TableSize {
    return { groups: this.#groups.size, members: this.#members };
  }

  has(key: string): boolean {
    return this.#groups.has(key);
  }

  /** The name of a group that has members. */
  nameOf(key: string): Term {
    return this.#groups.get(key)?.name;
  }

  add(key: string, name: Term, pid: Pid): void {
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { name, members: new Map() };
      this.#groups.set(key, group);
    }
    const id = memberKey(pid);
    const member = group.members.get(id);
    if (member === undefined) group.members.set(id, { pid, count: 1 });
    else member.count += 1;
    this.#members += 1;
  }

  /** Removes a process once. Returns `false` when it is not a member. A group without members is not kept. */
  remove(key: string, pid: Pid): boolean {
    const group = this.#groups.get(key);
    const id = memberKey(pid);
    const member = group?.members.get(id);
    if (group === undefined || member === undefined) return false;
    member.count -= 1;
    this.#members -= 1;
    if (member.count === 0) group.members.delete(id);
    if (group.members.size === 0) this.#groups.delete(key);
    return true;
  }

  /** The members of a group, each as often as it has joined. */
  members(key: string): Pid[] {
    const pids: Pid[] = [];
    for (const { pid, count } of this.#groups.get(key)?.members.values() ?? []) {
      for (let times = 0; times < count; times += 1) pids.push(pid);
    }
    return pids;
  }

  /** The keys of the groups, each with its name. */
  *names(): Generator<readonly [key: string, name: Term]> {
    for (const [key, { name }] of this.#groups) yield [key, name];
  }

  memberships(): Membership[] {
    return Array.from(this.#groups, ([key, { name }]) => ({ group: name, pids: this.members(key) }));
  }

  /** The memberships that this table has and `other` does not. */
  without(other: MemberTable): Membership[] {
    const found: Membership[] = [];
    for (const [key, { name, members }] of this.#groups) {
      const pids: Pid[] = [];
      for (const [id, { pid, count }] of members) {
        for (let times = other.#count(key, id); times < count; times += 1) pids.push(pid);
      }
      if (pids.length > 0) found.push({ group: name, pids });
    }
    return found;
  }

  #count(key: string, id: string): number {
    return this.#groups.get(key)?.members.get(id)?.count ?? 0;
  }
}
