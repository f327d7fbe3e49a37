/** Asks members through the entry what they are and how they are, and reads their answers. */

import type { Node } from '@convoy/node';
import type { Term } from '@convoy/node/etf';
import type { Entry, Outcome } from './entry/entry.ts';
import {
  identityCall,
  infoCall,
  type MemberIdentity,
  readIdentity,
  readTypescriptIdentity,
} from './facts/identity.ts';
import type { MemberCall } from './facts/question.ts';
import { readTypescriptVitals, readVitals, vitalsCall, vitalsCallWithoutMemory } from './facts/vitals.ts';
import type { ClusterState, MemberAnswer } from './state/cluster-model.ts';
import { directNames } from './state/member-table.ts';

/** An answer has a few hundred bytes, and the names of up to a thousand nodes. */
const maxAnswerBytes = 64 * 1024;

export interface QuestionOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Asks what members are. One question; a second one if some of them are not Erlang nodes. */
export async function identify(
  entry: Entry,
  names: readonly string[],
  options: QuestionOptions,
): Promise<MemberAnswer[]> {
  const outcomes = await askAll(entry, { names, call: identityCall }, options);
  const foreign = names.filter((name) => outcomes.get(name)?.kind === 'undefined');
  const infos = await askAll(entry, { names: foreign, call: infoCall }, options);
  return names.map((name) => {
    const outcome = outcomes.get(name);
    if (outcome?.kind !== 'undefined') {
      return answerOf(name, outcome, (value) => identityAnswer(name, readIdentity(value)));
    }
    const info = infos.get(name);
    // Nodes of other kinds answer no remote calls at all. Without the worker, there is nothing to read.
    if (info?.kind === 'undefined') return identityAnswer(name, readTypescriptIdentity(undefined));
    return answerOf(name, info, (value) => identityAnswer(name, readTypescriptIdentity(value)));
  });
}

/** Asks how members are. One question to all Erlang nodes, and one to all TypeScript nodes if there are any. */
export async function examine(
  entry: Entry,
  state: ClusterState,
  { names, options }: { readonly names: readonly string[]; readonly options: QuestionOptions },
): Promise<MemberAnswer[]> {
  const { maxReported: compare } = state.settings;
  const isTypescript = (name: string): boolean => state.facts.get(name)?.identity?.kind === 'typescript';
  const isErlang = (name: string): boolean =>
    state.facts.get(name)?.identity !== undefined && !isTypescript(name);
  const erlang = names.filter(isErlang);
  const [outcomes, infos] = await Promise.all([
    askAll(entry, { names: erlang, call: vitalsCall, compare }, options),
    askAll(entry, { names: names.filter(isTypescript), call: infoCall }, options),
  ]);
  const failed = erlang.filter((name) => outcomes.get(name)?.kind === 'failed');
  const again = await askAll(entry, { names: failed, call: vitalsCallWithoutMemory, compare }, options);
  const others = visibleNames(state);
  return [
    ...erlang.map((name) => {
      const outcome = again.get(name) ?? outcomes.get(name);
      return answerOf(name, outcome, (value) => vitalsAnswer(name, readVitals(value, compare)));
    }),
    ...[...infos].filter(hasWorker).map(([name, outcome]) =>
      answerOf(name, outcome, (value) => {
        return vitalsAnswer(name, readTypescriptVitals(value, { name, others, maxNames: maxPeerNames }));
      }),
    ),
  ];
}

function hasWorker([, outcome]: readonly [string, Outcome]): boolean {
  return outcome.kind !== 'undefined';
}

/** Asks a member that we are connected to ourselves. */
export async function identifyDirectly(
  node: Node,
  name: string,
  { timeoutMs, signal }: QuestionOptions,
): Promise<MemberAnswer> {
  const ask = async ({ module, function: functionName, args }: MemberCall): Promise<Outcome> => {
    try {
      return {
        kind: 'value',
        value: await node.rpc(name, module, functionName, args, { timeoutMs, signal }),
      };
    } catch (error) {
      return { kind: 'failed', text: error instanceof Error ? error.message : String(error) };
    }
  };
  const outcome = await ask(identityCall);
  const identity = outcome.kind === 'value' ? readIdentity(outcome.value) : undefined;
  if (identity !== undefined) return { kind: 'identity', name, identity };
  return answerOf(name, await ask(infoCall), (value) => identityAnswer(name, readTypescriptIdentity(value)));
}

/** More names than the mesh of a TypeScript node can have. */
const maxPeerNames = 10_000;

type Question = { readonly names: readonly string[]; readonly call: MemberCall; readonly compare?: number };

async function askAll(
  entry: Entry,
  question: Question,
  options: QuestionOptions,
): Promise<Map<string, Outcome>> {
  if (question.names.length === 0) return new Map();
  return entry.ask({ ...question, ...options, maxBytes: maxAnswerBytes });
}

/** The entry and the visible nodes that it is connected to. */
function visibleNames(state: ClusterState): string[] {
  return directNames(state).filter((name) => state.members.get(name)?.isHidden === false);
}

function answerOf(
  name: string,
  outcome: Outcome | undefined,
  read: (value: Term) => MemberAnswer,
): MemberAnswer {
  switch (outcome?.kind) {
    case 'value':
      return read(outcome.value);
    case 'failed':
      return { kind: 'silent', name, why: outcome.text };
    case 'silent':
      return { kind: 'silent', name, why: outcome.why };
    case 'undefined':
      return { kind: 'silent', name, why: 'it answers no such question' };
    case undefined:
      return { kind: 'silent', name, why: 'no answer' };
  }
}

function identityAnswer(name: string, identity: MemberIdentity | undefined): MemberAnswer {
  return identity === undefined ? unreadable(name) : { kind: 'identity', name, identity };
}

function vitalsAnswer(name: string, answer: ReturnType<typeof readVitals>): MemberAnswer {
  return answer === undefined ? unreadable(name) : { kind: 'vitals', name, ...answer };
}

function unreadable(name: string): MemberAnswer {
  return { kind: 'silent', name, why: 'its answer cannot be read' };
}
