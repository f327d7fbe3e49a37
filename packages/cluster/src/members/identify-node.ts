/** Asks one node what is on it. Nothing is loaded or changed there. */

import { type Node, RemoteError } from '@convoy/node';
import type { Term } from '@convoy/node/etf';
import { MembersError } from '../errors.ts';
import {
  identityCall,
  infoCall,
  type MemberIdentity,
  readIdentity,
  readTypescriptIdentity,
} from './facts/identity.ts';
import type { MemberCall } from './facts/question.ts';

/** Options of `identifyNode`. */
export interface IdentifyOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks a node what is on it: its language, versions and release. Rejects with the reason why it does not answer, or with MEMBERS_NO_ANSWER
 * for an answer that is none.
 */
export async function identifyNode(
  node: Node,
  name: string,
  options: IdentifyOptions = {},
): Promise<MemberIdentity> {
  const ask = ({ module, function: functionName, args }: MemberCall): Promise<Term> =>
    node.rpc(name, module, functionName, args, options);
  const answer = await ask(identityCall).catch((error: unknown) => {
    if (error instanceof RemoteError) return undefined;
    throw error;
  });
  if (answer === undefined) {
    // Every Erlang node has the functions that are asked for; a TypeScript node need not have any.
    const info = await ask(infoCall).catch((error: unknown) => {
      if (error instanceof RemoteError) return undefined;
      throw error;
    });
    return readTypescriptIdentity(info);
  }
  const identity = readIdentity(answer);
  if (identity !== undefined) return identity;
  throw new MembersError('MEMBERS_NO_ANSWER', `${name} does not say what it is`, {
    node: name,
    remedy: 'Check what runs under this name.',
  });
}
