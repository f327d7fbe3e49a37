/** Reads what became of an act. Pure. */

import { atomName, inspect, type Term } from '@convoy/node/etf';
import { visibleText } from '@convoy/node';
import type { InspectProblem } from '../read/answer.ts';
import {
  countOf,
  elementsOf,
  functionOf,
  given,
  isWord,
  linesOf,
  nameOf,
  textOf,
} from '../read/read-term.ts';
import { maxTextCharacters } from './act-program.ts';

/** What became of a process that was killed. */
export interface KillOutcome {
  /** Whether it was running before. */
  readonly wasAlive: boolean;
  /** Whether it is gone now; a process inside a native function ends later. */
  readonly hasEnded: boolean;
  /** Why it ended, as Erlang text: `killed`. */
  readonly reason?: string;
  readonly name?: string;
  readonly initialCall?: string;
}

/** What became of a garbage collection. */
export interface CollectOutcome {
  readonly wasAlive: boolean;
  readonly memoryBytesBefore?: number;
  readonly memoryBytesAfter?: number;
}

/** A value that a node answered. */
export interface ShownValue {
  /** As Erlang text; the first 16,000 characters. */
  readonly text: string;
  /** Its size in the external term format. */
  readonly bytes?: number;
  /** Equal for equal values, also between releases of OTP; of a TypeScript node there is none. */
  readonly hash?: number;
}

/** Reads the answer to `killBody`; `undefined` if it is not one. */
export function readKill(answer: Term): KillOutcome | undefined {
  if (isWord(answer, 'gone')) return { wasAlive: false, hasEnded: true };
  const [ended, name, call] = elementsOf(answer);
  if (ended === undefined) return undefined;
  const [tag, reason] = elementsOf(ended);
  const hasEnded = tag !== undefined && atomName(tag) === 'ended';
  if (!hasEnded && !isWord(ended, 'still_there')) return undefined;
  return {
    wasAlive: true,
    hasEnded,
    ...given({
      reason: hasEnded && reason !== undefined ? textOf(reason, 300) : undefined,
      // A process without a name has an empty list there.
      name: Array.isArray(name) ? undefined : nameOf(name),
      initialCall: functionOf(call),
    }),
  };
}

/** Reads the answer to `collectBody`; `undefined` if it is not one. */
export function readCollect(answer: Term): CollectOutcome | undefined {
  if (isWord(answer, 'gone')) return { wasAlive: false };
  const [before, after] = elementsOf(answer).map(countOf);
  if (before === undefined || after === undefined) return undefined;
  return { wasAlive: true, memoryBytesBefore: before, memoryBytesAfter: after };
}

/** Reads the answer to `callBody` and `rpcBody`: a value, or the reason why there is none; `undefined` if it is not one. */
export function readTold(
  answer: Term,
  { what, node }: { readonly what: string; readonly node: string },
): ShownValue | InspectProblem | undefined {
  if (isWord(answer, 'undefined_function')) {
    return { kind: 'unsupported', message: `${node} has no function ${what}.` };
  }
  const [tag, first, second] = elementsOf(answer);
  if (tag === undefined) return undefined;
  if (atomName(tag) === 'raised') {
    const why = second === undefined ? '' : (textOf(second, 600) ?? '');
    return { kind: 'failed', message: `${what} failed on ${node}: ${nameOf(first) ?? 'error'}: ${why}` };
  }
  const [text, bytes, hash] = elementsOf(first);
  if (atomName(tag) !== 'told' || text === undefined) return undefined;
  const shown = linesOf(text, maxTextCharacters + 100);
  return shown === undefined
    ? undefined
    : { text: shown, ...given({ bytes: countOf(bytes), hash: countOf(hash) }) };
}

/** A value that a TypeScript node answered, which makes no text of it. */
export function shownValue(term: Term): ShownValue {
  return { text: visibleText(inspect(term, { syntax: 'erlang', maxLength: maxTextCharacters })) };
}
