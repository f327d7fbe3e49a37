/**
 * Scopes on several nodes, connected by wires that deliver one message at a time. Some are ours, the others do what pg.erl of OTP
 * 25 does with each message, and end where it ends.
 */

import assert from 'node:assert/strict';
import { atom, inspect, Pid, type Term, Tuple, tuple } from '../../src/etf/index.ts';
import { groupKey } from '../../src/pg/state/group-name.ts';
import { OutgoingCheck } from '../../src/pg/state/outgoing-check.ts';
import { parsePgMessage, syncMessage } from '../../src/pg/state/pg-messages.ts';
import { type PgEvent, PgState } from '../../src/pg/state/pg-state.ts';
import { defaultPgLimits } from '../../src/pg/state/remote-members.ts';

export type Send = (node: string, message: Term) => void;
/** `sorted(group: pid pid)` of what a scope knows of a node. */
export type Known = readonly string[];

export interface SimulatedScope {
  readonly pid: Pid;
  join(group: Term, pid: Pid): void;
  leave(group: Term, pid: Pid): void;
  end(pid: Pid): void;
  nodeUp(node: string): void;
  nodeDown(node: string): void;
  /** A scope process on another node has ended. */
  scopeDown(scope: Pid): void;
  receive(node: string, message: Term): void;
  local(): Known;
  knownOf(node: string): Known;
}

const known = (groups: Iterable<readonly [group: Term, pids: readonly Pid[]]>): Known =>
  Array.from(
    groups,
    ([group, pids]) =>
      `${inspect(group)}: ${pids
        .map((pid) => inspect(pid))
        .sort()
        .join(' ')}`,
  ).sort();

export class OwnScope implements SimulatedScope {
  readonly pid: Pid;
  readonly #state: PgState;
  readonly #check: OutgoingCheck;
  readonly #send: Send;

  constructor(pid: Pid, send: Send) {
    this.pid = pid;
    this.#send = send;
    this.#state = new PgState({ us: pid, limits: defaultPgLimits });
    this.#check = new OutgoingCheck(pid);
  }

  join(group: Term, pid: Pid): void {
    this.#step({ kind: 'join', group, pids: [pid] });
  }
  leave(group: Term, pid: Pid): void {
    this.#step({ kind: 'leave', group, pids: [pid] });
  }
  end(pid: Pid): void {
    this.#step({ kind: 'memberDown', pid });
  }
  nodeUp(node: string): void {
    this.#step({ kind: 'nodeUp', node });
  }
  nodeDown(node: string): void {
    this.#step({ kind: 'nodeDown', node });
  }
  scopeDown(scope: Pid): void {
    this.#step({ kind: 'scopeDown', scope });
  }
  receive(node: string, term: Term): void {
    const message = parsePgMessage(term);
    assert.ok(message, inspect(term));
    this.#step({ kind: 'message', node, message });
  }
  local(): Known {
    return known(this.#state.localMemberships().map(({ group, pids }) => [group, pids] as const));
  }
  knownOf(node: string): Known {
    return known(
      this.#state
        .groups()
        .map((group) => [group, this.#members(group).filter((pid) => pid.node === node)] as const)
        .filter(([, pids]) => pids.length > 0),
    );
  }

  #members(group: Term): Pid[] {
    return this.#state.members(groupKey(group, Infinity) ?? '');
  }

  #step(event: PgEvent): void {
    for (const effect of this.#state.step(event)) {
      if (effect.kind === 'tell') this.#send(effect.node, effect.message);
      if (effect.kind === 'sync') {
        const message = syncMessage(this.pid, this.#state.localMemberships());
        assert.equal(this.#check.checkSync(message), 'same');
        this.#send(effect.node, message);
      }
      if (effect.kind !== 'broadcast') continue;
      assert.ok(this.#check.acceptsChange(effect.message), inspect(effect.message));
      for (const scope of this.#state.told()) this.#send(scope.node, effect.message);
    }
  }
}

type Groups = Map<Term, Pid[]>;

/** pg.erl of OTP 25, as far as its messages go. Atoms are one object per name, so they are the keys. */
export class OtpScope implements SimulatedScope {
  readonly pid: Pid;
  readonly #send: Send;
  readonly #local: Groups = new Map();
  readonly #remote = new Map<Pid, Groups>();

  constructor(pid: Pid, send: Send) {
    this.pid = pid;
    this.#send = send;
  }

  join(group: Term, pid: Pid): void {
    this.#local.set(group, [pid, ...(this.#local.get(group) ?? [])]);
    this.#broadcast(tuple(atom('join'), this.pid, group, pid));
  }
  leave(group: Term, pid: Pid): void {
    if (this.#local.get(group)?.includes(pid) !== true) return;
    remove(this.#local, group, [pid]);
    this.#broadcast(tuple(atom('leave'), this.pid, pid, [group]));
  }
  end(pid: Pid): void {
    const groups = [...this.#local].flatMap(([group, pids]) =>
      pids.filter((one) => one === pid).map(() => group),
    );
    for (const group of groups) remove(this.#local, group, [pid]);
    if (groups.length > 0) this.#broadcast(tuple(atom('leave'), this.pid, pid, groups));
  }
  nodeUp(node: string): void {
    this.#send(node, tuple(atom('discover'), this.pid));
  }
  nodeDown(node: string): void {
    for (const peer of this.#remote.keys()) if (peer.node === node) this.#remote.delete(peer);
  }
  scopeDown(scope: Pid): void {
    this.#remote.delete(this.#same(scope));
  }
  receive(node: string, message: Term): void {
    assert.ok(message instanceof Tuple);
    const [label, second, third, fourth] = message.elements;
    if (label === atom('$gen_cast')) return this.#sync(second);
    const peer = this.#same(second);
    if (label === atom('discover')) {
      assert.equal(message.length, 2, 'the scope of OTP 25 ends by this discover');
      return this.#discovered(node, peer);
    }
    const groups = this.#remote.get(peer);
    if (groups === undefined) return;
    if (label === atom('join')) {
      assert.ok(fourth instanceof Pid || (Array.isArray(fourth) && fourth.length > 0));
      groups.set(third, [...listOf(fourth), ...(groups.get(third) ?? [])]);
    } else {
      assert.equal(label, atom('leave'));
      for (const group of fourth as Term[]) {
        assert.ok(
          groups.has(group),
          `the scope of OTP 25 ends by a leave of the unknown group ${inspect(group)}`,
        );
        remove(groups, group, listOf(third));
      }
    }
  }
  local(): Known {
    return known(this.#local);
  }
  knownOf(node: string): Known {
    return known(
      [...this.#remote].filter(([peer]) => peer.node === node).flatMap(([, groups]) => [...groups]),
    );
  }

  #sync(cast: Term): void {
    assert.ok(cast instanceof Tuple && cast.at(0) === atom('sync') && cast.length === 3);
    const entries = cast.at(2) as Tuple[];
    const groups: Groups = new Map(entries.map((entry) => [entry.at(0), [...listOf(entry.at(1))]]));
    assert.equal(groups.size, entries.length, 'a group appears once in a sync');
    this.#remote.set(this.#same(cast.at(1)), groups);
  }

  #discovered(node: string, peer: Pid): void {
    this.#send(
      node,
      tuple(
        atom('$gen_cast'),
        tuple(
          atom('sync'),
          this.pid,
          Array.from(this.#local, (entry) => tuple(...entry)),
        ),
      ),
    );
    if (this.#remote.has(peer)) return;
    this.#remote.set(peer, new Map());
    this.#send(node, tuple(atom('discover'), this.pid));
  }

  #broadcast(message: Term): void {
    for (const { node } of this.#remote.keys()) this.#send(node, message);
  }

  /** The known pid that is equal. */
  #same(pid: Term): Pid {
    assert.ok(pid instanceof Pid);
    return [...this.#remote.keys()].find((other) => inspect(other) === inspect(pid)) ?? pid;
  }
}

function listOf(term: Term): readonly Pid[] {
  return term instanceof Pid ? [term] : (term as Pid[]);
}

function remove(groups: Groups, group: Term, pids: readonly Pid[]): void {
  const left = [...(groups.get(group) ?? [])];
  for (const pid of pids) {
    const at = left.indexOf(pid);
    if (at !== -1) left.splice(at, 1);
  }
  if (left.length === 0) groups.delete(group);
  else groups.set(group, left);
}
