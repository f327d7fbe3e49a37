/**
 * Identifies the caller of the simulator by token and header, and checks what it may access. Like Railway, gives the same answer
 * to an unknown token and to one without permission.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { SimulatedWorld } from '../world/simulated-world.ts';

/** What a token stands for: an account, a workspace, or one environment of a project. */
export type Principal =
  | { readonly kind: 'account' }
  | { readonly kind: 'workspace' }
  | { readonly kind: 'project'; readonly projectId: string; readonly environmentId: string };

export interface SimulatedToken {
  readonly secret: string;
  readonly principal: Principal;
}

export interface Caller {
  /** `undefined` when the token is unknown, or was sent in the header of another kind. */
  readonly principal: Principal | undefined;
  readonly header: 'bearer' | 'project' | undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export class TokenTable {
  readonly #tokens: { readonly digest: Buffer; readonly principal: Principal }[] = [];

  add({ secret, principal }: SimulatedToken): void {
    this.#tokens.push({ digest: digest(secret), principal });
  }

  identify(headers: Readonly<Record<string, string | string[] | undefined>>): Caller {
    const project = headers['project-access-token'];
    if (typeof project === 'string') {
      const principal = this.#find(project);
      return { header: 'project', principal: principal?.kind === 'project' ? principal : undefined };
    }
    const [, bearer] = /^Bearer (\S+)$/.exec(headers['authorization']?.toString() ?? '') ?? [];
    if (bearer === undefined) return { header: undefined, principal: undefined };
    const principal = this.#find(bearer);
    return { header: 'bearer', principal: principal?.kind === 'project' ? undefined : principal };
  }

  #find(secret: string): Principal | undefined {
    const wanted = digest(secret);
    return this.#tokens.find((token) => timingSafeEqual(token.digest, wanted))?.principal;
  }
}

export function notAuthorized(): GraphQLError {
  return new GraphQLError('Not Authorized');
}

/** Throws unless the caller may read the project. */
export function requireProject(world: SimulatedWorld, { principal }: Caller, projectId: string): void {
  if (principal === undefined) throw notAuthorized();
  if (principal.kind === 'project' && principal.projectId !== projectId) throw notAuthorized();
  world.project(projectId);
}

/** Throws unless the caller may read and change the environment. */
export function requireEnvironment(world: SimulatedWorld, caller: Caller, environmentId: string): void {
  const { principal } = caller;
  if (principal === undefined) throw notAuthorized();
  if (principal.kind === 'project' && principal.environmentId !== environmentId) throw notAuthorized();
  world.environment(environmentId);
}
