/**
 * Serves gen calls and casts in TypeScript, so that Erlang and Elixir see an ordinary gen server: `GenServer.call`,
 * `GenServer.cast` and plain messages. State lives in the closures of the callbacks.
 */

import { atomName, atom, Pid, type Reference, type Term, Tuple } from '../../etf/index.ts';
import type { Process, ServerCallbacks, SpawnOptions } from '../../process/process.ts';
import { type GenCaller, parseGenRequest, replyToGenCall } from './gen-requests.ts';

/** Return this from `call` to answer later with `reply`. */
export const noReply: unique symbol = Symbol('no reply');

/** What a callback gets besides its message. */
export interface GenContext {
  /** The server's own process. */
  readonly self: Process;
  /** The caller to answer; only set in `call`. Keep it to reply later. */
  readonly from: GenCaller | undefined;
  /** The node that sent the message, as `Process.peer`; `from` may be a process on another node. */
  readonly peer: string;
  /** Answers a call. */
  readonly reply: (to: GenCaller, answer: Term) => void;
}

/** The callbacks of a gen server. They run one at a time. */
export interface GenCallbacks {
  /** Answers a call. An exception ends the server, and the caller's call exits with it. */
  call?(request: Term, context: GenContext): Term | typeof noReply | Promise<Term | typeof noReply>;
  /** Handles a cast, a request without an answer. */
  cast?(request: Term, context: GenContext): void | Promise<void>;
  /** Handles any other message. */
  info?(message: Term, context: GenContext): void | Promise<void>;
  /** Called once when the server ends. */
  terminate?(reason: Term): void;
}

/** Something that can start a server process: a `Node`. */
export interface ServerHost {
  /** Whether callers on third nodes get no answer. Default false. */
  readonly isolated?: boolean;
  spawnServer(callbacks: ServerCallbacks, options?: SpawnOptions): Pid;
}

/**
 * Starts a gen server registered as `name` on this node, or unregistered if `name` is `undefined`. Requests without a
 * callback are dropped, so their callers time out. Throws `NodeError` PROCESS_NAME_TAKEN.
 *
 * @example
 * let count = 0;
 * serveGenServer(node, 'counter', { call: (request) => (request === atom('next') ? ++count : count) });
 * // iex> GenServer.call({:counter, :"web@127.0.0.1"}, :next)
 */
export function serveGenServer(host: ServerHost, name: string | undefined, callbacks: GenCallbacks): Pid {
  const server: ServerCallbacks = {
    onMessage: (self, message) => {
      const { peer } = self;
      const send = (target: Pid | Reference, term: Term, to: GenCaller): void => {
        if (host.isolated === true) self.answer(to.peer ?? peer, target, term);
        else self.send(target, term);
      };
      const reply = (to: GenCaller, value: Term): void =>
        replyToGenCall((target, term) => send(target, term, to), to, value);
      return accept(callbacks, { self, peer, reply }, message);
    },
    onTerminate: (reason) => callbacks.terminate?.(reason),
  };
  return host.spawnServer(server, { name });
}

function accept(
  callbacks: GenCallbacks,
  around: Omit<GenContext, 'from'>,
  message: Term,
): void | Promise<void> {
  const request = parseGenRequest(message);
  const from = request?.kind === 'call' ? { ...request.from, peer: around.peer } : undefined;
  const context: GenContext = { ...around, from };
  if (request?.kind === 'cast') return callbacks.cast?.(request.request, context);
  if (request?.kind === 'call') return answer(callbacks, request.request, context);
  const stop = parseStop(message);
  if (stop === undefined) return callbacks.info?.(message, context);
  context.reply(stop.from, atom('ok'));
  context.self.exit(stop.reason);
}

function answer(callbacks: GenCallbacks, request: Term, context: GenContext): void | Promise<void> {
  const { from } = context;
  const result = callbacks.call === undefined ? noReply : callbacks.call(request, context);
  const finish = (value: Term | typeof noReply): void => {
    if (value !== noReply && from !== undefined) context.reply(from, value);
  };
  return result instanceof Promise ? result.then(finish) : finish(result);
}

/** Reads `{system, {Pid, Tag}, {terminate, Reason}}`, which `GenServer.stop` sends. */
function parseStop(message: Term): { readonly from: GenCaller; readonly reason: Term } | undefined {
  if (!(message instanceof Tuple) || message.length !== 3 || atomName(message.at(0)) !== 'system')
    return undefined;
  const [, from, request] = message.elements;
  if (!(from instanceof Tuple) || !(request instanceof Tuple)) return undefined;
  const pid = from.at(0);
  if (!(pid instanceof Pid) || atomName(request.at(0)) !== 'terminate') return undefined;
  return { from: { pid, tag: from.at(1) }, reason: request.at(1) };
}
