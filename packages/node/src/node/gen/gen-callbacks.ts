/** What a program gives to serve gen calls and casts. Contracts only. */

import type { Term } from '../../etf/index.ts';
import type { Process } from '../../process/process.ts';
import type { GenCaller } from './gen-requests.ts';

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
  /** Answers a call. An exception ends the server, and the caller's call exits with it. Without this callback calls are refused. */
  call?(request: Term, context: GenContext): Term | typeof noReply | Promise<Term | typeof noReply>;
  /** Handles a cast, a request without an answer. */
  cast?(request: Term, context: GenContext): void | Promise<void>;
  /** Handles any other message. */
  info?(message: Term, context: GenContext): void | Promise<void>;
  /** Called once when the server ends. */
  terminate?(reason: Term): void;
  /** What `sys:get_state` and tools that use it show. Default: `undefined`, since state lives in closures. */
  state?(): Term;
}
