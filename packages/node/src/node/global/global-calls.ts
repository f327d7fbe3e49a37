/**
 * Calls from one local process to the name servers of several nodes at once, like kernel's multi_call: every server is
 * monitored, so that one that goes away is left out of the result instead of being waited for.
 */

import { atom, atomName, atomOf, Reference, tuple, Tuple, type Pid, type Term } from '../../etf/index.ts';
import { type PendingCall, PendingCalls } from '../calls/pending-calls.ts';
import type { NodeCore } from '../runtime/node-core.ts';

type Reply = { readonly value: Term } | undefined;

/** The registered name of the name server on every node. */
export const nameServer = 'global_name_server';

export class GlobalCalls {
  readonly #core: NodeCore;
  readonly #pending: PendingCalls<PendingCall, Reply> = new PendingCalls();
  /** The calling process; its messages go to `accept` first. */
  readonly pid: Pid;

  constructor(core: NodeCore, pid: Pid) {
    this.#core = core;
    this.pid = pid;
  }

  /** Sends `request` to the name server of every node and collects the answers. */
  readonly callAll = async (nodes: readonly string[], request: Term): Promise<Map<string, Term>> => {
    const replies = new Map<string, Term>();
    await Promise.all(
      nodes.map(async (node) => {
        const reply = await this.#call(node, request);
        if (reply !== undefined) replies.set(node, reply.value);
      }),
    );
    return replies;
  };

  /** Handles a message to the process. Returns `true` when it was an answer or the DOWN message of a name server. */
  accept(message: Term): boolean {
    if (!(message instanceof Tuple)) return false;
    const [tag, second] = message.elements;
    const isDown = atomName(tag) === 'DOWN' && message.length === 5;
    const ref = isDown ? second : tag instanceof Tuple ? tag.at(0) : undefined;
    if (!(ref instanceof Reference)) return false;
    const isAnswer = this.#pending.settle(ref, () => (isDown ? undefined : { value: second }));
    if (isAnswer) this.#core.processes.demonitor(this.pid, ref);
    return isAnswer;
  }

  #call(node: string, request: Term): Promise<Reply> {
    const to = { name: nameServer, node };
    const ref = this.#core.processes.monitor(this.pid, to);
    const from = tuple(this.pid, tuple(ref, atomOf(node)));
    const reply = this.#pending.open({ ref });
    this.#core.send(to, tuple(atom('$gen_call'), from, request), { from: this.pid });
    return reply;
  }
}
