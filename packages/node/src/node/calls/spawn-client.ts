/**
 * Starts processes on other nodes by SPAWN_REQUEST: the requesting side of `erlang:spawn_link/4` and its variants. The reply comes before
 * anything else about the new process, so links and monitors are recorded when it arrives, and none of its signals is missed.
 */

import { type ControlOf, SpawnReplyFlag } from '../../distribution/control-messages.ts';
import { Flag, hasFlags } from '../../distribution/flags.ts';
import { CallError } from '../../errors.ts';
import { publishEvent } from '../../events.ts';
import { atom, atomName, atomOf, inspect, Pid, Reference, type Term, Tuple } from '../../etf/index.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import { callRemedies } from './call-remedies.ts';
import { startCallProcess } from './call-process.ts';
import { callTimeout, type CallSite, siteName } from './erpc.ts';
import { PendingCalls } from './pending-calls.ts';
import type { RemoteFunction } from './rpc.ts';
import type { ServedCalls } from './served-calls.ts';

/** Options of `Node.spawnOn`. */
export interface SpawnOnOptions {
  /** The process of this node that `link` and `monitor` are for. Default: the node itself. */
  readonly parent?: Pid | undefined;
  /** Links the new process to `parent`, or to this node: then it ends when the connection is lost. Default false. */
  readonly link?: boolean | undefined;
  /** Monitors it: `parent` gets a DOWN message with the reference `monitor`; without a `parent`, `ended` resolves. Default false. */
  readonly monitor?: boolean | undefined;
  /** The process, on any node, that gets the output of the new one. Default: a local one that discards it. */
  readonly groupLeader?: Pid | undefined;
  /** Time for connecting, if needed, and for the reply. Default 5000; `Infinity` waits forever. */
  readonly timeoutMs?: number | undefined;
  /** Gives up, and rejects with the signal's reason. If the process starts all the same, a link ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** A process that was started by `Node.spawnOn`. */
export interface SpawnedProcess {
  readonly pid: Pid;
  /** The reference in the DOWN message, if it is monitored. */
  readonly monitor: Reference | undefined;
  /** Resolves with the exit reason when it ends, or with `noconnection`; only if it is monitored without a `parent`. */
  readonly ended: Promise<Term> | undefined;
}

interface SpawnCall {
  readonly ref: Reference;
  readonly site: CallSite;
  readonly parent: Pid;
  readonly link: boolean;
  readonly monitor: boolean;
  /** Settles when the process has ended, if it is monitored for the node itself. */
  readonly ended: PromiseWithResolvers<Term> | undefined;
}

export interface SpawnServices {
  /** Gets the output of processes without a group leader. */
  readonly leader: Pid;
  /** Runs the processes that are started on this node itself. */
  readonly own: ServedCalls;
}

/** Starts processes on other nodes for one node. */
export class SpawnClient {
  readonly #core: NodeCore;
  readonly #services: SpawnServices;
  readonly #pid: Pid;
  readonly #pending: PendingCalls<SpawnCall, Pid> = new PendingCalls();
  /** Requests without a reply, also those whose caller has given up; by reference. */
  readonly #requests: Map<string, SpawnCall> = new Map();
  readonly #endings: Map<string, (reason: Term) => void> = new Map();

  constructor(core: NodeCore, services: SpawnServices) {
    this.#core = core;
    this.#services = services;
    this.#pid = core.processes.spawnServer(
      { onMessage: (_self, message) => this.#takeDown(message) },
      { isSystem: true },
    );
    core.onNodeDown((peer) => this.#loseNode(peer));
    core.onClose(() => this.#close());
  }

  /** Starts a process that runs a function, and resolves when it has started. Connects first if needed. */
  async spawn(peer: string, target: RemoteFunction, options: SpawnOnOptions = {}): Promise<SpawnedProcess> {
    const { timeoutMs = 5000, signal, parent = this.#pid, link = false, monitor = false } = options;
    const { clock, connections, name } = this.#core;
    signal?.throwIfAborted();
    const startedAt = clock.now();
    const site = { node: peer, module: target.module, function: target.function, arity: target.args.length };
    const ended = monitor && parent === this.#pid ? Promise.withResolvers<Term>() : undefined;
    const call: SpawnCall = { ref: this.#core.processes.makeRef(), site, parent, link, monitor, ended };
    if (!this.#core.processes.isAlive(parent)) throw spawnFailure(atom('noproc'), site);
    if (peer === name) return this.#spawnOwn(call, target, options);
    if (connections.peer(peer) === undefined)
      await connections.connect(peer, { signal, ...(timeoutMs === Infinity ? {} : { timeoutMs }) });
    this.#request(call, target, options.groupLeader ?? this.#services.leader);
    const pid = await this.#pending.open(call, {
      clock,
      leftMs: timeoutMs - (clock.now() - startedAt),
      signal,
      timeoutError: () => callTimeout(site, timeoutMs),
      // The reply is still awaited: a process that starts all the same must not be linked to anything here.
      onAbandon: () => undefined,
    });
    return started(call, pid);
  }

  /** Handles a reply. Returns `false` when it is not for a request of this client. */
  accept(peer: string, { ref, result, flags }: ControlOf<'SPAWN_REPLY'>): boolean {
    const call = this.#requests.size === 0 ? undefined : this.#requests.get(keyOf(ref));
    if (call === undefined) return false;
    if (call.site.node !== peer) {
      this.#reportForeign(peer);
      return true;
    }
    this.#requests.delete(keyOf(ref));
    if (!(result instanceof Pid)) this.#pending.fail(ref, spawnFailure(atomOf(result), call.site));
    else this.#adopt(call, result, flags);
    return true;
  }

  #request(call: SpawnCall, { module, function: name, args }: RemoteFunction, groupLeader: Pid): void {
    const { ref, site, parent, link, monitor } = call;
    const info = this.#core.connections.peer(site.node);
    if (info === undefined) throw spawnFailure(atom('noconnection'), site);
    if (!hasFlags(info.flags, Flag.SPAWN)) throw spawnFailure(atom('notsup'), site);
    const options = [...(monitor ? [atom('monitor')] : []), ...(link ? [atom('link')] : [])];
    this.#requests.set(keyOf(ref), call);
    const request: ControlOf<'SPAWN_REQUEST'> = {
      kind: 'SPAWN_REQUEST',
      ref,
      from: parent,
      groupLeader,
      target: { module, function: name, arity: args.length },
      options,
    };
    try {
      this.#core.sendControl(site.node, request, args);
    } catch (error) {
      this.#requests.delete(keyOf(ref));
      throw error;
    }
  }

  /** The process has started: what was asked for holds from now on, unless the caller has given up or its parent has ended. */
  #adopt(call: SpawnCall, pid: Pid, flags: number): void {
    const { ref, parent, site } = call;
    const isLinked = call.link && (flags & SpawnReplyFlag.LINK) !== 0;
    const isMonitored = call.monitor && (flags & SpawnReplyFlag.MONITOR) !== 0;
    const isWanted = this.#pending.find(ref) !== undefined;
    const isAdopted =
      isWanted &&
      this.#core.processes.adoptSpawned(parent, { pid, isLinked, monitor: isMonitored ? ref : undefined });
    if (isAdopted) {
      this.#expectEnd(call);
      this.#pending.settle(ref, () => pid);
      return;
    }
    const reason = atom(isWanted ? 'noproc' : 'abandoned');
    if (isLinked) this.#core.sendControl(site.node, { kind: 'PAYLOAD_EXIT', from: parent, to: pid }, reason);
    if (isMonitored) this.#core.sendControl(site.node, { kind: 'DEMONITOR_P', from: parent, to: pid, ref });
    this.#pending.fail(ref, spawnFailure(atom('noproc'), site));
  }

  #spawnOwn(call: SpawnCall, target: RemoteFunction, options: SpawnOnOptions): SpawnedProcess {
    const { parent, link, monitor, site } = call;
    const { processes } = this.#core;
    try {
      const groupLeader = options.groupLeader ?? this.#services.leader;
      const process = startCallProcess(this.#core, { groupLeader, ...(link ? { link: parent } : {}) });
      const ref = monitor ? processes.monitor(parent, process.pid) : call.ref;
      this.#expectEnd({ ...call, ref });
      const origin = { caller: parent, groupLeader, peer: this.#core.name };
      process.run(this.#services.own, target, { origin });
      return started({ ...call, ref }, process.pid);
    } catch (cause) {
      throw spawnFailure(atom('system_limit'), site, cause);
    }
  }

  #expectEnd({ ref, ended }: SpawnCall): void {
    if (ended !== undefined) this.#endings.set(keyOf(ref), ended.resolve);
  }

  #takeDown(message: Term): void {
    if (!(message instanceof Tuple) || message.length !== 5 || atomName(message.at(0)) !== 'DOWN') return;
    const ref = message.at(1);
    if (ref instanceof Reference) this.#end(keyOf(ref), message.at(4));
  }

  #end(key: string, reason: Term): void {
    this.#endings.get(key)?.(reason);
    this.#endings.delete(key);
  }

  #loseNode(peer: string): void {
    for (const [key, { ref, site }] of this.#requests) {
      if (site.node !== peer) continue;
      this.#requests.delete(key);
      this.#pending.fail(ref, spawnFailure(atom('noconnection'), site));
    }
  }

  #close(): void {
    this.#pending.failAll(({ site }) => spawnFailure(atom('noconnection'), site));
    for (const key of [...this.#endings.keys()]) this.#end(key, atom('noconnection'));
  }

  #reportForeign(peer: string): void {
    publishEvent('convoy:message.dropped', () => ({
      node: this.#core.name,
      peer,
      reason: 'foreign-sender',
      op: undefined,
      error: undefined,
    }));
  }
}

function started({ ref, monitor, ended }: SpawnCall, pid: Pid): SpawnedProcess {
  return { pid, monitor: monitor ? ref : undefined, ended: ended?.promise };
}

/** The error for a process that was not started. `reason` is the atom that Erlang's `spawn_request` gives. */
function spawnFailure(reason: Term, site: CallSite, cause?: unknown): CallError {
  const target = siteName(site);
  const what = `${target} was not started as a process`;
  switch (atomName(reason)) {
    case 'noconnection':
      return new CallError('CALL_NODEDOWN', `${what}: the connection to ${site.node} was lost`, {
        target,
        reason,
        remedy: callRemedies.lost,
      });
    case 'notsup':
      return new CallError(
        'CALL_UNSUPPORTED',
        `${what}: ${site.node} does not start processes for other nodes`,
        {
          target,
          reason,
          remedy: 'Only OTP 23 and later and Convoy do; send a message to a process of that node instead.',
        },
      );
    case 'badopt':
      return new CallError('CALL_UNSUPPORTED', `${what}: ${site.node} does not know one of the options`, {
        target,
        reason,
        remedy: 'Leave out `link` or `monitor`.',
      });
    case 'system_limit':
      return new CallError(
        'CALL_SYSTEM_LIMIT',
        `${what}: ${site.node} has as many processes as it may have`,
        {
          target,
          reason,
          cause,
          remedy: 'Raise the limit there (`+P` of erl, `limits` of startNode), or start it later.',
        },
      );
    case 'noproc':
      return new CallError('CALL_NOPROC', `${what}: its parent has ended`, {
        target,
        reason,
        remedy: 'Pass the pid of a running process of this node as `parent`.',
      });
    default: {
      const why = inspect(reason, { maxLength: 300 });
      return new CallError('CALL_EXIT', `${what}: ${site.node} refused with ${why}`, {
        target,
        reason,
        remedy: callRemedies.exit,
      });
    }
  }
}

/** The references here are of this node, so their words are unique. */
function keyOf(ref: Reference): string {
  return ref.words.join('.');
}
