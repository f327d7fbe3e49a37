/**
 * The functions of this node that other nodes may call, and the outcome of a call as Erlang sees it: a value or an
 * exception of one of Erlang's three classes. Nothing else runs on behalf of a peer. How calls arrive and how outcomes
 * travel back is defined by erpc.ts and rex.ts.
 */

import { ConvoyError, ErlangError, RemoteError } from '../../errors.ts';
import { assertTerm, atom, tuple, type Pid, type Term } from '../../etf/index.ts';
import { thrownText } from '../../process/exit-reasons.ts';

/** A function peers may call. Arguments are decoded terms. It may be async; an error it throws becomes an Erlang exception. */
export type ExposedFunction = (...args: never[]) => unknown;

/** Information about a call, and the signal that tells when its caller stopped waiting. */
export interface CallContext {
  /** The calling node, authenticated by the handshake of its connection; this node itself for a local call. */
  readonly peer: string;
  /** The calling process; for a call through `rex`, the one named in the request. */
  readonly caller: Pid;
  /** The I/O server for output of the call, possibly on another node. */
  readonly groupLeader: Pid;
  /** The name under which the function's module was called. */
  readonly module: string;
  /** The name under which the function was called. */
  readonly function: string;
  /** Aborts when the caller ends or gives up, or when its node disconnects. */
  readonly signal: AbortSignal;
}

/** An exposed function that gets information about its caller. */
export type ExposedFunctionWithContext = (call: CallContext, ...args: never[]) => unknown;

/** The process that runs a call, if it has one of its own. */
export interface CallRunner {
  readonly pid: Pid;
  /** Called with each message that is sent to it. Default: they are dropped. */
  onMessage?: (message: Term) => void;
}

/** One request of a peer, by any protocol. */
export interface FunctionCall {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
  readonly peer: string;
  readonly caller: Pid;
  readonly groupLeader: Pid;
  readonly signal: AbortSignal;
  readonly runner?: CallRunner | undefined;
}

/** What a function of the node itself returns for arguments with which it is as if it were not there. */
export const notServed: unique symbol = Symbol('not served');

/** Functions of the node itself by module, and then by `name/arity`; they get the call first. */
export type OwnFunctions = Readonly<
  Record<string, Readonly<Record<string, (call: FunctionCall, ...args: readonly Term[]) => unknown>>>
>;

/** How a call ended, in Erlang's terms. */
export type CallOutcome =
  | { readonly class: 'return'; readonly value: Term }
  | { readonly class: 'throw' | 'exit'; readonly reason: Term }
  | { readonly class: 'error'; readonly reason: Term; readonly stack: Term };

type Entry = { readonly run: (call: FunctionCall) => unknown };

/** Runs `action` with an outcome: synchronously if it is already known. */
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
  #own: OwnFunctions = {};

  /** Exposes functions under a module name; an Elixir module may be given as `Convoy.Math`. Returns a function that undoes it. */
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

  /** Serves functions of the node itself, which are called where the program exposes none of that name. */
  serveOwn(functions: OwnFunctions): void {
    this.#own = functions;
  }

  has(module: string, functionName: string, arity: number): boolean {
    return this.#find(module, functionName, arity) !== undefined;
  }

  hasModule(module: string): boolean {
    return this.#modules.has(moduleKey(module)) || Object.hasOwn(this.#own, module);
  }

  /** The names of all modules with functions. */
  modules(): string[] {
    return [...new Set([...this.#modules.keys(), ...Object.keys(this.#own)])];
  }

  /**
   * Runs the function. Never throws or rejects; the outcome of a function that is not exposed is Erlang's `undef`. Returns
   * a promise only for an async function, so that the answer to a quick call leaves in the same write as the rest, and `undefined` if a
   * function of the node itself does not serve this call.
   */
  call(call: FunctionCall): CallOutcome | Promise<CallOutcome> | undefined {
    const entry = this.#find(call.module, call.function, call.args.length);
    // No Erlang function has more arguments, and a call with very many would overflow the stack.
    if (entry === undefined || call.args.length > maxArity) return undefinedFunction(call);
    try {
      const value = entry.run(call);
      if (value === notServed) return undefined;
      if (!isThenable(value)) return sendable({ class: 'return', value: value as Term });
      return Promise.resolve(value).then(
        (later) => sendable({ class: 'return', value: later as Term }),
        (error: unknown) => sendable(thrownOutcome(error)),
      );
    } catch (error) {
      return sendable(thrownOutcome(error));
    }
  }

  #find(module: string, name: string, arity: number): Entry | undefined {
    const exposed = this.#modules.get(moduleKey(module))?.get(name);
    if (exposed !== undefined || !Object.hasOwn(this.#own, module)) return exposed;
    const functions = this.#own[module] ?? {};
    const key = `${name}/${arity}`;
    const own = Object.hasOwn(functions, key) ? functions[key] : undefined;
    return own === undefined ? undefined : { run: (call) => own(call, ...call.args) };
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
      // The name may have been exposed again in the meantime.
      for (const { name, entry } of added) if (table.get(name) === entry) table.delete(name);
      if (table.size === 0 && this.#modules.get(key) === table) this.#modules.delete(key);
    };
  }
}

/**
 * A result that is not a term fails the call with that reason. Sending it would fail without a word, since signals and answers are sent in
 * any case, and the caller would see a crash or wait forever.
 */
function sendable(result: CallOutcome): CallOutcome {
  try {
    assertTerm(result.class === 'return' ? result.value : result.reason);
    if (result.class === 'error') assertTerm(result.stack);
    return result;
  } catch (error) {
    return thrownOutcome(error);
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

/** `error(undef)`, with the call in the stack trace as in Erlang; `info` is the property list of the stack entry. */
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

/** What an Erlang caller sees of a thrown JavaScript value. Errors become `{convoy_error, Code | nil, Message}`. */
export function thrownOutcome(thrown: unknown): CallOutcome {
  if (thrown instanceof ErlangError)
    return outcome(classOfErlangError[thrown.code], thrown.reason as Term, []);
  if (thrown instanceof RemoteError) {
    const stack = Array.isArray(thrown.remoteStack) ? (thrown.remoteStack as Term[]) : [];
    return outcome(classOfRemoteError[thrown.code], thrown.reason as Term, stack);
  }
  const code = thrown instanceof ConvoyError ? atom(thrown.code) : null;
  return outcome('error', tuple(atom('convoy_error'), code, thrownText(thrown)), []);
}

function outcome(kind: 'error' | 'exit' | 'throw', reason: Term, stack: Term): CallOutcome {
  return kind === 'error' ? { class: kind, reason, stack } : { class: kind, reason };
}
