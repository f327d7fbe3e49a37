/**
 * Requests of Erlang's conventions that a process has no answer to. Their callers wait for an answer or for the end of the process, many
 * of them without a limit, so each is ended by its monitor, as if the process had ended for this caller only: an answer could be taken for
 * a value.
 */

import { atom, atomName, ImproperList, Pid, Reference, type Term, Tuple, tuple } from '../../etf/index.ts';
import type { Process } from '../../process/process.ts';
import type { GenCaller } from './gen-requests.ts';

/** Ends one call. Its caller exits with `{convoy_error, 'CALL_UNSUPPORTED', message}`. */
export function refuseGenCall(self: Process, caller: GenCaller, message: string): void {
  endGenCall(self, caller, tuple(atom('convoy_error'), atom('CALL_UNSUPPORTED'), message));
}

/** What a call ends with that comes while `node` is closing. */
export function closingReason(node: string): Term {
  return tuple(atom('convoy_error'), atom('NODE_CLOSED'), `${node} is closing`);
}

/** Ends one call with any reason. */
export function endGenCall(self: Process, { pid, tag }: GenCaller, reason: Term): void {
  self.exitMonitored(monitorOf(tag) ?? pid, reason);
}

/**
 * Refuses a message that is a request: `gen_server:call`, `gen_event:call` and `sync_notify`, a system message, or a request to an I/O
 * server. Returns `false` for any other message.
 */
export function refuseRequest(self: Process, message: Term, why: string): boolean {
  if (!(message instanceof Tuple)) return false;
  if (atomName(message.at(0)) === 'io_request' && message.length === 4) return refuseIo(self, message);
  const from = callerOf(message);
  if (from === undefined) return false;
  refuseGenCall(self, from, why);
  return true;
}

/** The caller in `{Label, {Caller, Tag}, Request}`, where the label tells what is called: an event manager by the caller's pid. */
function callerOf(message: Tuple): GenCaller | undefined {
  const [label, from] = message.elements;
  const name = atomName(label);
  const isRequest = name === '$gen_call' || name === 'system' || label instanceof Pid;
  if (!isRequest || message.length !== 3 || !(from instanceof Tuple) || from.length !== 2) return undefined;
  const pid = from.at(0);
  return pid instanceof Pid ? { pid, tag: from.at(1) } : undefined;
}

function refuseIo(self: Process, request: Tuple): boolean {
  const [, from, replyAs] = request.elements;
  if (!(from instanceof Pid)) return false;
  self.answer(self.peer, from, tuple(atom('io_reply'), replyAs, tuple(atom('error'), atom('request'))));
  return true;
}

/** The monitor of a call: its tag is the reference, or `[alias | Reference]`. The tag of a multi_call does not tell it. */
function monitorOf(tag: Term): Reference | undefined {
  if (tag instanceof Reference) return tag;
  if (!(tag instanceof ImproperList) || tag.head.length !== 1) return undefined;
  return atomName(tag.head[0]) === 'alias' && tag.tail instanceof Reference ? tag.tail : undefined;
}
