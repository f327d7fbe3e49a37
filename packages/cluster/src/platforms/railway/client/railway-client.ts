/**
 * Railway through its GraphQL API: the projects and environments a token can access, and access to one environment. A call
 * can only change the environment it names.
 */

import { allPages } from '../operations/all-pages.ts';
import { EnvironmentCalls } from './environment-calls.ts';
import { RailwayError } from '../model/railway-error.ts';
import type { RailwayAccess, RailwayEnvironmentInfo, RailwayProject } from '../model/resources.ts';
import { environmentQuery, environmentsQuery, projectQuery, projectsQuery } from '../operations/queries.ts';
import { RailwayApi, type ApiCallOptions, type RailwayClientOptions } from '../calls/railway-api.ts';
import type { RailwayEnvironment } from './railway-environment.ts';
import type { BudgetReading } from '../calls/request-budget.ts';

/** A client of Railway's API. Every call rejects with `RailwayError`, or with the reason of its signal. */
export interface RailwayClient {
  /** URL of the API. */
  readonly endpoint: string;
  /** The request limit, as of Railway's last answer. */
  readonly budget: BudgetReading;
  /** The kind of the token; takes up to three requests, then cached. RAILWAY_TOKEN_REFUSED when Railway refuses it. */
  access(options?: ApiCallOptions): Promise<RailwayAccess>;
  /** All projects that the token can access. */
  projects(options?: ApiCallOptions): Promise<RailwayProject[]>;
  /** All environments of a project that the token can access. */
  environments(projectId: string, options?: ApiCallOptions): Promise<RailwayEnvironmentInfo[]>;
  /** Access to one environment. Makes no request yet. */
  environment(place: { readonly projectId: string; readonly environmentId: string }): RailwayEnvironment;
  /** Ends subscriptions and calls with RAILWAY_CLOSED. Deployments on Railway keep running. Idempotent. */
  close(): Promise<void>;
  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Creates a client; makes no request yet. Throws RAILWAY_BAD_INPUT for a malformed token, and RAILWAY_BAD_ENDPOINT. */
export function createRailwayClient(options: RailwayClientOptions): RailwayClient {
  return new Client(new RailwayApi(options));
}

class Client implements RailwayClient {
  readonly #api: RailwayApi;

  constructor(api: RailwayApi) {
    this.#api = api;
  }

  get endpoint(): string {
    return this.#api.endpoint.http;
  }

  get budget(): BudgetReading {
    return this.#api.budget;
  }

  access(options: ApiCallOptions = {}): Promise<RailwayAccess> {
    return this.#api.access(options);
  }

  async projects(options: ApiCallOptions = {}): Promise<RailwayProject[]> {
    const access = await this.#api.access(options);
    if (access.kind === 'project') {
      const { project } = await this.#api.run(projectQuery, { id: access.projectId }, options);
      return [project];
    }
    const found = new Map<string, RailwayProject>();
    const filters =
      access.workspaces.length === 0 ? [{}] : access.workspaces.map(({ id }) => ({ workspaceId: id }));
    for (const filter of filters) {
      const projects = await allPages(
        async (page) => (await this.#api.run(projectsQuery, { ...page, ...filter }, options)).projects,
      );
      for (const project of projects) found.set(project.id, project);
    }
    return [...found.values()];
  }

  async environments(projectId: string, options: ApiCallOptions = {}): Promise<RailwayEnvironmentInfo[]> {
    const access = await this.#api.access(options);
    if (access.kind === 'project') {
      if (access.projectId !== projectId) throw wrongProject(projectId);
      const variables = { id: access.environmentId, projectId };
      const { environment } = await this.#api.run(environmentQuery, variables, options);
      return [environment];
    }
    return allPages(
      async (page) => (await this.#api.run(environmentsQuery, { ...page, projectId }, options)).environments,
    );
  }

  environment(place: { readonly projectId: string; readonly environmentId: string }): RailwayEnvironment {
    return new EnvironmentCalls(this.#api, place);
  }

  close(): Promise<void> {
    return this.#api.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function wrongProject(projectId: string): RailwayError {
  return new RailwayError(
    'RAILWAY_WRONG_ENVIRONMENT',
    `the project token does not belong to project ${projectId}`,
    {
      remedy: 'Use the token of that project, or an account or workspace token.',
    },
  );
}
