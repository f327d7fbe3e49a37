/** Asks a node one framed question, and says why there is no answer if there is none. */

import { atomName, type Term, Tuple } from '@convoy/node/etf';
import { MembersError } from '../../errors.ts';
import type { MemberCall } from '../../members/facts/question.ts';
import {
  costOf,
  type InspectAnswer,
  type InspectCost,
  type InspectProblem,
  type InspectProblemKind,
} from '../read/answer.ts';
import { countOf, elementsOf, textOf } from '../read/read-term.ts';
import type { Asker } from './asker.ts';
import { evaluation } from './boot-form.ts';
import { frameBindings, framed } from './frame.ts';

/** How long a question may take, and who may end the waiting. */
export interface InspectOptions {
  /** How long the node may take, in milliseconds. It ends the work itself then. Default: see each question. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A question in Erlang, see frame.ts. */
export interface Question {
  readonly node: string;
  readonly body: string;
  readonly bindings?: Readonly<Record<string, Term>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const maxBytes = 1024 * 1024;
/** Time for the question and the answer to travel. */
const travelMs = 3000;
const maxReason = 300;

/** The value of the body as the node sent it. Rejects only with errors that are not about this node's answer. */
export async function askNode(asker: Asker, question: Question): Promise<InspectAnswer<Term>> {
  const { node, body, bindings = {}, timeoutMs, signal } = question;
  const call = evaluation(framed(body), { ...bindings, ...frameBindings({ timeoutMs, maxBytes }) });
  const answer = await askCall(asker, { node, call, timeoutMs: timeoutMs + travelMs, signal });
  if (answer.state === 'unavailable') return answer;
  return readFramed(answer.value, question);
}

/** The value of a plain call. */
export async function askCall(
  asker: Asker,
  {
    node,
    call,
    timeoutMs,
    signal,
  }: { node: string; call: MemberCall; timeoutMs: number; signal: AbortSignal | undefined },
): Promise<InspectAnswer<Term>> {
  const cost = { questions: 1 };
  try {
    const value = await asker.ask(node, call, { timeoutMs, maxBytes: 2 * maxBytes, signal });
    return { state: 'answered', value, cost };
  } catch (error) {
    return { state: 'unavailable', problem: problemOf(error, { node, timeoutMs }), cost };
  }
}

/** Answers with what `read` makes of the value; `undefined` and what it throws count as an answer that cannot be read. */
export function readAnswer<Value>(
  answer: InspectAnswer<Term>,
  node: string,
  read: (value: Term) => Value | InspectProblem | undefined,
): InspectAnswer<Value> {
  if (answer.state === 'unavailable') return answer;
  const value = read(answer.value);
  const { cost } = answer;
  if (value === undefined) return unavailable('failed', `The answer of ${node} cannot be read.`, cost);
  if (isBareProblem(value)) return { state: 'unavailable', problem: value, cost };
  return { state: 'answered', value, cost };
}

/** @internal Reads what a framed question answers. */
export function readFramed(
  term: Term,
  { node, timeoutMs }: Pick<Question, 'node' | 'timeoutMs'>,
): InspectAnswer<Term> {
  const asked = { questions: 1 };
  const word = atomName(term);
  if (word === 'slow') return { state: 'unavailable', problem: slow(node, timeoutMs), cost: asked };
  if (word === 'too_large') return { state: 'unavailable', problem: tooLarge(node), cost: asked };
  const [outcome, report] = elementsOf(term);
  const [reductions, elapsedUs, restedUs, schedulers] = elementsOf(report).map(countOf);
  const cost: InspectCost = { ...asked, ...costOf({ reductions, elapsedUs, restedUs, schedulers }) };
  if (atomName(outcome) === 'too_large') return { state: 'unavailable', problem: tooLarge(node), cost };
  const [tag, value] = outcome instanceof Tuple && outcome.length === 2 ? outcome.elements : [];
  switch (tag === undefined ? undefined : atomName(tag)) {
    case 'ok':
      return { state: 'answered', value, cost };
    case 'failed':
      return unavailable('failed', `The question failed on ${node}: ${reasonOf(value)}.`, cost);
    default:
      return unavailable('failed', `The answer of ${node} cannot be read.`, cost);
  }
}

/** A problem for the reason why a part could not be asked: the text in `{failed, Text}`. */
export function failedPart(node: string, why: Term): InspectProblem {
  return { kind: 'failed', message: `${node} refused it: ${reasonOf(why)}.` };
}

function reasonOf(term: Term): string {
  return textOf(term, maxReason) ?? 'an unknown reason';
}

function problemOf(
  error: unknown,
  { node, timeoutMs }: { readonly node: string; readonly timeoutMs: number },
): InspectProblem {
  if (!(error instanceof MembersError)) throw error;
  const { code, reason, message } = error;
  if (code !== 'MEMBERS_NO_ANSWER' && code !== 'MEMBERS_CALL_FAILED') throw error;
  switch (reason) {
    case 'timeout':
      return slow(node, timeoutMs);
    case 'too_big':
      return tooLarge(node);
    case 'undefined':
      return {
        kind: 'unsupported',
        message: `${node} does not evaluate Erlang: it is another kind of node, such as a TypeScript node.`,
      };
    case 'failed':
      return { kind: 'failed', message: `The question failed on ${node}: ${message}.` };
    default:
      return {
        kind: 'unreachable',
        message: `${node} cannot be asked: ${message}.`,
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      };
  }
}

function slow(node: string, timeoutMs: number): InspectProblem {
  return {
    kind: 'slow',
    message: `${node} did not answer within ${timeoutMs / 1000} s.`,
    remedy: 'Raise `timeoutMs`, or ask for less.',
  };
}

function tooLarge(node: string): InspectProblem {
  return {
    kind: 'too-large',
    message: `What ${node} would have to read or send for this is over the bound.`,
    remedy: 'Ask for less.',
  };
}

function unavailable(
  kind: InspectProblemKind,
  message: string,
  cost: InspectCost,
): { readonly state: 'unavailable'; readonly problem: InspectProblem; readonly cost: InspectCost } {
  return { state: 'unavailable', problem: { kind, message }, cost };
}

function isBareProblem(value: unknown): value is InspectProblem {
  return value instanceof Object && 'kind' in value && 'message' in value;
}
