/**
 * The envelopes of Erlang's gen calls and casts on the server's side: recognise a request, and send the answer to where
 * its tag says. A tag is opaque and echoed unchanged; if it carries an alias, the answer goes to the alias, so that a
 * caller that has given up gets no stray message.
 */

import { atomName, ImproperList, Pid, Reference, tuple, Tuple, type Term } from '../../etf/index.ts';

/** The caller to answer, as given in the request. */
export interface GenCaller {
  /** The calling process. */
  readonly pid: Pid;
  /** Identifies the call; opaque. */
  readonly tag: Term;
  /** The node the request came from, if known: the caller's node, or that of a process that forwarded it. */
  readonly peer?: string | undefined;
}

export type GenRequest =
  | { readonly kind: 'call'; readonly from: GenCaller; readonly request: Term }
  | { readonly kind: 'cast'; readonly request: Term };

/** Reads `{'$gen_call', {Pid, Tag}, Request}` or `{'$gen_cast', Request}`; `undefined` for any other message. */
export function parseGenRequest(message: Term): GenRequest | undefined {
  if (!(message instanceof Tuple)) return undefined;
  const label = atomName(message.at(0));
  if (label === '$gen_cast' && message.length === 2) return { kind: 'cast', request: message.at(1) };
  if (label !== '$gen_call' || message.length !== 3) return undefined;
  const from = message.at(1);
  if (!(from instanceof Tuple) || from.length !== 2) return undefined;
  const pid = from.at(0);
  if (!(pid instanceof Pid)) return undefined;
  return { kind: 'call', from: { pid, tag: from.at(1) }, request: message.at(2) };
}

/** Sends the answer to a call. */
export function replyToGenCall(
  send: (to: Pid | Reference, message: Term) => void,
  from: GenCaller,
  answer: Term,
): void {
  send(aliasOf(from.tag) ?? from.pid, tuple(from.tag, answer));
}

/** The alias in `[alias | Ref]`, the tag of a call, or in `[[alias | Ref] | _]`, the tag of a multi_call. */
export function aliasOf(tag: Term): Reference | undefined {
  if (!(tag instanceof ImproperList) || tag.head.length !== 1) return undefined;
  const [first] = tag.head;
  if (first instanceof ImproperList) return aliasOf(first);
  return atomName(first) === 'alias' && tag.tail instanceof Reference ? tag.tail : undefined;
}
