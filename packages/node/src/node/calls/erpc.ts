/**
 * The protocol of `erpc`: a call is a process started on the other node whose exit reason is the outcome. Both
 * directions, pure: what a process running `erpc:execute_call/4` exits with, and what such an exit means to the caller.
 */

import { CallError, RemoteError, type ConvoyError } from '../../errors.ts';
import { atom, atomName, inspect, Reference, tuple, Tuple, type Term } from '../../etf/index.ts';
import { callRemedies } from './call-remedies.ts';
import type { CallOutcome } from './exposed-functions.ts';

/** What was called and on which node, for messages: `module:function/arity`. */
export interface CallSite {
  readonly node: string;
  readonly module: string;
  readonly function: string;
  readonly arity: number;
}

/** The exit reason that carries an outcome. `ref` is the first argument of `erpc:execute_call/4`. */
export function exitReasonOf(ref: Term, outcome: CallOutcome): Term {
  switch (outcome.class) {
    case 'return':
      return tuple(ref, atom('return'), outcome.value);
    case 'throw':
    case 'exit':
      return tuple(ref, atom(outcome.class), outcome.reason);
    case 'error':
      return tuple(ref, atom('error'), outcome.reason, outcome.stack);
  }
}

/** The exit reason of a plain process that ran a function: `normal`, or the reason of an uncaught exception. */
export function plainExitReason(outcome: CallOutcome): Term {
  switch (outcome.class) {
    case 'return':
      return atom('normal');
    case 'exit':
      return outcome.reason;
    case 'throw':
      return tuple(tuple(atom('nocatch'), outcome.reason), []);
    case 'error':
      return tuple(outcome.reason, outcome.stack);
  }
}

/** The value of a call whose process exited with `reason`. Throws if the call failed. */
export function resultOfExit(reason: Term, ref: Reference, site: CallSite): Term {
  if (reason instanceof Tuple && isReference(reason.at(0), ref)) {
    const [, kind, value, stack] = reason.elements;
    switch (atomName(kind)) {
      case 'return':
        return value;
      case 'throw':
        throw remoteError('REMOTE_THROW', site, { reason: value });
      case 'exit':
        throw remoteError('REMOTE_EXIT', site, { reason: value });
      case 'error':
        throw remoteError(codeOfError(value, stack), site, { reason: value, stack });
      default:
        break;
    }
  }
  throw lostCall(reason, site);
}

/** `equals` for the one case every answer needs. */
function isReference(term: Term, ref: Reference): boolean {
  if (!(term instanceof Reference) || term.words.length !== ref.words.length) return false;
  return term.words.every((word, i) => word === ref.words[i]) && term.node === ref.node;
}

/** The error for a call whose process ended without an outcome, or whose connection was lost. */
export function lostCall(reason: Term, site: CallSite): ConvoyError {
  const target = siteName(site);
  const name = atomName(reason);
  if (name === 'noconnection') {
    return new CallError(
      'CALL_NODEDOWN',
      `${target} got no answer: the connection to ${site.node} was lost during the call`,
      { target, reason, remedy: callRemedies.lost },
    );
  }
  if (name === 'notsup' || name === 'badopt') {
    return new CallError('CALL_UNSUPPORTED', `${target}: the node does not support remote calls (${name})`, {
      target,
      reason,
      remedy: 'Send messages to processes of that node instead.',
    });
  }
  const why = inspect(reason, { maxLength: 300 });
  return new CallError('CALL_EXIT', `${target}: the process running it ended with ${why}`, {
    target,
    reason,
    remedy: callRemedies.exit,
  });
}

export function callTimeout(site: CallSite, timeoutMs: number): CallError {
  const target = siteName(site);
  return new CallError(
    'CALL_TIMEOUT',
    `${target} did not answer within ${timeoutMs} ms; it may still be running there`,
    { target, remedy: callRemedies.timeout },
  );
}

/** Text such as `lists:nth/2 on app@host`. */
export function siteName(site: CallSite): string {
  return `${site.module}:${site.function}/${site.arity} on ${site.node}`;
}

const phrases = {
  REMOTE_ERROR: 'failed with error',
  REMOTE_EXIT: 'exited with',
  REMOTE_THROW: 'threw',
  REMOTE_UNDEF: 'is not defined or not exported there',
} as const;

/** A `RemoteError` whose message says what was called, where, and why it failed. */
export function remoteError(
  code: keyof typeof phrases,
  site: CallSite,
  failure: { reason: Term; stack?: Term },
): RemoteError {
  const target = siteName(site);
  const { reason, stack } = failure;
  const details = stack === undefined ? { reason } : { reason, stack };
  if (code === 'REMOTE_UNDEF' && isAbout(stack, site)) {
    return new RemoteError(code, `${target} ${phrases[code]}${explanationIn(stack)}`, details);
  }
  const what = code === 'REMOTE_UNDEF' ? `called an undefined function, ${topOf(stack)}` : phrases[code];
  const shown = code === 'REMOTE_UNDEF' ? '' : ` ${inspect(reason, { maxLength: 300 })}`;
  return new RemoteError(code, `${target} ${what}${shown}`, details);
}

/** The code of an `error` exception; `error(undef)` has its own. */
export function codeOfError(reason: Term, stack: Term): 'REMOTE_ERROR' | 'REMOTE_UNDEF' {
  return atomName(reason) === 'undef' && stackTop(stack) !== undefined ? 'REMOTE_UNDEF' : 'REMOTE_ERROR';
}

function stackTop(stack: Term): Tuple | undefined {
  const top: Term = Array.isArray(stack) ? (stack as readonly Term[])[0] : undefined;
  return top instanceof Tuple && top.length >= 3 ? top : undefined;
}

function isAbout(stack: Term, site: CallSite): boolean {
  const top = stackTop(stack);
  return atomName(top?.at(0)) === site.module && atomName(top?.at(1)) === site.function;
}

function topOf(stack: Term): string {
  const top = stackTop(stack);
  const args = top?.at(2);
  const arity = Array.isArray(args) ? args.length : Number(args);
  return `${atomName(top?.at(0))}:${atomName(top?.at(1))}/${arity}`;
}

/** Room for a few sentences: text from a peer ends up in logs and on web pages. */
const maxExplanation = 1000;

/** The hint that a refusing Convoy node puts into the stack entry. */
function explanationIn(stack: Term): string {
  const info = stackTop(stack)?.at(3);
  if (!Array.isArray(info)) return '';
  for (const item of info as readonly Term[]) {
    if (!(item instanceof Tuple) || atomName(item.at(0)) !== 'convoy') continue;
    const text = item.at(1);
    if (text instanceof Uint8Array) {
      return `: ${new TextDecoder().decode(text.subarray(0, maxExplanation))}`;
    }
    if (typeof text === 'string') return `: ${text.slice(0, maxExplanation)}`;
  }
  return '';
}
