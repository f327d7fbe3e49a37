/**
 * Calls from one local process to the name servers of several nodes at once, like kernel's multi_call: every server is
 * monitored, so that one that goes away is left out of the result instead of being waited for.
 */

import { atom, atomName, atomOf, Reference, tuple, Tuple, type Pid, type Term } from '../../etf/index.ts';
import type { NodeCore } from '../runtime/node-core.ts';

type Settle = (reply: { readonly value: Term } | undefined) => void;

/** The registered name of the name server on every node. */
export const nameServer = 'global_name_server';

export class GlobalCalls {
  readonly #core: NodeCore;
  readonly #waiting = new Map<string, Settle>();
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
    const settle = ref instanceof Reference ? this.#waiting.get(keyOf(ref)) : undefined;
    settle?.(isDown ? undefined : { value: second });
    return settle !== undefined;
  }

  #call(node: string, request: Term): Promise<{ readonly value: Term } | undefined> {
    const to = { name: nameServer, node };
    const ref = this.#core.monitor(this.pid, to);
    return new Promise((resolve) => {
      this.#waiting.set(keyOf(ref), (reply) => {
        this.#waiting.delete(keyOf(ref));
        this.#core.demonitor(this.pid, ref);
        resolve(reply);
      });
      const from = tuple(this.pid, tuple(ref, atomOf(node)));
      this.#core.send(to, tuple(atom('$gen_call'), from, request), { from: this.pid });
    });
  }
}

function keyOf(ref: Reference): string {
  return ref.words.join('.');
}
