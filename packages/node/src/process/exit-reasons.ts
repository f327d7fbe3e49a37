/** Exit reasons as terms: the exit reason of a failed function, and the effect of an exit signal on its receiver. Pure. */

import { ConvoyError, ErlangError } from '../errors.ts';
import { type Atom, atom, type Pid, type Term, tuple } from '../etf/index.ts';

export const normal: Atom = atom('normal');
export const kill: Atom = atom('kill');
export const killed: Atom = atom('killed');
export const noproc: Atom = atom('noproc');
export const noconnection: Atom = atom('noconnection');

/** The effect of an exit signal: nothing, a message to a process that traps exits, or an exit with this reason. */
export type ExitEffect =
  | { readonly kind: 'ignore' | 'trap' }
  | { readonly kind: 'exit'; readonly reason: Term };

/** An exit signal as it arrives at a process. */
export interface ArrivedExit {
  readonly from: Pid;
  readonly reason: Term;
  /** It came over a link: nothing was sent. */
  readonly isLinked: boolean;
  /** It overtakes the messages that wait. */
  readonly isPriority?: boolean;
}

export interface ExitSignal {
  readonly reason: Term;
  /** Whether it came through a link: then `kill` can be trapped and does not become `killed`. */
  readonly isLinked: boolean;
  readonly isFromSelf: boolean;
  readonly isTrapping: boolean;
}

/** The rules of "Receiving Exit Signals" in the Erlang reference manual. */
export function exitEffect(signal: ExitSignal): ExitEffect {
  if (signal.reason === kill && !signal.isLinked) return { kind: 'exit', reason: killed };
  if (signal.isTrapping) return { kind: 'trap' };
  if (signal.reason === normal && !signal.isFromSelf) return { kind: 'ignore' };
  return { kind: 'exit', reason: signal.reason };
}

/** The longest message of a JavaScript error that is sent to other nodes, in characters. */
const maxErrorText = 1000;

/**
 * The exit reason of a process that threw, in the forms that Erlang and Elixir print well: `{Reason, Stacktrace}` for
 * errors, `{{nocatch, Term}, Stacktrace}` for throws, the term itself for exits. A JavaScript error becomes the reason
 * `{convoy_error, Code | nil, Message}`; its stack is not sent.
 */
export function crashReason(error: unknown): Term {
  if (error instanceof ErlangError) {
    const reason = error.reason as Term;
    if (error.code === 'ERLANG_EXIT') return reason;
    return tuple(error.code === 'ERLANG_THROW' ? tuple(atom('nocatch'), reason) : reason, []);
  }
  const code = error instanceof ConvoyError ? atom(error.code) : null;
  return tuple(tuple(atom('convoy_error'), code, thrownText(error).slice(0, maxErrorText)), []);
}

/** What a thrown value says of itself: any value can be thrown, also one that has no text, or whose text is not sound. */
export function thrownText(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown).toWellFormed();
  } catch {
    return 'a value without a text was thrown';
  }
}

/** Thrown by `self.exit()` to leave the function. It never leaves the process. */
export class ProcessExit extends Error {
  override readonly name = 'ProcessExit';
}
