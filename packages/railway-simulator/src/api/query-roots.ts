/** What the simulator answers to queries: one function per field of the schema, each with its check of who asks. */

import { GraphQLError } from 'graphql';
import { type Asker, notAuthorized, requireEnvironment, requireProject } from './access.ts';
import type { DeploymentRecord } from '../world/deployment-record.ts';
import { connection, type PageArguments, type Views } from './views.ts';
import { planLimits, type SimulatedWorld } from '../world/simulated-world.ts';

export interface RootContext {
  readonly asker: Asker;
}

interface OfService {
  readonly environmentId: string;
  readonly serviceId: string;
}
interface OfLogs {
  readonly deploymentId: string;
  readonly limit?: number | undefined;
}

export const simulatedRegions: readonly { name: string; location: string; country: string }[] = [
  { name: 'us-west2', location: 'California', country: 'USA' },
  { name: 'us-east4-eqdc4a', location: 'Virginia', country: 'USA' },
  { name: 'europe-west4-drams3a', location: 'Amsterdam', country: 'Netherlands' },
  { name: 'asia-southeast1-eqsg3a', location: 'Singapore', country: 'Singapore' },
];

const networkName = 'railway';
const defaultLogLimit = 500;

/** The last `limit` lines. */
export function lastLines<Line>(lines: readonly Line[], limit: number = defaultLogLimit): Line[] {
  return limit <= 0 ? [] : lines.slice(-limit);
}

type Root = Record<string, (variables: never, context: RootContext) => unknown>;

function find(world: SimulatedWorld, asker: Asker, id: string): DeploymentRecord {
  if (asker.principal === undefined) throw notAuthorized();
  const deployment = world.deployment(id);
  requireEnvironment(world, asker, deployment.instance.environmentId);
  return deployment;
}

export function queryRoot(world: SimulatedWorld, views: Views): Root {
  return {
    ...identity(world),
    ...places(world, views),
    ...services(world, views),
    ...deployments(world, views),
  };
}

function identity(world: SimulatedWorld): Root {
  const workspaces = [world.workspace];
  return {
    me: (_: never, { asker }) => {
      if (asker.principal?.kind !== 'account') throw notAuthorized();
      return { name: 'Simulated user', workspaces };
    },
    apiToken: (_: never, { asker }) => {
      if (asker.principal === undefined || asker.principal.kind === 'project') throw notAuthorized();
      return { workspaces };
    },
    projectToken: (_: never, { asker }) => {
      if (asker.header !== 'project' || asker.principal?.kind !== 'project') {
        throw new GraphQLError('Project Token not found');
      }
      const { projectId, environmentId } = asker.principal;
      return { projectId, environmentId };
    },
  };
}

function places(world: SimulatedWorld, views: Views): Root {
  return {
    projects: ({ workspaceId, ...page }: PageArguments & { workspaceId?: string }, { asker }) => {
      if (asker.principal === undefined || asker.principal.kind === 'project') throw notAuthorized();
      const all = [...world.projects.values()];
      return connection(
        workspaceId === undefined ? all : all.filter((one) => one.workspaceId === workspaceId),
        page,
      );
    },
    project: ({ id }: { id: string }, { asker }) => {
      requireProject(world, asker, id);
      return world.project(id);
    },
    environments: ({ projectId, ...page }: PageArguments & { projectId: string }, { asker }) => {
      requireProject(world, asker, projectId);
      if (asker.principal?.kind === 'project') throw notAuthorized();
      return connection(
        world.environmentsOf(projectId).map((one) => views.environment(one)),
        page,
      );
    },
    environment: ({ id }: { id: string }, { asker }) => {
      requireEnvironment(world, asker, id);
      return views.environment(world.environment(id));
    },
    regions: (_: never, { asker }) => {
      if (asker.principal === undefined) throw notAuthorized();
      return simulatedRegions;
    },
  };
}

function services(world: SimulatedWorld, views: Views): Root {
  return {
    serviceInstance: ({ environmentId, serviceId }: OfService, { asker }) => {
      requireEnvironment(world, asker, environmentId);
      return views.instance(world.instance(environmentId, serviceId));
    },
    serviceInstanceLimits: ({ environmentId, serviceId }: OfService, { asker }) => {
      requireEnvironment(world, asker, environmentId);
      const { limits } = world.instance(environmentId, serviceId);
      return { plan: planLimits, containers: limits };
    },
    variables: (
      {
        environmentId,
        serviceId,
        unrendered,
      }: { environmentId: string; serviceId?: string; unrendered?: boolean },
      { asker },
    ) => {
      requireEnvironment(world, asker, environmentId);
      if (serviceId === undefined) return world.environment(environmentId).shared;
      const instance = world.instance(environmentId, serviceId);
      return unrendered === true ? instance.variables : world.variablesOf(instance);
    },
    privateNetworks: ({ environmentId }: { environmentId: string }, { asker }) => {
      requireEnvironment(world, asker, environmentId);
      const tags = ['SUPPORTS_IPV4_PRIVNETS'];
      return [{ publicId: `network-${environmentId}`, dnsName: networkName, tags, deletedAt: null }];
    },
    privateNetworkEndpoint: ({ environmentId, serviceId }: OfService, { asker }) => {
      requireEnvironment(world, asker, environmentId);
      const { deployments, serviceName, endpoint } = world.instance(environmentId, serviceId);
      if (deployments.length === 0) return null;
      return { dnsName: serviceName, privateIps: endpoint.addresses, syncStatus: 'ACTIVE' };
    },
  };
}

function deployments(world: SimulatedWorld, views: Views): Root {
  return {
    deployment: ({ id }: { id: string }, { asker }) => views.deployment(find(world, asker, id)),
    deploymentEvents: ({ id, ...page }: PageArguments & { id: string }, { asker }) =>
      connection(views.events(find(world, asker, id)), page),
    buildLogs: ({ deploymentId, limit }: OfLogs, { asker }) =>
      lastLines(find(world, asker, deploymentId).buildLines.items, limit),
    deploymentLogs: ({ deploymentId, limit }: OfLogs, { asker }) =>
      lastLines(find(world, asker, deploymentId).lines.items, limit),
  };
}

/** What the simulator tells on its own: news of a deployment, in the shape of the schema. */
export function subscriptionRoot(world: SimulatedWorld, views: Views): Root {
  return {
    deployment: ({ id }: { id: string }, { asker }) => {
      const deployment = find(world, asker, id);
      return deployment.changes.follow((moment) => ({ deployment: views.deployment(deployment, moment) }));
    },
    deploymentEvents: ({ id }: { id: string }, { asker }) => {
      const { events } = find(world, asker, id);
      const told = events.items.map((event) => ({ deploymentEvents: event }));
      return events.follow((event) => ({ deploymentEvents: event }), told);
    },
    buildLogs: ({ deploymentId, limit }: OfLogs, { asker }) => {
      const { buildLines } = find(world, asker, deploymentId);
      const before = lastLines(buildLines.items, limit);
      return buildLines.follow(
        (line) => ({ buildLogs: [line] }),
        before.length === 0 ? [] : [{ buildLogs: before }],
      );
    },
    deploymentLogs: ({ deploymentId, limit }: OfLogs, { asker }) => {
      const { lines } = find(world, asker, deploymentId);
      const before = lastLines(lines.items, limit);
      return lines.follow(
        (line) => ({ deploymentLogs: [line] }),
        before.length === 0 ? [] : [{ deploymentLogs: before }],
      );
    },
  };
}
