/**
 * The results of old-style remote calls, both directions, pure. Failures are values, `{badrpc, Why}`, and a throw cannot
 * be distinguished from a value.
 */

import { atom, atomName, tuple, Tuple, type Term } from '../../etf/index.ts';
import { codeOfError, lostCall, remoteError, type CallSite } from './erpc.ts';
import type { CallOutcome } from './exposed-functions.ts';

/** What `rex` answers for an outcome. */
export function rexResultOf(outcome: CallOutcome): Term {
  switch (outcome.class) {
    case 'return':
      return outcome.value;
    case 'throw':
      return outcome.reason;
    case 'exit':
      return badRpc(outcome.reason);
    case 'error':
      return badRpc(tuple(outcome.reason, outcome.stack));
  }
}

function badRpc(reason: Term): Term {
  return tuple(atom('badrpc'), tuple(atom('EXIT'), reason));
}

/** The value in an answer of `rex`. Throws if the call failed. */
export function resultOfRex(answer: Term, site: CallSite): Term {
  if (!(answer instanceof Tuple) || answer.length !== 2 || atomName(answer.at(0)) !== 'badrpc') return answer;
  const why = answer.at(1);
  if (!(why instanceof Tuple) || atomName(why.at(0)) !== 'EXIT') throw lostCall(why, site);
  const failure = why.at(1);
  // An error comes with its stack trace, a list; an exit reason is just a term.
  if (failure instanceof Tuple && failure.length === 2 && Array.isArray(failure.at(1))) {
    const [reason, stack] = failure.elements;
    throw remoteError(codeOfError(reason, stack), site, { reason, stack });
  }
  throw remoteError('REMOTE_EXIT', site, { reason: failure });
}
