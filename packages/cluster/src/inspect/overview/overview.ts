/** Asks a node for its overview. */

import type { MemberCall } from '../../members/facts/question.ts';
import { infoCall } from '../../members/facts/identity.ts';
import { askCall, askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { count, timeout } from '../asking/options.ts';
import type { InspectAnswer } from '../read/answer.ts';
import { overviewBody } from './overview-program.ts';
import { type NodeOverview, readOverview, readTypescriptOverview } from './read-overview.ts';

/** Options of `overview`. `timeoutMs` is 5000 by default. */
export interface OverviewOptions extends InspectOptions {
  /** Time between the two samples of the schedulers, in milliseconds. Default 250. */
  readonly sampleMs?: number | undefined;
  /**
   * Makes a node whose schedulers do not measure their time do so for as long as the question takes. Default false. It costs
   * the node a little at every switch between processes, and ends with the question.
   */
  readonly measureSchedulers?: boolean | undefined;
}

const answerMs = 5000;

export async function askOverview(
  asker: Asker,
  node: string,
  options: OverviewOptions = {},
): Promise<InspectAnswer<NodeOverview>> {
  const { measureSchedulers = false, signal } = options;
  const timeoutMs = timeout(options.timeoutMs, answerMs);
  const Sample = count('sampleMs', options.sampleMs, { least: 10, most: 60_000, otherwise: 250 });
  const bindings = { Sample, Switch: measureSchedulers };
  const answer = await askNode(asker, {
    node,
    body: overviewBody,
    bindings,
    timeoutMs: timeoutMs + Sample,
    signal,
  });
  if (answer.state === 'unavailable' && answer.problem.kind === 'unsupported') {
    return askTypescript(asker, node, { timeoutMs, signal });
  }
  return readAnswer(answer, node, (value) => readOverview(value, node));
}

/** What does not evaluate Erlang may be a TypeScript node of Convoy. */
async function askTypescript(
  asker: Asker,
  node: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
): Promise<InspectAnswer<NodeOverview>> {
  const call: MemberCall = infoCall;
  const answer = await askCall(asker, { node, call, timeoutMs, signal });
  const read = readAnswer(answer, node, readTypescriptOverview);
  return { ...read, cost: { ...read.cost, questions: 2 } };
}
