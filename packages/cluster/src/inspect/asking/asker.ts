/** Who carries questions to nodes: a watched cluster, through its entry, or a node of ours over its own connections. */

import { type Node, RemoteError } from '@convoy/node';
import type { Term } from '@convoy/node/etf';
import { MembersError } from '../../errors.ts';
import type { MemberCall } from '../../members/facts/question.ts';
import type { AskOptions } from '../../members/state/watched-cluster.ts';

/** Calls functions on nodes. A `WatchedCluster` is one. */
export interface Asker {
  /** Rejects with a `MembersError`; `reason` of MEMBERS_NO_ANSWER and MEMBERS_CALL_FAILED says what happened. */
  ask(name: string, call: MemberCall, options?: AskOptions): Promise<Term>;
}

/** An `Asker` that calls nodes directly. It connects to those that `node` is not connected to. */
export function askDirectly(node: Pick<Node, 'rpc'>): Asker {
  return {
    async ask(name, { module, function: functionName, args }, { timeoutMs = 5000, signal } = {}) {
      try {
        return await node.rpc(name, module, functionName, args, { timeoutMs, signal });
      } catch (error) {
        signal?.throwIfAborted();
        throw membersErrorOf(error, { name, target: `${module}:${functionName}/${args.length}` });
      }
    },
  };
}

function membersErrorOf(
  error: unknown,
  { name, target }: { readonly name: string; readonly target: string },
): MembersError {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (error instanceof RemoteError) {
    const reason = code === 'REMOTE_UNDEF' ? 'undefined' : 'failed';
    return new MembersError('MEMBERS_CALL_FAILED', `${target} on ${name} failed: ${message}`, {
      node: name,
      reason,
      cause: error,
      remedy: 'The log of that node may have more.',
    });
  }
  const reason = String(code).includes('TIMEOUT') ? 'timeout' : 'absent';
  return new MembersError('MEMBERS_NO_ANSWER', `${target} on ${name} has no answer: ${message}`, {
    node: name,
    reason,
    cause: error,
    remedy: 'Run the doctor (`diagnose`) for it.',
  });
}
