/** The Railway token of this console, kept in memory only, and what it gives access to. */

import { createRailwayClient, type RailwayAccess, type RailwayClient } from '@convoy/cluster/railway';
import { ConsoleError } from '../../errors.ts';
import type { RailwayAccountView, RailwayEnvironmentView } from '../../protocol/index.ts';

/** Options of `RailwayAccount`. */
export interface RailwayAccountOptions {
  /** URL of the API. Default: Railway's. */
  readonly endpoint?: string | undefined;
  /** Token to use if the user gives none. */
  readonly ownToken?: string | undefined;
}

interface Session {
  readonly client: RailwayClient;
  readonly view: RailwayAccountView;
}

const loginTimeoutMs = 30_000;

/** The account that is logged in, if any. */
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

  /** The client of the account. Throws CONSOLE_RAILWAY_LOGGED_OUT. */
  get client(): RailwayClient {
    if (this.#session !== undefined) return this.#session.client;
    throw loggedOut();
  }

  /** Checks a token, and uses it instead of the previous one. Rejects with `RailwayError`, or CONSOLE_BAD_REQUEST if there is none. */
  async login(given: string | undefined): Promise<void> {
    const token = given ?? this.#options.ownToken;
    if (token === undefined) {
      throw new ConsoleError('CONSOLE_BAD_REQUEST', 'no Railway token was given', {
        remedy: 'Create one at https://railway.com/account/tokens and enter it.',
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

  /** The environments of a project. Rejects with `RailwayError`. */
  async environments(projectId: string): Promise<RailwayEnvironmentView[]> {
    const environments = await this.client.environments(projectId);
    return environments.map(({ id, name, isEphemeral }) => ({ id, name, isEphemeral }));
  }

  /** Forgets the token. */
  async logout(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.client.close();
  }
}

/** The error for requests that need an account. */
export function loggedOut(): ConsoleError {
  return new ConsoleError('CONSOLE_RAILWAY_LOGGED_OUT', 'this console is not connected to Railway', {
    remedy: 'Connect Railway with a token first.',
  });
}

function ownerOf(access: RailwayAccess): Pick<RailwayAccountView, 'kind' | 'owner'> {
  const { kind } = access;
  if (kind === 'project') return { kind };
  const owner = kind === 'account' ? access.name : access.workspaces.map(({ name }) => name).join(', ');
  return owner === undefined || owner === '' ? { kind } : { kind, owner };
}
