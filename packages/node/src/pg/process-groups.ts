/**
 * A scope of process groups on one node: the process that peers know, and what is asked of it here. The groups are in
 * state/pg-state.ts; this file carries out what that returns.
 */

import { type Clock, systemClock } from '../clock.ts';
import { decode, encode, Pid, type Reference, type Term } from '../etf/index.ts';
import { deadError } from '../process/local-process.ts';
import { ChangeListeners, type GroupChangeEvent } from './change-listeners.ts';
import { PgError } from './pg-error.ts';
import type { PgHost } from './pg-host.ts';
import { PeerSearch } from './peer-search.ts';
import { ScopeServer } from './scope-server.ts';
import { groupKey } from './state/group-name.ts';
import { defaultPgLimits, type PgLimits } from './state/remote-members.ts';

/** Options of `startProcessGroups`. */
export interface PgOptions {
  /** The scope, and the registered name of its process. Default `pg`, the scope of `pg:join(Group, Pid)` in Erlang. */
  readonly scope?: string | undefined;
  /** Bounds on what is kept of each peer. */
  readonly limits?: Partial<PgLimits> | undefined;
  /** For tests. */
  readonly clock?: Clock | undefined;
}

/**
 * Starts a scope of process groups on this node and finds the same scope on all connected nodes, now and later. Throws
 * `NodeError` PROCESS_NAME_TAKEN when the scope is already started.
 *
 * @example
 * const groups = await startProcessGroups(node);
 * groups.join(atom('workers'), pid); // :pg.get_members(:workers) on any other node
 */
export async function startProcessGroups(node: PgHost, options: PgOptions = {}): Promise<ProcessGroups> {
  const limits = { ...defaultPgLimits, ...definedLimits(options.limits) };
  const scope = options.scope ?? 'pg';
  const listeners = new ChangeListeners();
  const server = new ScopeServer(node, { scope, limits, onChange: (change) => listeners.tell(change) });
  await server.process.started;
  return new ProcessGroups({ node, server, scope, limits, listeners, clock: options.clock ?? systemClock });
}

interface PgParts {
  readonly node: PgHost;
  readonly server: ScopeServer;
  readonly scope: string;
  readonly limits: PgLimits;
  readonly listeners: ChangeListeners;
  readonly clock: Clock;
}

/** A monitor of a group, or of all groups of a scope. */
export interface GroupMonitor {
  /** The reference in its messages. */
  readonly ref: Reference;
  /** Ends the monitor. Idempotent. */
  stop(): void;
}

/** A scope of process groups, created by `startProcessGroups`. */
export class ProcessGroups implements Disposable {
  readonly #parts: PgParts;
  readonly #stops: (() => void)[] = [];

  /** @internal Use `startProcessGroups`. */
  constructor(parts: PgParts) {
    this.#parts = parts;
    const { node, server, clock } = parts;
    const search = new PeerSearch({
      clock,
      isWanted: (name) => node.peer(name) !== undefined && server.state.scopeOf(name) === undefined,
      discover: (name) => server.step({ kind: 'nodeUp', node: name }),
    });
    // Scopes of OTP look for visible nodes only, so a hidden node must look for them until it has found them. Its own
    // connections all count as hidden.
    const find = (name: string): void => {
      server.step({ kind: 'nodeUp', node: name });
      if (node.hidden) search.start(name);
    };
    this.#stops.push(
      node.onNodeUp((name, { visible }) => {
        if (visible || node.hidden) find(name);
      }),
      node.onNodeDown((name) => {
        search.stop(name);
        server.step({ kind: 'nodeDown', node: name });
      }),
      () => search.close(),
    );
    server.onScopeLost = (name) => {
      if (node.hidden) search.start(name);
    };
    server.onEnd = () => this.#end();
    for (const name of node.list(node.hidden ? 'connected' : 'visible')) find(name);
  }

  /** The name of the scope. */
  get scope(): string {
    return this.#parts.scope;
  }
  /** The process of the scope, by which peers know it. */
  get pid(): Pid {
    return this.#parts.server.process.pid;
  }

  /**
   * Adds one or more processes of this node to a group. A process that joins several times must leave as often; one that ends
   * leaves all its groups. `group` is any term: `atom('workers')`, or text, which is a binary in Erlang. Throws `PgError`
   * PG_FOREIGN_PID, PG_BAD_GROUP, PG_CLOSED, and `NodeError` PROCESS_DEAD.
   */
  join(group: Term, members: Pid | readonly Pid[]): void {
    const name = this.#ownName(group);
    const pids = this.#pids(members);
    for (const pid of pids) this.#assertOwn(pid);
    this.#parts.server.step({ kind: 'join', group: name, pids });
  }

  /** Removes processes from a group, each once. Returns `false` when none of them was a member. Throws `PgError` PG_CLOSED. */
  leave(group: Term, members: Pid | readonly Pid[]): boolean {
    return this.#parts.server.step({ kind: 'leave', group: this.#ownName(group), pids: this.#pids(members) });
  }

  /** The members of a group on all nodes, those of this node first; each as often as it has joined. */
  members(group: Term): Pid[] {
    const key = this.#keyOf(group);
    return key === undefined ? [] : this.#parts.server.state.members(key);
  }
  /** The members of a group on this node. */
  localMembers(group: Term): Pid[] {
    const key = this.#keyOf(group);
    return key === undefined ? [] : this.#parts.server.state.localMembers(key);
  }
  /** The groups that have members, on any node. */
  groups(): Term[] {
    return this.#isClosed ? [] : this.#parts.server.state.groups();
  }
  /** The groups that have members on this node. */
  localGroups(): Term[] {
    return this.#isClosed ? [] : this.#parts.server.state.localGroups();
  }
  /** The nodes on which this scope was found. */
  nodes(): string[] {
    return this.#isClosed ? [] : this.#parts.server.state.nodes();
  }

  /** Calls `listener` after each change of any group. Returns a function that removes the listener. */
  onChange(listener: (change: GroupChangeEvent) => void): () => void {
    return this.#parts.listeners.add(listener);
  }

  /**
   * Has a process of this node receive `{Ref, join, Group, Pids}` and `{Ref, leave, Group, Pids}` for each change of a group, as
   * `pg:monitor` and `pg:monitor_scope` do; without `group`, of all groups. Ends with the process, or by the function that is
   * returned beside the reference. Throws `PgError` PG_FOREIGN_PID, PG_CLOSED, and `NodeError` PROCESS_DEAD.
   */
  monitor(watcher: Pid, group?: Term): GroupMonitor {
    const { node, server, listeners } = this.#parts;
    this.#assertOpen();
    this.#assertOwn(watcher);
    const ref = node.processes.makeRef();
    const key = group === undefined ? undefined : groupKey(this.#ownName(group), Infinity);
    const stopListening = listeners.addProcess({ key, tell: (message) => node.send(watcher, message) }, ref);
    const unwatch = server.process.watch(watcher, stopListening);
    return {
      ref,
      stop: () => {
        stopListening();
        unwatch();
      },
    };
  }

  /** Stops the scope on this node: other nodes see its members leave. Idempotent; closing the node does the same. */
  close(): void {
    this.#parts.server.process.stop();
  }

  /** Calls `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  get #isClosed(): boolean {
    return !this.#parts.server.process.isAlive;
  }

  #keyOf(group: Term): string | undefined {
    return this.#isClosed ? undefined : groupKey(group, this.#parts.limits.maxNameSize);
  }

  #end(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw this.#closedError();
  }

  #closedError(): PgError {
    return new PgError('PG_CLOSED', `the scope ${this.scope} is closed on ${this.#parts.node.name}`, {
      value: this.scope,
      remedy: 'Start it again with `startProcessGroups`.',
    });
  }

  #pids(members: Pid | readonly Pid[]): readonly Pid[] {
    this.#assertOpen();
    return members instanceof Pid ? [members] : [...members];
  }

  #assertOwn(pid: Pid): void {
    const { node, server } = this.#parts;
    if (pid instanceof Pid && pid.node === node.name && pid.creation === server.process.pid.creation) {
      if (node.processes.isAlive(pid)) return;
      throw deadError(pid);
    }
    throw new PgError('PG_FOREIGN_PID', `${String(pid)} is not a process of ${node.name}`, {
      value: pid,
      remedy: 'Let the node that runs the process add it to the group.',
    });
  }

  /** A copy of the name, so that changing it later does not change the group. Throws `EncodeError` for what is not a term. */
  #ownName(group: Term): Term {
    const name = decode(encode(group));
    if (groupKey(name, this.#parts.limits.maxNameSize) !== undefined) return name;
    throw new PgError(
      'PG_BAD_GROUP',
      'the name of the group is too large, or contains a function or record',
      {
        value: group,
        remedy: 'Use an atom, text or a small tuple; `limits.maxNameSize` is the largest size.',
      },
    );
  }
}

function definedLimits(limits: Partial<PgLimits> = {}): Partial<PgLimits> {
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new PgError('PG_BAD_LIMIT', `limits.${name} is ${String(value)}`, {
      value,
      remedy: 'Use a whole number above 0.',
    });
  }
  return limits;
}
