/** The token that somebody has given this console, kept in memory only, and what it reaches. */

import { createRailwayClient, type RailwayAccess, type RailwayClient } from '@convoy/cluster/railway';
import { ConsoleError } from '../errors.ts';
import type { RailwayAccountView, RailwayEnvironmentView } from '../protocol/index.ts';

export interface RailwayAccountOptions {
  /** Default: Railway's own. */
  readonly endpoint?: string | undefined;
  /** What is used when nobody gives another. */
  readonly ownToken?: string | undefined;
}

interface Session {
  readonly client: RailwayClient;
  readonly view: RailwayAccountView;
}

const loginTimeoutMs = 30_000;

export class RailwayAccount {
  readonly #options: RailwayAccountOptions;
  #session: Session | undefined;

  constructor(options: RailwayAccountOptions) {
    this.#options = options;
  }

  get hasOwnToken(): boolean {
    return this.#options.ownToken !== undefined;
  }

  get view(): RailwayAccountView | undefined {
    return this.#session?.view;
  }

  /** Throws CONSOLE_RAILWAY_LOGGED_OUT. */
  get client(): RailwayClient {
    if (this.#session !== undefined) return this.#session.client;
    throw loggedOut();
  }

  /** Tries a token, and takes it in place of the one before. Rejects with `RailwayError`. */
  async login(given: string | undefined): Promise<void> {
    const token = given ?? this.#options.ownToken;
    if (token === undefined) {
      throw new ConsoleError('CONSOLE_BAD_REQUEST', 'there is no token', {
        remedy: 'Give one; https://railway.com/account/tokens makes them.',
      });
    }
    const { endpoint } = this.#options;
    const client = createRailwayClient({ token, endpoint });
    try {
      const signal = AbortSignal.timeout(loginTimeoutMs);
      const access = await client.access({ signal });
      const projects = await client.projects({ signal });
      const view = { ...ownerOf(access), projects: projects.map(({ id, name }) => ({ id, name })) };
      this.#session = { client, view };
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async environments(projectId: string): Promise<RailwayEnvironmentView[]> {
    const environments = await this.client.environments(projectId);
    return environments.map(({ id, name, isEphemeral }) => ({ id, name, isEphemeral }));
  }

  async logout(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.client.close();
  }
}

export function loggedOut(): ConsoleError {
  return new ConsoleError('CONSOLE_RAILWAY_LOGGED_OUT', 'no token of Railway is known to this console', {
    remedy: 'Connect Railway first.',
  });
}

function ownerOf(access: RailwayAccess): Pick<RailwayAccountView, 'kind' | 'owner'> {
  const { kind } = access;
  if (kind === 'project') return { kind };
  const owner = kind === 'account' ? access.name : access.workspaces.map(({ name }) => name).join(', ');
  return owner === undefined || owner === '' ? { kind } : { kind, owner };
}
