/** The same question to several nodes at once. */

import { MembersError } from '../../errors.ts';
import type { InspectAnswer } from '../read/answer.ts';

/** What one of several nodes answered. */
export interface NodeAnswer<Value> {
  readonly node: string;
  readonly answer: InspectAnswer<Value>;
}

/** The answers in the order of `nodes`. A node that is not a member of the cluster does not keep the others from answering. */
export async function onEach<Value>(
  nodes: readonly string[],
  ask: (node: string) => Promise<InspectAnswer<Value>>,
): Promise<NodeAnswer<Value>[]> {
  return Promise.all(nodes.map(async (node) => ({ node, answer: await askOne(node, ask) })));
}

async function askOne<Value>(
  node: string,
  ask: (node: string) => Promise<InspectAnswer<Value>>,
): Promise<InspectAnswer<Value>> {
  try {
    return await ask(node);
  } catch (error) {
    if (!(error instanceof MembersError) || error.code !== 'MEMBERS_UNKNOWN_NODE') throw error;
    const { message, remedy } = error;
    const problem = {
      kind: 'gone' as const,
      message: `${message}.`,
      ...(remedy === undefined ? {} : { remedy }),
    };
    return { state: 'unavailable', problem, cost: { questions: 0 } };
  }
}
