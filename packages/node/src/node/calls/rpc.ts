/**
 * Calls functions on other nodes: `erpc` by a spawn request whose monitor delivers the outcome, or the `rex` process if
 * the peer does not support spawn requests. One local process makes all calls.
 */

import { SpawnReplyFlag, type ControlOf } from '../../distribution/control-messages.ts';
import { Flag } from '../../distribution/flags.ts';
import { publishEvent } from '../../events.ts';
import {
  atom,
  atomName,
  atomOf,
  decode,
  encode,
  Pid,
  Reference,
  tuple,
  Tuple,
  type DecodeOptions,
  type Term,
} from '../../etf/index.ts';
import { callTimeout, exitReasonOf, lostCall, resultOfExit, type CallSite } from './erpc.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import { PendingCalls } from './pending-calls.ts';
import { resultOfRex } from './rex-results.ts';
import type { ServedCalls } from './served-calls.ts';

/** Options of `Node.rpc`. */
export interface RpcOptions {
  /** Time for connecting, if needed, and for the answer. Default 5000; `Infinity` waits forever. */
  readonly timeoutMs?: number | undefined;
  /** The process, on any node, that gets the output of the function. Default: a local one that discards it. */
  readonly groupLeader?: Pid;
  /** How binaries and maps of the result are decoded. Default: the node's `mapping`. */
  readonly mapping?: DecodeOptions;
  /** Aborts the call, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A function on another node, and its arguments. */
export interface RemoteFunction {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
}

/** One call that waits for its outcome. */
interface PendingRpc {
  readonly ref: Reference;
  readonly site: CallSite;
  readonly kind: 'erpc' | 'rex' | 'local';
  /** The remote process that runs the call, once known. */
  runner?: Pid;
  /** Cancels a local call. */
  readonly cancel?: () => void;
}

/** Makes remote calls for one node. */
export class RpcClient {
  readonly #core: NodeCore;
  readonly #leader: Pid;
  readonly #own: ServedCalls;
  readonly #pid: Pid;
  readonly #pending: PendingCalls<PendingRpc, Term> = new PendingCalls();

  /** `leader` gets the output of calls without a group leader; `own` runs calls to this node itself. */
  constructor(core: NodeCore, services: { leader: Pid; own: ServedCalls }) {
    this.#core = core;
    this.#leader = services.leader;
    this.#own = services.own;
    this.#pid = core.processes.spawnServer(
      { onMessage: (self, message) => this.#accept(message, self.peer) },
      { isSystem: true },
    );
    core.onClose(() => this.#pending.failAll(({ site }) => lostCall(atom('noconnection'), site)));
  }

  /** Calls a function and resolves with its value. Connects first if needed. Errors: docs/guide/rpc.md. */
  async call(peer: string, target: RemoteFunction, options: RpcOptions = {}): Promise<Term> {
    const { timeoutMs = 5000, signal, mapping } = options;
    signal?.throwIfAborted();
    const { clock } = this.#core;
    const startedAt = clock.now();
    const site = { node: peer, module: target.module, function: target.function, arity: target.args.length };
    if (peer !== this.#core.name && this.#core.connections.peer(peer) === undefined)
      await this.#connect(peer, options);
    const call = this.#begin(site, target, options.groupLeader);
    const value = await this.#pending.open(call, {
      clock,
      leftMs: timeoutMs - (clock.now() - startedAt),
      signal,
      timeoutError: () => callTimeout(site, timeoutMs),
      onAbandon: () => this.#abandon(call),
    });
    // The result was decoded with the node's own mapping; only decoding it again maps all of it, at any depth.
    return mapping === undefined ? value : decode(encode(value), mapping);
  }

  /** Runs a function without waiting for it; a failure is only published as an event. */
  cast(peer: string, target: RemoteFunction): void {
    this.#cast(peer, target).catch((error: unknown) => {
      publishEvent('convoy:message.dropped', () => ({
        node: this.#core.name,
        peer,
        reason: 'no-receiver',
        op: undefined,
        error: error instanceof Error ? error : new Error(String(error)),
      }));
    });
  }

  async #cast(peer: string, target: RemoteFunction): Promise<void> {
    if (peer === this.#core.name) {
      this.#own.start(target, { caller: this.#pid, groupLeader: this.#leader, peer });
      return;
    }
    if (this.#core.connections.peer(peer) === undefined) await this.#connect(peer, {});
    const info = this.#core.connections.peer(peer);
    const args = callTerms(target);
    if (info !== undefined && (info.flags & Flag.SPAWN) === 0n) {
      const request = tuple(atom('cast'), ...args, atom('user'));
      this.#core.send({ name: 'rex', node: peer }, tuple(atom('$gen_cast'), request), { from: this.#pid });
      return;
    }
    this.#core.sendControl(
      peer,
      {
        kind: 'SPAWN_REQUEST',
        ref: this.#core.processes.makeRef(),
        from: this.#pid,
        groupLeader: this.#leader,
        target: { module: 'erpc', function: 'execute_cast', arity: 3 },
        options: [],
      },
      args,
    );
  }

  async #connect(peer: string, options: RpcOptions): Promise<void> {
    const { timeoutMs = 5000, signal } = options;
    await this.#core.connections.connect(peer, {
      ...(Number.isFinite(timeoutMs) ? { timeoutMs } : {}),
      signal,
    });
  }

  #begin(site: CallSite, target: RemoteFunction, leader: Pid | undefined): PendingRpc {
    if (site.node === this.#core.name) return this.#beginOwn(site, target, leader ?? this.#leader);
    const info = this.#core.connections.peer(site.node);
    if (info === undefined) throw lostCall(atom('noconnection'), site);
    const canSpawn = (info.flags & Flag.SPAWN) !== 0n;
    return canSpawn ? this.#beginErpc(site, target, leader) : this.#beginRex(site, target, leader);
  }

  #beginOwn(site: CallSite, target: RemoteFunction, groupLeader: Pid): PendingRpc {
    const ref = this.#core.processes.makeRef();
    const call = this.#own.start(target, { caller: this.#pid, groupLeader, peer: this.#core.name });
    void Promise.resolve(call.outcome).then((outcome) =>
      this.#pending.settle(ref, () => resultOfExit(exitReasonOf(ref, outcome), ref, site)),
    );
    return { ref, site, kind: 'local', cancel: () => call.cancel() };
  }

  #beginErpc(site: CallSite, target: RemoteFunction, leader: Pid | undefined): PendingRpc {
    const ref = this.#core.processes.makeRef();
    const { node } = site;
    this.#core.processes.expectDown(this.#pid, ref, node);
    const request: ControlOf<'SPAWN_REQUEST'> = {
      kind: 'SPAWN_REQUEST',
      ref,
      from: this.#pid,
      groupLeader: leader ?? this.#leader,
      target: { module: 'erpc', function: 'execute_call', arity: 4 },
      options: [atom('monitor')],
    };
    try {
      if (!this.#core.sendControl(node, request, [ref, ...callTerms(target)])) {
        throw lostCall(atom('noconnection'), site);
      }
    } catch (error) {
      this.#core.processes.demonitor(this.#pid, ref);
      throw error;
    }
    return { ref, site, kind: 'erpc' };
  }

  #beginRex(site: CallSite, target: RemoteFunction, leader: Pid | undefined): PendingRpc {
    const to = { name: 'rex', node: site.node };
    const ref = this.#core.processes.monitor(this.#pid, to);
    // Peers without SPAWN may not support aliases either, so the tag is the plain reference that OTP 23 uses.
    const request = tuple(atom('call'), ...callTerms(target), leader ?? atom('user'));
    this.#core.send(to, tuple(atom('$gen_call'), tuple(this.#pid, ref), request), { from: this.#pid });
    return { ref, site, kind: 'rex' };
  }

  /** Accepts answers and DOWN messages from the node that was asked, and reports of a lost connection from this one. */
  #accept(message: Term, peer: string): void {
    if (!(message instanceof Tuple)) return;
    const [first, second] = message.elements;
    const isDown = atomName(first) === 'DOWN' && message.length === 5;
    if (isDown && second instanceof Reference) {
      const call = this.#pending.find(second);
      const isForeign = call !== undefined && peer !== call.site.node && peer !== this.#core.name;
      if (isForeign) return this.#reportForeign(peer);
      if (call !== undefined) this.#pending.settle(second, () => outcomeOfDown(call, message.at(4)));
    } else if (first instanceof Reference && message.length === 2) {
      const call = this.#pending.find(first);
      if (call?.kind !== 'rex') return;
      if (call.site.node !== peer) return this.#reportForeign(peer);
      this.#core.processes.demonitor(this.#pid, first);
      this.#pending.settle(first, () => resultOfRex(second, call.site));
    }
  }

  /** Handles the reply to a request of this client. */
  acceptReply(peer: string, { ref, result, flags }: ControlOf<'SPAWN_REPLY'>): void {
    const call = this.#pending.find(ref);
    if (call !== undefined && call.site.node !== peer) return this.#reportForeign(peer);
    if (!(result instanceof Pid)) {
      if (call === undefined) return;
      this.#core.processes.demonitor(this.#pid, ref);
      this.#pending.fail(ref, lostCall(atomOf(result), call.site));
    } else if (call !== undefined) {
      call.runner = result;
    } else if ((flags & SpawnReplyFlag.MONITOR) !== 0) {
      // Abandoned before it was running: the peer has not been notified yet.
      this.#core.sendControl(peer, { kind: 'DEMONITOR_P', from: this.#pid, to: result, ref });
    }
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

  #abandon(call: PendingRpc): void {
    if (call.kind === 'local') return call.cancel?.();
    this.#core.processes.demonitor(this.#pid, call.ref);
    if (call.runner === undefined) return;
    const demonitor = { kind: 'DEMONITOR_P', from: this.#pid, to: call.runner, ref: call.ref } as const;
    this.#core.sendControl(call.site.node, demonitor);
  }
}

function outcomeOfDown(call: PendingRpc, reason: Term): Term {
  if (call.kind === 'erpc') return resultOfExit(reason, call.ref, call.site);
  throw lostCall(reason, call.site);
}

function callTerms(target: RemoteFunction): [Term, Term, Term] {
  return [atomOf(target.module), atomOf(target.function), target.args];
}
