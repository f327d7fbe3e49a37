/**
 * Detects the kind of a token with queries that only that kind may make. An account token knows its user, a workspace token
 * its workspaces, a project token its environment; a project token is sent in a different header.
 */

import { RailwayError } from '../model/railway-error.ts';
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
 * Makes up to three requests; `first` is the kind to try first. Throws RAILWAY_TOKEN_REFUSED when all are refused, and
 * network errors.
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
    'Railway does not accept the token as an account, workspace or project token',
    {
      remedy: 'It is mistyped, revoked or expired: create a new one at https://railway.com/account/tokens.',
      cause: refusal,
    },
  );
}

/** Railway has no error code for "not this kind of token"; some refusals only report a problem. */
function isRefusal(error: unknown): boolean {
  const codes: readonly string[] = ['RAILWAY_NOT_AUTHORIZED', 'RAILWAY_REFUSED', 'RAILWAY_NOT_FOUND'];
  return error instanceof RailwayError && codes.includes(error.code);
}

export function headerOf(access: RailwayAccess): TokenHeader {
  return access.kind === 'project' ? 'project' : 'bearer';
}
