/** What changes something on a node. Apart from the inspector, so that who is given that can only read. */

import type { InspectOptions } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import type { NodeAnswer } from '../asking/several.ts';
import type { InspectAnswer } from '../read/answer.ts';
import {
  callEach,
  type CallOptions,
  type RpcOptions,
  rpcEach,
  sendEach,
  type SendOptions,
} from './messages.ts';
import { collectProcess, killProcess } from './processes.ts';
import type { CollectOutcome, KillOutcome, ShownValue } from './read-acts.ts';

/**
 * Does something on nodes. Each act is one remote call, bounded as the questions of an `Inspector` are, and answers for itself. They
 * reject with INSPECT_BAD_OPTION, also for a term that cannot be read, with the reason of `signal`, and as `cluster.ask` does.
 */
export interface Operator {
  /** Kills a process: `exit(Pid, kill)`. Waits two seconds for its end. */
  kill(node: string, pid: string, options?: InspectOptions): Promise<InspectAnswer<KillOutcome>>;
  /** Makes a process collect garbage, and tells its memory before and after. */
  collectGarbage(node: string, pid: string, options?: InspectOptions): Promise<InspectAnswer<CollectOutcome>>;
  /** Sends a message to a process of each node. The value is the pid that it was sent to. */
  send(nodes: readonly string[], options: SendOptions): Promise<NodeAnswer<string>[]>;
  /** Calls a `gen_server` of each node, as `GenServer.call` does, and shows its replies. */
  call(nodes: readonly string[], options: CallOptions): Promise<NodeAnswer<ShownValue>[]>;
  /** Calls a function on each node, and shows what it returns. */
  rpc(nodes: readonly string[], options: RpcOptions): Promise<NodeAnswer<ShownValue>[]>;
}

/**
 * Acts on nodes without installing anything there. `asker` is a `WatchedCluster` or `askDirectly(node)`, as for `createInspector`.
 *
 * @example
 * const operator = createOperator(cluster);
 * const answers = await operator.call(['a@10.0.0.5', 'b@10.0.0.6'], { to: 'cache', message: 'size' });
 * for (const { node, answer } of answers) console.log(node, answer.state === 'answered' ? answer.value.text : answer.problem.message);
 */
export function createOperator(asker: Asker): Operator {
  return {
    kill: (node, pid, options) => killProcess(asker, node, { pid, options }),
    collectGarbage: (node, pid, options) => collectProcess(asker, node, { pid, options }),
    send: (nodes, options) => sendEach(asker, nodes, options),
    call: (nodes, options) => callEach(asker, nodes, options),
    rpc: (nodes, options) => rpcEach(asker, nodes, options),
  };
}
