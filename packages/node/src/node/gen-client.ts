/**
 * Calls gen servers on any node: the caller's side of `GenServer.call` and `gen_server:call`. One local process makes
 * all calls. Each call is a monitor whose reference is also the alias for the answer and the tag of the request, as in
 * OTP, so an answer that comes too late is dropped.
 */

import type { Timer } from '../clock.ts';
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
import type { NodeRuntime } from './runtime/node-runtime.ts';

/** Options of `Node.call`. */
export interface CallOptions {
  /** Time for connecting, if needed, and for the answer. Default 5000; `Infinity` waits forever. */
  readonly timeoutMs?: number | undefined;
  /** Aborts the call, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

interface PendingGenCall {
  readonly ref: Reference;
  readonly node: string;
  readonly target: string;
  readonly resolve: (answer: Term) => void;
  readonly reject: (error: unknown) => void;
  release: () => void;
}

const genCall = atom('$gen_call');
const genCast = atom('$gen_cast');
const aliasTag = atom('alias');

/** Makes gen calls and casts for one node. */
export class GenClient {
  readonly #core: NodeRuntime;
  readonly #pid: Pid;
  readonly #pending: Map<string, PendingGenCall> = new Map();

  constructor(core: NodeRuntime) {
    this.#core = core;
    this.#pid = core.spawnServer(
      { onMessage: (self, message) => this.#accept(message, self.peer) },
      { isSystem: true },
    );
    core.onClose(() => this.#failAll());
  }

  /** Sends a request and waits for the answer. Connects first if needed. Throws `CallError`. */
  async call(server: MonitorTarget, request: Term, options: CallOptions = {}): Promise<Term> {
    const { timeoutMs = 5000, signal } = options;
    signal?.throwIfAborted();
    const startedAt = this.#core.clock.now();
    const node = typeof server === 'string' ? this.#core.name : server.node;
    const isRemote = node !== this.#core.name;
    if (isRemote && this.#core.peer(node) === undefined) await this.#connect(server, options);
    const flags = this.#core.peer(node)?.flags ?? 0n;
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
    const ref = this.#core.monitor(this.#pid, server, ask.hasAliases ? { alias: 'reply' } : {});
    const tag = ask.hasAliases ? new ImproperList([aliasTag], ref) : ref;
    try {
      this.#core.send(server, tuple(genCall, tuple(this.#pid, tag), request), { from: this.#pid });
    } catch (error) {
      this.#core.demonitor(this.#pid, ref);
      throw error;
    }
    return new Promise((resolve, reject) => {
      const { node } = ask;
      const call: PendingGenCall = { ref, node, target, resolve, reject, release: () => undefined };
      this.#pending.set(keyOf(ref), call);
      this.#limit(call, ask);
    });
  }

  async #connect(server: MonitorTarget, options: CallOptions): Promise<void> {
    const { timeoutMs = 5000, signal } = options;
    const peer = typeof server === 'string' ? this.#core.name : server.node;
    try {
      await this.#core.connect(peer, {
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

  #limit(call: PendingGenCall, { timeoutMs, leftMs, signal }: Ask): void {
    const giveUp = (error: unknown): void => {
      if (this.#take(call.ref) === undefined) return;
      this.#core.demonitor(this.#pid, call.ref);
      call.reject(error);
    };
    const onTimeout = (): void => giveUp(timeoutError(call.target, timeoutMs));
    const timer: Timer | undefined =
      timeoutMs === Infinity ? undefined : this.#core.clock.after(Math.max(0, leftMs), onTimeout);
    const onAbort = (): void => giveUp(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    call.release = () => {
      timer?.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
  }

  /** A third node may answer, as for a pool; on an isolated node only the node that was asked may. */
  #accept(message: Term, peer: string): void {
    if (!(message instanceof Tuple)) return;
    const [first, second] = message.elements;
    const isDown = message.length === 5 && atomName(first) === 'DOWN';
    if (isDown && second instanceof Reference) {
      const asked = this.#pending.get(keyOf(second))?.node;
      if (peer !== asked && peer !== this.#core.name) return;
      const call = this.#take(second);
      call?.reject(lostError(call.target, message.at(4)));
    } else if (message.length === 2) {
      const ref = first instanceof ImproperList ? first.tail : first;
      if (!(ref instanceof Reference)) return;
      const isForeign = this.#core.isIsolated && this.#pending.get(keyOf(ref))?.node !== peer;
      const call = isForeign ? undefined : this.#take(ref);
      if (call === undefined) return;
      this.#core.demonitor(this.#pid, ref);
      call.resolve(second);
    }
  }

  #take(ref: Reference): PendingGenCall | undefined {
    const key = keyOf(ref);
    const call = this.#pending.get(key);
    if (call === undefined) return undefined;
    this.#pending.delete(key);
    call.release();
    return call;
  }

  #failAll(): void {
    for (const call of [...this.#pending.values()]) {
      this.#take(call.ref);
      const message = `${call.target} got no answer: this node was closed during the call`;
      const remedy = 'Close the node once its calls have been answered.';
      call.reject(new CallError('CALL_NODEDOWN', message, { target: call.target, remedy }));
    }
  }
}

interface Ask {
  readonly node: string;
  readonly hasAliases: boolean;
  readonly timeoutMs: number;
  readonly leftMs: number;
  readonly signal: AbortSignal | undefined;
}

/** All references here are local, so their words are unique. */
function keyOf(ref: Reference): string {
  return ref.words.join('.');
}

function describeTarget(server: MonitorTarget): string {
  if (typeof server === 'string') return server;
  return server instanceof Pid ? server.toString() : `${server.name} on ${server.node}`;
}

function timeoutError(target: string, timeoutMs: number): CallError {
  const message = `${target} did not answer within ${timeoutMs} ms; it may still do what it was asked`;
  return new CallError('CALL_TIMEOUT', message, { target, remedy: callRemedies.timeout });
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
