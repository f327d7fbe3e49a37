/**
 * The functions of this node that other nodes may call, and how a call of one comes out as Erlang sees it: a value or
 * an exception of one of Erlang's three classes. Nothing else runs on behalf of a peer. How calls arrive and how the
 * outcome travels back is not known here (erpc.ts, rex.ts).
 */
import { ConvoyError, ErlangError, RemoteError } from '../../errors.ts';
import { atom, tuple, type Pid, type Term } from '../../etf/index.ts';

/** A function peers may call. Arguments are decoded terms. It may be async; what it throws becomes an Erlang exception. */
export type ExposedFunction = (...args: never[]) => unknown;

/** Who calls, and how to notice that nobody waits for the answer any more. */
export interface CallContext {
  /** The node that calls, as the handshake of its connection has proven it; this node itself for a call of its own. */
  readonly peer: string;
  /** The calling process; for a call through `rex`, the one that the request claims. */
  readonly caller: Pid;
  /** Where output of the call belongs; an I/O server, maybe on another node. */
  readonly groupLeader: Pid;
  readonly module: string;
  readonly function: string;
  /** Aborted when the caller has ended, gave up, or its node is gone. */
  readonly signal: AbortSignal;
}

/** An exposed function that wants to know its caller. */
export type ExposedFunctionWithContext = (call: CallContext, ...args: never[]) => unknown;

/** One request of a peer, whatever way it came. */
export interface FunctionCall {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
  readonly peer: string;
  readonly caller: Pid;
  readonly groupLeader: Pid;
  readonly signal: AbortSignal;
}

/** How a call ended, in Erlang's terms. */
export type CallOutcome =
  | { readonly class: 'return'; readonly value: Term }
  | { readonly class: 'throw' | 'exit'; readonly reason: Term }
  | { readonly class: 'error'; readonly reason: Term; readonly stack: Term };

type Entry = { readonly run: (call: FunctionCall) => unknown };

/** Does something with an outcome: at once when it is there. */
export function whenDone(
  outcome: CallOutcome | Promise<CallOutcome>,
  action: (outcome: CallOutcome) => void,
): void {
  if (outcome instanceof Promise) void outcome.then(action);
  else action(outcome);
}

const maxArity = 255;

/** The table of exposed functions. */
export class ExposedFunctions {
  readonly #modules = new Map<string, Map<string, Entry>>();

  /** Exposes functions under a module name; an Elixir module may be given as `Convoy.Math`. Returns what takes them back. */
  expose(module: string, functions: Readonly<Record<string, ExposedFunction>>): () => void {
    return this.#add(module, functions, (run, call) => run(...(call.args as never[])));
  }

  /** Like `expose`, but each function gets the `CallContext` first. */
  exposeWithContext(
    module: string,
    functions: Readonly<Record<string, ExposedFunctionWithContext>>,
  ): () => void {
    return this.#add(module, functions, (run, call) => run(contextOf(call), ...(call.args as never[])));
  }

  has(module: string, functionName: string): boolean {
    return this.#modules.get(moduleKey(module))?.has(functionName) ?? false;
  }

  /**
   * Runs the function. Never throws or rejects; a function that is not exposed comes out as Erlang's `undef`. Only what
   * a promise decides is given as one, so that the answer to a quick call leaves in the same write as the rest.
   */
  call(call: FunctionCall): CallOutcome | Promise<CallOutcome> {
    const entry = this.#modules.get(moduleKey(call.module))?.get(call.function);
    // No function of Erlang has more arguments, and a call with very many would need all of the stack.
    if (entry === undefined || call.args.length > maxArity) return undefinedFunction(call);
    try {
      const value = entry.run(call);
      if (!isThenable(value)) return { class: 'return', value: value as Term };
      return Promise.resolve(value).then(
        (later) => ({ class: 'return', value: later as Term }),
        thrownOutcome,
      );
    } catch (error) {
      return thrownOutcome(error);
    }
  }

  #add<Run>(
    module: string,
    functions: Readonly<Record<string, Run>>,
    invoke: (run: Run, call: FunctionCall) => unknown,
  ): () => void {
    const key = moduleKey(module);
    const table = this.#modules.get(key) ?? new Map<string, Entry>();
    this.#modules.set(key, table);
    const added = Object.entries(functions).map(([name, run]) => {
      const entry: Entry = { run: (call) => invoke(run, call) };
      table.set(name, entry);
      return { name, entry };
    });
    return () => {
      // Somebody may have exposed the name anew since.
      for (const { name, entry } of added) if (table.get(name) === entry) table.delete(name);
      if (table.size === 0 && this.#modules.get(key) === table) this.#modules.delete(key);
    };
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Elixir's `Convoy.Math` is the atom 'Elixir.Convoy.Math'; both ways of writing it mean the same here. */
function moduleKey(module: string): string {
  return module.startsWith('Elixir.') ? module.slice('Elixir.'.length) : module;
}

function contextOf(call: FunctionCall): CallContext {
  const { peer, caller, groupLeader, module, signal } = call;
  return { peer, caller, groupLeader, module, function: call.function, signal };
}

/** `error(undef)`, with the call in the stack as Erlang puts it; `info` is the entry's property list. */
export function undefinedFunction(
  call: { module: string; function: string; args: Term },
  info: readonly Term[] = [],
): CallOutcome {
  const entry = tuple(atom(call.module), atom(call.function), call.args, info);
  return { class: 'error', reason: atom('undef'), stack: [entry] };
}

const classOfErlangError = {
  ERLANG_ERROR: 'error',
  ERLANG_EXIT: 'exit',
  ERLANG_THROW: 'throw',
} as const;

const classOfRemoteError = {
  REMOTE_ERROR: 'error',
  REMOTE_UNDEF: 'error',
  REMOTE_EXIT: 'exit',
  REMOTE_THROW: 'throw',
} as const;

/** What a thrown JavaScript value is to an Erlang caller. Errors become `{convoy_error, Code | nil, Message}`. */
export function thrownOutcome(thrown: unknown): CallOutcome {
  if (thrown instanceof ErlangError)
    return outcome(classOfErlangError[thrown.code], thrown.reason as Term, []);
  if (thrown instanceof RemoteError) {
    const stack = Array.isArray(thrown.remoteStack) ? (thrown.remoteStack as Term[]) : [];
    return outcome(classOfRemoteError[thrown.code], thrown.reason as Term, stack);
  }
  const code = thrown instanceof ConvoyError ? atom(thrown.code) : null;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return outcome('error', tuple(atom('convoy_error'), code, message), []);
}

function outcome(kind: 'error' | 'exit' | 'throw', reason: Term, stack: Term): CallOutcome {
  return kind === 'error' ? { class: kind, reason, stack } : { class: kind, reason };
}
