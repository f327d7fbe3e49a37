/**
 * Acts on processes of nodes. An entry in the audit log precedes each act, with its target; a second one says what has become of it, also
 * when the node did not answer.
 */

import type { InspectAnswer } from '@convoy/cluster/inspect';
import type { AuditActor } from '../audit/audit-log.ts';
import { ConsoleError, problemOf } from '../errors.ts';
import type { ApiContext } from './api-context.ts';

/** An act on a process. */
export interface ProcessAct {
  readonly act: 'kill' | 'collect';
  /** Id of the node. */
  readonly node: string;
  readonly pid: string;
}

type Context = Pick<ApiContext, 'audit' | 'clusters' | 'inspecting'>;
type Inspecting = Context['inspecting'];

/** Acts. Rejects with CONSOLE_ACTING_OFF, CONSOLE_AUDIT_FAILED or CONSOLE_BAD_REQUEST before anything is done, and as questions do. */
export async function actOnProcess(
  { audit, clusters, inspecting }: Context,
  actor: AuditActor,
  { act, node, pid }: ProcessAct,
) {
  checkPid(pid);
  clusters.checkMayAct(node);
  inspecting.check(node);
  audit.record(`process.${act}`, actor, { node, pid });
  const note = (outcome: string): void =>
    audit.record('process.outcome', actor, { node, pid, act: `process.${act}`, outcome });
  try {
    const answer = await (act === 'kill' ? killed(inspecting, node, pid) : collected(inspecting, node, pid));
    note(outcomeOf(answer, act));
    return answer;
  } catch (error) {
    note(`not done: ${problemOf(error).code}`);
    throw error;
  }
}

interface ActOutcome {
  readonly wasAlive: boolean;
  readonly hasEnded?: boolean;
  readonly name?: string;
  readonly initialCall?: string;
  readonly memoryBefore?: number | undefined;
  readonly memoryAfter?: number | undefined;
}

async function killed(inspecting: Inspecting, node: string, pid: string): Promise<InspectAnswer<ActOutcome>> {
  return inspecting.kill(node, pid);
}

async function collected(
  inspecting: Inspecting,
  node: string,
  pid: string,
): Promise<InspectAnswer<ActOutcome>> {
  const answer = await inspecting.collect(node, pid);
  if (answer.state === 'unavailable') return answer;
  const { wasAlive, memoryBytesBefore: memoryBefore, memoryBytesAfter: memoryAfter } = answer.value;
  return { ...answer, value: { wasAlive, memoryBefore, memoryAfter } };
}

/** `killed: shop_cache`, `collected`, `unknown: slow` */
function outcomeOf(answer: InspectAnswer<ActOutcome>, act: ProcessAct['act']): string {
  if (answer.state === 'unavailable') return `unknown: ${answer.problem.kind}`;
  const { wasAlive, hasEnded, name, initialCall } = answer.value;
  if (!wasAlive) return 'there was no such process';
  if (act === 'collect') return 'collected';
  const called = name ?? initialCall;
  return `${hasEnded === true ? 'killed' : 'to end soon'}${called === undefined ? '' : `: ${called}`}`;
}

/** Before the audit log is written, which must not grow by what anyone puts into a URL. */
function checkPid(pid: string): void {
  if (/^<0\.\d{1,10}\.\d{1,10}>$/.test(pid)) return;
  throw new ConsoleError(
    'CONSOLE_BAD_REQUEST',
    `${JSON.stringify(pid.slice(0, 40))} is not a pid of the node`,
    {
      remedy: 'Write it as its node prints it, for instance <0.85.0>.',
    },
  );
}
