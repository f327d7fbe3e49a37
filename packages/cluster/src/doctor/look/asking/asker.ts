/** Asks nodes by remote calls: directly, or through a node that is connected to them. */

import type { Node } from '@convoy/node';
import { atom, atomName, type Term, Tuple } from '@convoy/node/etf';

export type Call = readonly [module: string, name: string, args: Term[]];

/** Asks one node. Rejects like `Node.rpc`. */
export type Ask = (...call: Call) => Promise<Term>;

export interface AskOptions {
  readonly node: Node;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export function askNode({ node, timeoutMs, signal }: AskOptions, target: string): Ask {
  return (module, name, args) => node.rpc(target, module, name, args, { timeoutMs, signal });
}

/** Asks `target` through the node that `ask` asks. A failure is an answer here: `{badrpc, Reason}`. */
export function askThrough(ask: Ask, target: string, timeoutMs: number): Ask {
  return (module, name, args) =>
    ask('rpc', 'call', [atom(target), atom(module), atom(name), args, timeoutMs]);
}

/** The call of a node that was asked through another one has failed. */
export class RelayedCallError extends Error {}

/** A failure that is an answer, `{badrpc, Reason}`, rejects with `RelayedCallError`. */
export function rejecting(ask: Ask, target: string): Ask {
  return async (...call) => {
    const answer = await ask(...call);
    if (!(answer instanceof Tuple) || atomName(answer.at(0)) !== 'badrpc') return answer;
    const reason = answer.at(1);
    const text =
      atomName(reason) ?? (reason instanceof Tuple ? atomName(reason.at(0)) : undefined) ?? 'failed';
    throw new RelayedCallError(`${target} did not answer ${call[0]}:${call[1]} (${text})`);
  };
}
