/** Acts on processes. What they have achieved is shown as a message, a refusal with its remedy. */

import { problemFrom } from '../../console-link/api-client.ts';
import { findCluster } from '../clusters/clusters.ts';
import { nodeTitle } from '../clusters/node-titles.ts';
import { confirmChange } from '../clusters/production.ts';
import { formatBytes } from '../page/format.ts';
import { showMessage, showProblem } from '../page/toasts.ts';
import type { Answered } from './poll.ts';
import { type ActOutcome, collectGarbage, killProcess } from './questions.ts';

interface Subject {
  /** Id of the node. */
  readonly node: string;
  readonly pid: string;
}

/** Whether users may act inside the nodes of a cluster. */
export function actingIn(cluster: string): boolean {
  return findCluster(cluster)?.acting === true;
}

/** Acts, and says what has come of it. */
async function act(
  work: () => Promise<Answered<ActOutcome>>,
  said: (outcome: ActOutcome) => string,
): Promise<void> {
  try {
    const answer = await work();
    if (answer.state === 'answered') showMessage(said(answer.value));
    else showProblem({ code: 'INSPECT_UNAVAILABLE', ...answer.problem });
  } catch (error) {
    showProblem(problemFrom(error));
  }
}

/** Ends a process. The user has been asked. */
export async function killIn({ node, pid }: Subject): Promise<void> {
  await act(
    () => killProcess(node, pid),
    ({ wasAlive, hasEnded, name, initialCall }) => {
      if (!wasAlive) return `${pid} had ended before`;
      const which = [pid, name ?? initialCall].filter((part) => part !== undefined).join(' ');
      if (hasEnded === false) return `${which} will end as soon as it leaves a native function`;
      return `Killed ${which} on ${nodeTitle(node)}`;
    },
  );
}

/** Has a process collect its garbage, after asking in a cluster that is marked as production. */
export async function collectIn({
  node,
  pid,
  cluster,
}: Subject & { readonly cluster: string }): Promise<void> {
  const sentence = `${pid} on ${nodeTitle(node)} stops for as long as it collects its garbage.`;
  if (!(await confirmChange([cluster], { sentence, button: 'Collect garbage' }))) return;
  await act(
    () => collectGarbage(node, pid),
    ({ wasAlive, memoryBefore, memoryAfter }) => {
      if (!wasAlive) return `${pid} had ended before`;
      if (memoryBefore === undefined || memoryAfter === undefined) return `${pid} has collected its garbage`;
      return `${pid} has collected its garbage: ${formatBytes(memoryBefore)} before, ${formatBytes(memoryAfter)} after`;
    },
  );
}
