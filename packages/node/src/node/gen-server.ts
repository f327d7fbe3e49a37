/**
 * Serves gen calls and casts in TypeScript, so that Erlang and Elixir see an ordinary gen server: `GenServer.call`,
 * `GenServer.cast` and plain messages. State lives in the closures of the callbacks.
 */
import { atomName, atom, Pid, type Term, Tuple } from '../etf/index.ts';
import type { Process, ServerCallbacks, SpawnOptions } from '../process/process.ts';
import { type GenCaller, parseGenRequest, replyToGenCall } from './gen-requests.ts';

/** Returned by `call` when the answer comes later, by `reply`. */
export const noReply: unique symbol = Symbol('no reply');

/** What a callback knows beside its message. */
export interface GenContext {
  readonly self: Process;
  /** Whom to answer; only in `call`. Keep it to reply later. */
  readonly from: GenCaller | undefined;
  readonly reply: (to: GenCaller, answer: Term) => void;
}

export interface GenCallbacks {
  /** Answers a call. One runs at a time. An exception ends the server, and the caller's call exits with it. */
  call?(request: Term, context: GenContext): Term | typeof noReply | Promise<Term | typeof noReply>;
  cast?(request: Term, context: GenContext): void | Promise<void>;
  /** Any other message. */
  info?(message: Term, context: GenContext): void | Promise<void>;
  terminate?(reason: Term): void;
}

/** Who can start a server process: a `Node`. */
export interface ServerHost {
  spawnServer(callbacks: ServerCallbacks, options?: SpawnOptions): Pid;
}

/**
 * Starts a gen server registered as `name` on this node; `undefined` registers nothing. Requests it has no callback for
 * are dropped, and callers get their timeout. Throws `NodeError` PROCESS_NAME_TAKEN.
 *
 * @example
 * let count = 0;
 * serveGenServer(node, 'counter', { call: (request) => (request === atom('next') ? ++count : count) });
 * // iex> GenServer.call({:counter, :"web@127.0.0.1"}, :next)
 */
export function serveGenServer(host: ServerHost, name: string | undefined, callbacks: GenCallbacks): Pid {
  const server: ServerCallbacks = {
    onMessage: (self, message) => accept(callbacks, self, message),
    onTerminate: (reason) => callbacks.terminate?.(reason),
  };
  return host.spawnServer(server, name === undefined ? {} : { name });
}

function accept(callbacks: GenCallbacks, self: Process, message: Term): void | Promise<void> {
  const request = parseGenRequest(message);
  const reply = (to: GenCaller, answer: Term): void =>
    replyToGenCall((target, term) => self.send(target, term), to, answer);
  const context: GenContext = { self, from: request?.kind === 'call' ? request.from : undefined, reply };
  if (request?.kind === 'cast') return callbacks.cast?.(request.request, context);
  if (request?.kind === 'call') return answer(callbacks, request, context);
  const stop = parseStop(message);
  if (stop === undefined) return callbacks.info?.(message, context);
  reply(stop.from, atom('ok'));
  self.exit(stop.reason);
}

function answer(
  callbacks: GenCallbacks,
  { from, request }: { readonly from: GenCaller; readonly request: Term },
  context: GenContext,
): void | Promise<void> {
  const result = callbacks.call === undefined ? noReply : callbacks.call(request, context);
  const finish = (value: Term | typeof noReply): void => {
    if (value !== noReply) context.reply(from, value);
  };
  return result instanceof Promise ? result.then(finish) : finish(result);
}

/** `{system, {Pid, Tag}, {terminate, Reason}}`, which `GenServer.stop` sends. */
function parseStop(message: Term): { readonly from: GenCaller; readonly reason: Term } | undefined {
  if (!(message instanceof Tuple) || message.length !== 3 || atomName(message.at(0)) !== 'system')
    return undefined;
  const [, from, request] = message.elements;
  if (!(from instanceof Tuple) || !(request instanceof Tuple)) return undefined;
  const pid = from.at(0);
  if (!(pid instanceof Pid) || atomName(request.at(0)) !== 'terminate') return undefined;
  return { from: { pid, tag: from.at(1) }, reason: request.at(1) };
}
