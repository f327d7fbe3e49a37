/** Exit reasons as terms: what a failed function exits with, and what an exit signal does to its receiver. Pure. */
import { ConvoyError, ErlangError } from '../errors.ts';
import { type Atom, atom, type Term, tuple } from '../etf/index.ts';

export const normal: Atom = atom('normal');
export const kill: Atom = atom('kill');
export const killed: Atom = atom('killed');
export const noproc: Atom = atom('noproc');
export const noconnection: Atom = atom('noconnection');

/** What an exit signal does: nothing, a message to a trapping process, or the end with this reason. */
export type ExitEffect =
  | { readonly kind: 'ignore' | 'trap' }
  | { readonly kind: 'exit'; readonly reason: Term };

export interface ExitSignal {
  readonly reason: Term;
  /** It comes through a link: then `kill` can be trapped and is not turned into `killed`. */
  readonly isLinked: boolean;
  readonly isFromSelf: boolean;
  readonly isTrapping: boolean;
}

/** The rules of "Receiving Exit Signals" of the Erlang reference manual. */
export function exitEffect(signal: ExitSignal): ExitEffect {
  if (signal.reason === kill && !signal.isLinked) return { kind: 'exit', reason: killed };
  if (signal.isTrapping) return { kind: 'trap' };
  if (signal.reason === normal && !signal.isFromSelf) return { kind: 'ignore' };
  return { kind: 'exit', reason: signal.reason };
}

/** The longest text of a JavaScript error that is told to other nodes, in characters. */
const maxErrorText = 1000;

/**
 * What a process that threw exits with, in the forms Erlang and Elixir print well: `{Reason, Stacktrace}` for errors,
 * `{{nocatch, Term}, Stacktrace}` for throws, the term itself for exits. A JavaScript error is the reason
 * `{convoy_error, Code | nil, Message}`, and its stack stays here.
 */
export function crashReason(error: unknown): Term {
  if (error instanceof ErlangError) {
    const reason = error.reason as Term;
    if (error.code === 'ERLANG_EXIT') return reason;
    return tuple(error.code === 'ERLANG_THROW' ? tuple(atom('nocatch'), reason) : reason, []);
  }
  const code = error instanceof ConvoyError ? atom(error.code) : null;
  const message = error instanceof Error ? error.message : String(error);
  return tuple(tuple(atom('convoy_error'), code, message.slice(0, maxErrorText)), []);
}
