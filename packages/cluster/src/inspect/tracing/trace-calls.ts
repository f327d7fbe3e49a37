/**
 * Traces the calls of a function on a node. A process of ours owns the trace: the guard on the node watches it, and it watches the
 * guard, over a connection of our own node. So the trace is gone when this program ends, is frozen, or loses the connection.
 */

import type { Node, Process } from '@convoy/node';
import { atom, atomName, equals, Pid, type Reference, type Term, Tuple, tuple } from '@convoy/node/etf';
import { evaluation } from '../asking/boot-form.ts';
import { EventReader, type TraceEvent } from './read-events.ts';
import { readEnd, readStart, type TraceEnd } from './read-trace.ts';
import {
  boundsOf,
  leaseMs,
  startMs,
  targetBindings,
  type TraceBounds,
  traceBindings,
  type TraceOptions,
} from './trace-options.ts';
import { clearProgram, traceProgram } from './trace-program.ts';
import { beginFailure, callFailure, refusal } from './trace-refusal.ts';

/** A trace that is running. */
export interface CallTrace {
  /** The arities of the functions that are traced. */
  readonly arities: readonly number[];
  /** Resolves with why and how the trace has ended. Never rejects. */
  readonly ended: Promise<TraceEnd>;
  /** Ends the trace. Idempotent. */
  stop(): Promise<TraceEnd>;
}

/** Receives the events of a trace, some at a time, in the order in which the tracer has seen them. */
export type OnTraceEvents = (events: readonly TraceEvent[]) => void;

/** What a trace needs of our own node. */
export type TracingNode = Pick<Node, 'rpc' | 'spawn'>;

/** Time for an answer to travel. */
const travelMs = 5000;
/** After `stop`, how long to wait for the node to confirm it. */
const stopMs = 10_000;
const renewMs = leaseMs / 4;

/**
 * Traces calls of a function on a node, with nothing installed there. `node` is connected to it, or connects: to ask through another
 * member does not suffice, because the trace ends with this connection. Rejects with INSPECT_BAD_OPTION, INSPECT_NO_FUNCTION,
 * INSPECT_TRACED_ALREADY, INSPECT_TRACE_FAILED, or the reason of `signal`.
 *
 * @example
 * const what = { module: 'Elixir.Shop.Cart', function: 'add', maxCalls: 10 };
 * const trace = await traceCalls(node, 'app@10.0.0.5', what, (events) => {
 *   for (const event of events) console.log(event.pid, event.kind === 'call' ? event.args : event.value);
 * });
 * console.log((await trace.ended).message);
 */
// oxlint-disable-next-line max-params -- our node, its target, what is traced, and who is told
export async function traceCalls(
  node: TracingNode,
  target: string,
  options: TraceOptions,
  onEvents: OnTraceEvents,
): Promise<CallTrace> {
  const bounds = boundsOf(options);
  const bindings = traceBindings(options, bounds);
  options.signal?.throwIfAborted();
  const started = Promise.withResolvers<CallTrace>();
  const run = async (self: Process): Promise<void> => {
    const trace = new RunningTrace(self, { node, target, options, bounds, bindings, onEvents });
    try {
      await trace.start();
    } catch (error) {
      trace.lose();
      return started.reject(error);
    }
    started.resolve(trace);
    await trace.follow();
  };
  node.spawn(run, { ownerNode: target });
  return started.promise;
}

interface TraceParts {
  readonly node: TracingNode;
  readonly target: string;
  readonly options: TraceOptions;
  readonly bounds: TraceBounds;
  readonly bindings: Readonly<Record<string, Term>>;
  readonly onEvents: OnTraceEvents;
}

/** A message of the trace. */
type TraceMessage =
  | { readonly kind: 'started'; readonly clock: Term }
  | { readonly kind: 'events'; readonly batch: Term }
  | { readonly kind: 'down'; readonly reason: Term };

class RunningTrace implements CallTrace {
  readonly #self: Process;
  readonly #parts: TraceParts;
  readonly #tag: Reference;
  readonly #ended: PromiseWithResolvers<TraceEnd> = Promise.withResolvers();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #giveUp = new AbortController();
  readonly #onAbort = (): void => void this.stop();
  arities: readonly number[] = [];
  #guard: { readonly pid: Pid; readonly monitor: Reference } | undefined;
  #events: EventReader | undefined;
  #isStopping = false;

  constructor(self: Process, parts: TraceParts) {
    this.#self = self;
    this.#parts = parts;
    this.#tag = self.makeRef();
  }

  get ended(): Promise<TraceEnd> {
    return this.#ended.promise;
  }

  stop(): Promise<TraceEnd> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#tell('stop');
      this.#after(stopMs, () => this.#giveUp.abort(new Error('the end of the trace was not confirmed')));
    }
    return this.ended;
  }

  /** Resolves when calls are traced. */
  async start(): Promise<void> {
    const { target, options, bounds } = this.#parts;
    const pid = await this.#prepare();
    this.#guard = { pid, monitor: this.#self.monitor(pid) };
    this.#tell('go');
    this.#renew();
    const late = this.#after(startMs, () => this.#giveUp.abort(refusal({ kind: 'slow' }, target, options)));
    const message = await this.#next();
    clearTimeout(late);
    if (message.kind === 'down') throw beginFailure(readEnd(message.reason, target), target);
    this.#events = new EventReader(target, message.kind === 'started' ? message.clock : undefined, bounds);
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal?.aborted === true) this.#onAbort();
  }

  /** Passes events on until the trace has ended. Rejects with what `onEvents` throws. */
  async follow(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#next();
        if (message.kind === 'down') return await this.#leave(message.reason);
        if (message.kind === 'events') this.#pass(message.batch);
      }
    } catch (error) {
      this.lose();
      if (!this.#isStopping && !this.#self.signal.aborted) throw error;
    }
  }

  /** Ends the trace here. The node ends it as well, because the process that it watches ends now. */
  lose(): void {
    const { target } = this.#parts;
    const message = this.#giveUp.signal.aborted
      ? `The trace was stopped, which ${target} did not confirm in time.`
      : `The trace on ${target} can no longer be followed.`;
    this.#end({ reason: this.#giveUp.signal.aborted ? 'stopped' : 'failed', message });
  }

  async #prepare(): Promise<Pid> {
    const { target, options, bindings } = this.#parts;
    const all = { ...bindings, Owner: this.#self.pid, Tag: this.#tag };
    const start = readStart(await this.#evaluate(traceProgram, all));
    if (start.kind === 'ready' && start.guard instanceof Pid && start.guard.node === target) {
      this.arities = start.arities;
      return start.guard;
    }
    throw refusal(start, target, options);
  }

  async #evaluate(program: string, bindings: Readonly<Record<string, Term>>): Promise<Term> {
    const { node, target, options } = this.#parts;
    const call = evaluation(program, bindings);
    const how = { timeoutMs: startMs + travelMs, signal: options.signal };
    try {
      return await node.rpc(target, call.module, call.function, call.args, how);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw callFailure(error, target);
    }
  }

  /** The next message of the trace. Anyone can send to a process: other messages are dropped. */
  async #next(): Promise<TraceMessage> {
    for (;;) {
      const message = await this.#self.receive({ signal: this.#giveUp.signal });
      const read = message instanceof Tuple ? this.#read(message.elements) : undefined;
      if (read !== undefined) return read;
    }
  }

  #read([name, ref, what, , reason]: readonly Term[]): TraceMessage | undefined {
    const word = name === undefined ? undefined : atomName(name);
    const { monitor } = this.#guard ?? {};
    if (word === 'DOWN' && monitor !== undefined && equals(ref, monitor)) return { kind: 'down', reason };
    const isOurs =
      word === 'convoy_trace' && this.#self.peer === this.#parts.target && equals(ref, this.#tag);
    if (!isOurs) return undefined;
    return Array.isArray(what) ? { kind: 'events', batch: what as Term } : { kind: 'started', clock: what };
  }

  #pass(batch: Term): void {
    const events = this.#events?.read(batch) ?? [];
    if (events.length > 0) this.#parts.onEvents(events);
  }

  async #leave(reason: Term): Promise<void> {
    const { target, options } = this.#parts;
    const end = readEnd(reason, target);
    // Guard and tracer clean up after each other. Somebody may have killed both.
    const isKilled = end.reason === 'failed' && end.traced === undefined;
    if (isKilled) await this.#evaluate(clearProgram, targetBindings(options)).catch(() => undefined);
    this.#end(end);
  }

  #end(end: TraceEnd): void {
    this.#parts.options.signal?.removeEventListener('abort', this.#onAbort);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#ended.resolve(end);
  }

  #renew(): void {
    this.#after(renewMs, () => {
      this.#tell('renew');
      this.#renew();
    });
  }

  #tell(word: 'go' | 'renew' | 'stop'): void {
    if (this.#guard === undefined || this.#self.signal.aborted) return;
    // Over the existing connection only: a trace does not make nodes connect again.
    this.#self.answer(this.#parts.target, this.#guard.pid, tuple(atom(word), this.#tag));
  }

  #after(ms: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
    return timer;
  }
}
