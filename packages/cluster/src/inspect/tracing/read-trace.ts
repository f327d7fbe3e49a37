/** Reads how a trace has begun and how it has ended, of which a node may say anything. Pure. */

import { atomName, type Term } from '@convoy/node/etf';
import { countOf, elementsOf, listOf, textOf } from '../read/read-term.ts';

/** Why a trace has ended. */
export type TraceEndReason =
  /** `maxCalls` calls were traced. */
  | 'calls'
  /** `maxMs` have passed. */
  | 'time'
  /** It was stopped. */
  | 'stopped'
  /** The node has ended, or the connection to it. */
  | 'node-gone'
  /** None of the processes exists. */
  | 'no-process'
  /** Arguments and results had more than 128 MiB. */
  | 'size'
  /** The tracer was killed: the what it had to read took more than 128 MiB. */
  | 'memory'
  /** The node was not told in time that the trace is still wanted: this program was frozen or very busy. */
  | 'lapsed'
  /** Something else; `message` has more. */
  | 'failed';

/** The end of a trace. Counts are missing if the node did not tell them. */
export interface TraceEnd {
  readonly reason: TraceEndReason;
  /** A whole sentence, without control characters. */
  readonly message: string;
  /** How often the function was called on the node during the trace, by any process. */
  readonly calls?: number;
  /** The calls that were traced. */
  readonly traced?: number;
  /** Events that were not sent because the connection was full. */
  readonly dropped?: number;
}

/** How a trace began, or why it did not. */
export type TraceStart =
  | { readonly kind: 'ready'; readonly guard: Term; readonly arities: readonly number[] }
  | { readonly kind: 'no-module' }
  | { readonly kind: 'no-function'; readonly arities: readonly number[] }
  | { readonly kind: 'traced'; readonly by: string }
  | { readonly kind: 'slow' }
  | { readonly kind: 'failed'; readonly why: string };

const maxArity = 255;

/** Reads what `traceProgram` answers. */
export function readStart(answer: Term): TraceStart {
  const [tag, first, second] = elementsOf(answer);
  switch (tag === undefined ? atomName(answer) : atomName(tag)) {
    case 'ready':
      return { kind: 'ready', guard: first, arities: aritiesOf(second) };
    case 'no_module':
      return { kind: 'no-module' };
    case 'no_function':
      return { kind: 'no-function', arities: aritiesOf(first) };
    case 'traced':
      return { kind: 'traced', by: textOf(first, 100) ?? '' };
    case 'slow':
      return { kind: 'slow' };
    default:
      return { kind: 'failed', why: textOf(first, 300) ?? 'its answer cannot be read' };
  }
}

function aritiesOf(term: Term): readonly number[] {
  return listOf(term, maxArity + 1).flatMap((arity) => countOf(arity) ?? []);
}

/** Reads the exit reason of the guard. */
export function readEnd(reason: Term, node: string): TraceEnd {
  if (atomName(reason) === 'noconnection') {
    return { reason: 'node-gone', message: `The connection to ${node} was lost.` };
  }
  const [tag, , why, counts] = elementsOf(reason);
  if (tag === undefined || atomName(tag) !== 'convoy_trace') {
    return { reason: 'failed', message: `The process that watched the trace was ended on ${node}.` };
  }
  return { ...endOf(why, node), ...countsOf(counts) };
}

type Ending = readonly [TraceEndReason, (node: string) => string];

const sentences: ReadonlyMap<string, Ending> = new Map<string, Ending>([
  ['most', ['calls', () => 'As many calls as were asked for have been traced.']],
  ['time', ['time', () => 'The time of the trace is over.']],
  ['stopped', ['stopped', () => 'The trace was stopped.']],
  ['no_process', ['no-process', (node) => `None of the processes exists on ${node}.`]],
  ['size', ['size', () => 'What the calls were given and have returned was more than 128 MiB.']],
  [
    'killed',
    ['memory', (node) => `The tracer was killed on ${node}: what it had to read took more than 128 MiB.`],
  ],
  ['lapsed', ['lapsed', (node) => `${node} was not told in time that the trace is still wanted.`]],
]);

function endOf(why: Term, node: string): Pick<TraceEnd, 'reason' | 'message'> {
  const known = sentences.get(atomName(why) ?? '');
  if (known !== undefined) return { reason: known[0], message: known[1](node) };
  const [, text] = elementsOf(why);
  return {
    reason: 'failed',
    message: `Tracing failed on ${node}: ${textOf(text, 300) ?? 'an unknown reason'}.`,
  };
}

function countsOf(term: Term): Omit<TraceEnd, 'reason' | 'message'> {
  const [calls, traced, dropped] = elementsOf(term).map(countOf);
  if (traced === undefined || dropped === undefined) return {};
  // Calls of built-in functions are not counted by every release.
  return { ...(calls === undefined || calls < traced ? {} : { calls }), traced, dropped };
}
