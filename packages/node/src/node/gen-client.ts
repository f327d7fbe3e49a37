/**
 * Calls gen servers on any node: the caller's side of `GenServer.call` and `gen_server:call`. One local process makes
 * all calls. Each call is a monitor whose reference is also the alias for the answer and the tag of the request, as in
 * OTP, so an answer that comes too late is dropped.
 */

import { Flag, hasFlags } from '../distribution/flags.ts';
import { CallError, ConvoyError } from '../errors.ts';
import {
  atom,
  atomName,
  ImproperList,
  inspect,
  Pid,
  Reference,
  type Term,
  Tuple,
  tuple,
} from '../etf/index.ts';
import type { MonitorTarget } from '../process/process.ts';
import { callRemedies } from './calls/call-remedies.ts';
import { PendingCalls } from './calls/pending-calls.ts';
import type { NodeCore } from './runtime/node-core.ts';

/** Options of `Node.call`. */
export interface CallOptions {
  /** Time for connecting, if needed, and for the answer. Default 5000; `Infinity` waits forever. */
  readonly timeoutMs?: number | undefined;
  /** Aborts the call, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

interface PendingGenCall {
  readonly ref: Reference;
  /** The node that was asked. */
  readonly node: string;
  /** The server, for error messages. */
  readonly target: string;
}

const genCall = atom('$gen_call');
const genCast = atom('$gen_cast');
const aliasTag = atom('alias');

/** Makes gen calls and casts for one node. */
export class GenClient {
  readonly #core: NodeCore;
  readonly #pid: Pid;
  readonly #pending: PendingCalls<PendingGenCall, Term> = new PendingCalls();

  constructor(core: NodeCore) {
    this.#core = core;
    this.#pid = core.processes.spawnServer(
      { onMessage: (self, message) => this.#accept(message, self.peer) },
      { isSystem: true },
    );
    core.onClose(() => this.#pending.failAll(({ target }) => closedError(target)));
  }

  /** Sends a request and waits for the answer. Connects first if needed. Throws `CallError`. */
  async call(server: MonitorTarget, request: Term, options: CallOptions = {}): Promise<Term> {
    const { timeoutMs = 5000, signal } = options;
    signal?.throwIfAborted();
    const startedAt = this.#core.clock.now();
    const node = typeof server === 'string' ? this.#core.name : server.node;
    const isRemote = node !== this.#core.name;
    if (isRemote && this.#core.connections.peer(node) === undefined) await this.#connect(server, options);
    const flags = this.#core.connections.peer(node)?.flags ?? 0n;
    return this.#ask(server, request, {
      node,
      hasAliases: !isRemote || hasFlags(flags, Flag.ALIAS),
      timeoutMs,
      leftMs: timeoutMs - (this.#core.clock.now() - startedAt),
      signal,
    });
  }

  /** Sends a request without an answer; whether it arrives is not reported. */
  cast(server: MonitorTarget, request: Term): void {
    this.#core.send(server, tuple(genCast, request), { from: this.#pid });
  }

  #ask(server: MonitorTarget, request: Term, ask: Ask): Promise<Term> {
    const target = describeTarget(server);
    const ref = this.#core.processes.monitor(this.#pid, server, ask.hasAliases ? { alias: 'reply' } : {});
    const tag = ask.hasAliases ? new ImproperList([aliasTag], ref) : ref;
    try {
      this.#core.send(server, tuple(genCall, tuple(this.#pid, tag), request), { from: this.#pid });
    } catch (error) {
      this.#core.processes.demonitor(this.#pid, ref);
      throw error;
    }
    const { node, timeoutMs, leftMs, signal } = ask;
    return this.#pending.open(
      { ref, node, target },
      {
        clock: this.#core.clock,
        leftMs,
        signal,
        timeoutError: () => timeoutError(target, timeoutMs),
        onAbandon: () => this.#core.processes.demonitor(this.#pid, ref),
      },
    );
  }

  async #connect(server: MonitorTarget, options: CallOptions): Promise<void> {
    const { timeoutMs = 5000, signal } = options;
    const peer = typeof server === 'string' ? this.#core.name : server.node;
    try {
      await this.#core.connections.connect(peer, {
        ...(Number.isFinite(timeoutMs) ? { timeoutMs } : {}),
        signal,
      });
    } catch (error) {
      signal?.throwIfAborted();
      const target = describeTarget(server);
      const why = error instanceof Error ? error.message : String(error);
      const remedy = error instanceof ConvoyError ? error.remedy : undefined;
      const message = `${target} cannot be called: ${why}`;
      throw new CallError('CALL_NODEDOWN', message, { target, remedy, cause: error });
    }
  }

  /** A third node may answer, as for a pool; on an isolated node only the node that was asked may. */
  #accept(message: Term, peer: string): void {
    if (!(message instanceof Tuple)) return;
    const [first, second] = message.elements;
    const isDown = message.length === 5 && atomName(first) === 'DOWN';
    if (isDown && second instanceof Reference) {
      const call = this.#pending.find(second);
      if (call === undefined || (peer !== call.node && peer !== this.#core.name)) return;
      this.#pending.fail(second, lostError(call.target, message.at(4)));
    } else if (message.length === 2) {
      const ref = first instanceof ImproperList ? first.tail : first;
      const call = ref instanceof Reference ? this.#pending.find(ref) : undefined;
      if (call === undefined || (this.#core.isIsolated && call.node !== peer)) return;
      this.#pending.settle(call.ref, () => second);
      this.#core.processes.demonitor(this.#pid, call.ref);
    }
  }
}

interface Ask {
  readonly node: string;
  readonly hasAliases: boolean;
  /** The timeout that the caller set, and what is left of it. */
  readonly timeoutMs: number;
  readonly leftMs: number;
  readonly signal: AbortSignal | undefined;
}

function describeTarget(server: MonitorTarget): string {
  if (typeof server === 'string') return server;
  return server instanceof Pid ? server.toString() : `${server.name} on ${server.node}`;
}

function timeoutError(target: string, timeoutMs: number): CallError {
  const message = `${target} did not answer within ${timeoutMs} ms; it may still do what it was asked`;
  return new CallError('CALL_TIMEOUT', message, { target, remedy: callRemedies.timeout });
}

function closedError(target: string): CallError {
  const message = `${target} got no answer: this node was closed during the call`;
  const remedy = 'Close the node once its calls have been answered.';
  return new CallError('CALL_NODEDOWN', message, { target, remedy });
}

function lostError(target: string, reason: Term): CallError {
  switch (atomName(reason)) {
    case 'noproc':
      return new CallError('CALL_NOPROC', `${target} cannot be called: there is no such process`, {
        target,
        reason,
        remedy: 'Check the name of the process, and that it has started.',
      });
    case 'noconnection': {
      const message = `${target} got no answer: the connection to its node was lost during the call`;
      return new CallError('CALL_NODEDOWN', message, { target, reason, remedy: callRemedies.lost });
    }
    default: {
      const message = `${target} ended before it answered: ${inspect(reason, { maxLength: 300 })}`;
      return new CallError('CALL_EXIT', message, { target, reason, remedy: callRemedies.exit });
    }
  }
}
