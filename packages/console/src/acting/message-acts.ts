/**
 * Messages and calls to nodes. An entry in the audit log for each node precedes them, with the process or function but without the message; a
 * second one says what has become of it.
 */

import type { NodeAnswer } from '@convoy/cluster/inspect';
import type { AuditActor, AuditLog } from '../audit/audit-log.ts';
import type { Clusters } from '../clusters/clusters.ts';
import { problemOf } from '../errors.ts';
import type { Inspecting } from '../inspecting/inspecting.ts';
import type { MessageRequest, RpcRequest } from '../protocol/index.ts';

/** What acts need of the console. */
interface Context {
  readonly audit: Pick<AuditLog, 'record'>;
  readonly clusters: Pick<Clusters, 'checkActingIn'>;
  readonly inspecting: Pick<Inspecting, 'nodesIn' | 'operate'>;
}

interface MessageAct {
  readonly act: 'send' | 'call' | 'rpc';
  readonly cluster: string;
  readonly nodes: readonly string[];
  /** The process, or the function. */
  readonly to: string;
}

/** Sends a message to a process of each node. Rejects with CONSOLE_NOT_FOUND, CONSOLE_ACTING_OFF and INSPECT_BAD_OPTION. */
export function sendMessages(
  context: Context,
  actor: AuditActor,
  request: MessageRequest & { readonly cluster: string },
) {
  const { cluster, nodes, to } = request;
  return audited(context, actor, {
    act: { act: 'send', cluster, nodes, to },
    run: () => context.inspecting.operate(cluster, (operator) => operator.send(nodes, request)),
  });
}

/** Calls a server of each node. Rejects as `sendMessages` does. */
export function callServers(
  context: Context,
  actor: AuditActor,
  request: MessageRequest & { readonly cluster: string },
) {
  const { cluster, nodes, to } = request;
  return audited(context, actor, {
    act: { act: 'call', cluster, nodes, to },
    run: () => context.inspecting.operate(cluster, (operator) => operator.call(nodes, request)),
  });
}

/** Calls a function on each node. Rejects as `sendMessages` does. */
export function callFunctions(
  context: Context,
  actor: AuditActor,
  request: RpcRequest & { readonly cluster: string },
) {
  const { cluster, nodes, module, function: name } = request;
  return audited(context, actor, {
    act: { act: 'rpc', cluster, nodes, to: `${module}:${name}` },
    run: () => context.inspecting.operate(cluster, (operator) => operator.rpc(nodes, request)),
  });
}

async function audited<Value>(
  { audit, clusters, inspecting }: Context,
  actor: AuditActor,
  { act, run }: { readonly act: MessageAct; readonly run: () => Promise<NodeAnswer<Value>[]> },
): Promise<NodeAnswer<Value>[]> {
  const { cluster, to } = act;
  clusters.checkActingIn(cluster);
  // The audit log must not grow by names that anyone makes up; at such a node nothing is done.
  const ids = new Map(inspecting.nodesIn(cluster).map(({ id, name }) => [name, id]));
  const nodes = Array.from(new Set(act.nodes)).filter((node) => ids.has(node));
  const event = `message.${act.act}` as const;
  for (const node of nodes) audit.record(event, actor, { node: ids.get(node), to });
  const note = (node: string, outcome: string): void => {
    if (ids.has(node))
      audit.record('message.outcome', actor, { node: ids.get(node), to, act: event, outcome });
  };
  try {
    const answers = await run();
    for (const { node, answer } of answers) {
      note(node, answer.state === 'answered' ? 'done' : `not answered: ${answer.problem.kind}`);
    }
    return answers;
  } catch (error) {
    for (const node of nodes) note(node, `not done: ${problemOf(error).code}`);
    throw error;
  }
}
