/** What the outcome of a call on a member means to the caller. Pure. */

import type { Term } from '@convoy/node/etf';
import type { Outcome } from './entry/entry.ts';
import { MembersError } from '../errors.ts';
import type { MemberCall } from './facts/question.ts';

/** The value of a call, or the error: MEMBERS_CALL_FAILED or MEMBERS_NO_ANSWER. */
export function valueOf(
  outcome: Outcome | undefined,
  { name, call, entry }: { readonly name: string; readonly call: MemberCall; readonly entry: string },
): Term | MembersError {
  if (outcome?.kind === 'value') return outcome.value;
  const target = `${call.module}:${call.function}/${call.args.length} on ${name}`;
  switch (outcome?.kind) {
    case 'failed':
      return new MembersError('MEMBERS_CALL_FAILED', `${target} failed: ${outcome.text}`, {
        node: name,
        reason: 'failed',
        remedy: 'The log of that member may have more.',
      });
    case 'undefined':
      return new MembersError('MEMBERS_CALL_FAILED', `${target} is not defined or not exported there`, {
        node: name,
        reason: 'undefined',
        remedy: 'Check the names of module and function, and the number of arguments.',
      });
    default: {
      const why = outcome?.why ?? 'no answer';
      return new MembersError('MEMBERS_NO_ANSWER', `${target} was asked through ${entry}: ${why}`, {
        node: name,
        reason: why,
        remedy: remedies[why] ?? 'Try again, or connect to it with `visit`.',
      });
    }
  }
}

const remedies: Readonly<Record<string, string>> = {
  absent: 'The entry is not connected to it: use `visit`.',
  too_big: 'Raise `maxBytes`, or ask for less.',
  timeout: 'Raise `timeoutMs`, or run the doctor (`diagnose`) for it.',
};
