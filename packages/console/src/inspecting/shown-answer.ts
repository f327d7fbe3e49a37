/** Answers of nodes in the terms of those who use the console. Pure. */

import { type InspectAnswer, MembersError, type NodeOverview } from '@convoy/cluster/inspect';
import { ConsoleError } from '../errors.ts';
import type { NodeSample } from '../nodes/node-sample.ts';

/** The library names its own options in remedies. */
const remedies = {
  slow: 'The node may be very busy. Try again, or ask for less: fewer rows, or a filter.',
  'too-large': 'Ask for less: fewer rows, or a filter.',
  unreachable: 'The doctor finds out why it cannot be reached.',
} as const;

/** The answer with a remedy for users of the console. */
export function shownAnswer<Value>(answer: InspectAnswer<Value>): InspectAnswer<Value> {
  if (answer.state === 'answered') return answer;
  const { kind } = answer.problem;
  if (kind !== 'slow' && kind !== 'too-large' && kind !== 'unreachable') return answer;
  return { ...answer, problem: { ...answer.problem, remedy: remedies[kind] } };
}

/** An error of a cluster that cannot carry the question, as the console reports it. */
export function shownError(error: unknown, id: string): unknown {
  if (!(error instanceof MembersError)) return error;
  return new ConsoleError('CONSOLE_NODE_NOT_UP', `${id} cannot be asked: ${error.message}`, {
    remedy: 'Wait until its cluster is connected; the doctor finds the cause if it stays so.',
    cause: error,
  });
}

/** What an overview says about a node at this moment. */
export function sampleOf(overview: NodeOverview): NodeSample {
  const { memory, processes, runQueues, io, reductions, schedulers } = overview;
  const use = schedulers?.use;
  return {
    memoryBytes: memory['total'],
    processes: processes.count,
    runQueue: runQueues?.total,
    io,
    reductions,
    load: typeof use === 'object' ? use.average : undefined,
  };
}
