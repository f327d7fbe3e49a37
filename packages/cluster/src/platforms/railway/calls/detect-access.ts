/**
 * Finds out what kind of token it is, by asking Railway what only that kind may ask. An account token knows its user, a
 * workspace token its workspaces, a project token its environment, and the last goes into another header.
 */

import { RailwayError } from '../model/errors.ts';
import type { RailwayAccess } from '../model/resources.ts';
import type { RailwayOperation } from '../operations/operation.ts';
import { accountQuery, apiTokenQuery, projectTokenQuery } from '../operations/queries.ts';
import type { TokenHeader } from './token.ts';

export type AskWith = <Variables extends object, Answer>(
  operation: RailwayOperation<Variables, Answer>,
  variables: Variables,
  header: TokenHeader,
) => Promise<Answer>;

type Probe = (ask: AskWith) => Promise<RailwayAccess>;

const account: Probe = async (ask) => {
  const { me } = await ask(accountQuery, {}, 'bearer');
  return { kind: 'account', ...me };
};

const workspace: Probe = async (ask) => {
  const { apiToken } = await ask(apiTokenQuery, {}, 'bearer');
  return { kind: 'workspace', ...apiToken };
};

const project: Probe = async (ask) => {
  const { projectToken } = await ask(projectTokenQuery, {}, 'project');
  return { kind: 'project', ...projectToken };
};

/**
 * Asks up to three times; `first` says what to try first. Throws RAILWAY_TOKEN_REFUSED when it is none of them, and
 * what the network says.
 */
export async function detectAccess(ask: AskWith, first: 'account' | 'project'): Promise<RailwayAccess> {
  const probes = first === 'project' ? [project, account, workspace] : [account, workspace, project];
  let refusal: unknown;
  for (const probe of probes) {
    try {
      return await probe(ask);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal = error;
    }
  }
  throw new RailwayError(
    'RAILWAY_TOKEN_REFUSED',
    'Railway takes the token neither for an account, a workspace nor a project',
    {
      remedy: 'It is mistyped, revoked or expired: make a new one at https://railway.com/account/tokens.',
      cause: refusal,
    },
  );
}

/** Railway has no code for "not this kind of token"; some refusals say only that there was a problem. */
function isRefusal(error: unknown): boolean {
  const codes: readonly string[] = ['RAILWAY_NOT_AUTHORIZED', 'RAILWAY_REFUSED', 'RAILWAY_NOT_FOUND'];
  return error instanceof RailwayError && codes.includes(error.code);
}

export function headerOf(access: RailwayAccess): TokenHeader {
  return access.kind === 'project' ? 'project' : 'bearer';
}
