/** The queries and subscriptions of the simulator: one function per field of the schema, each with its check of the caller. */

import { GraphQLError } from 'graphql';
import { type Caller, notAuthorized, requireEnvironment, requireProject } from './access.ts';
import type { DeploymentRecord } from '../world/deployment-record.ts';
import { connection, type PageArguments, type Views } from './views.ts';
import { planLimits, type SimulatedWorld } from '../world/simulated-world.ts';

export interface RootContext {
  readonly caller: Caller;
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

function find(world: SimulatedWorld, caller: Caller, id: string): DeploymentRecord {
  if (caller.principal === undefined) throw notAuthorized();
  const deployment = world.deployment(id);
  requireEnvironment(world, caller, deployment.instance.environmentId);
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
    me: (_: never, { caller }) => {
      if (caller.principal?.kind !== 'account') throw notAuthorized();
      return { name: 'Simulated user', workspaces };
    },
    apiToken: (_: never, { caller }) => {
      if (caller.principal === undefined || caller.principal.kind === 'project') throw notAuthorized();
      return { workspaces };
    },
    projectToken: (_: never, { caller }) => {
      if (caller.header !== 'project' || caller.principal?.kind !== 'project') {
        throw new GraphQLError('Project Token not found');
      }
      const { projectId, environmentId } = caller.principal;
      return { projectId, environmentId };
    },
  };
}

function places(world: SimulatedWorld, views: Views): Root {
  return {
    projects: ({ workspaceId, ...page }: PageArguments & { workspaceId?: string }, { caller }) => {
      if (caller.principal === undefined || caller.principal.kind === 'project') throw notAuthorized();
      const all = [...world.projects.values()];
      return connection(
        workspaceId === undefined ? all : all.filter((one) => one.workspaceId === workspaceId),
        page,
      );
    },
    project: ({ id }: { id: string }, { caller }) => {
      requireProject(world, caller, id);
      return world.project(id);
    },
    environments: ({ projectId, ...page }: PageArguments & { projectId: string }, { caller }) => {
      requireProject(world, caller, projectId);
      if (caller.principal?.kind === 'project') throw notAuthorized();
      return connection(
        world.environmentsOf(projectId).map((one) => views.environment(one)),
        page,
      );
    },
    environment: ({ id }: { id: string }, { caller }) => {
      requireEnvironment(world, caller, id);
      return views.environment(world.environment(id));
    },
    regions: (_: never, { caller }) => {
      if (caller.principal === undefined) throw notAuthorized();
      return simulatedRegions;
    },
  };
}

function services(world: SimulatedWorld, views: Views): Root {
  return {
    serviceInstance: ({ environmentId, serviceId }: OfService, { caller }) => {
      requireEnvironment(world, caller, environmentId);
      return views.instance(world.instance(environmentId, serviceId));
    },
    serviceInstanceLimits: ({ environmentId, serviceId }: OfService, { caller }) => {
      requireEnvironment(world, caller, environmentId);
      const { limits } = world.instance(environmentId, serviceId);
      return { plan: planLimits, containers: limits };
    },
    variables: (
      {
        environmentId,
        serviceId,
        unrendered,
      }: { environmentId: string; serviceId?: string; unrendered?: boolean },
      { caller },
    ) => {
      requireEnvironment(world, caller, environmentId);
      if (serviceId === undefined) return world.environment(environmentId).shared;
      const instance = world.instance(environmentId, serviceId);
      return unrendered === true ? instance.variables : world.variablesOf(instance);
    },
    privateNetworks: ({ environmentId }: { environmentId: string }, { caller }) => {
      requireEnvironment(world, caller, environmentId);
      const tags = ['SUPPORTS_IPV4_PRIVNETS'];
      return [{ publicId: `network-${environmentId}`, dnsName: networkName, tags, deletedAt: null }];
    },
    privateNetworkEndpoint: ({ environmentId, serviceId }: OfService, { caller }) => {
      requireEnvironment(world, caller, environmentId);
      const { deployments, serviceName, endpoint } = world.instance(environmentId, serviceId);
      if (deployments.length === 0) return null;
      return { dnsName: serviceName, privateIps: endpoint.addresses, syncStatus: 'ACTIVE' };
    },
  };
}

function deployments(world: SimulatedWorld, views: Views): Root {
  return {
    deployment: ({ id }: { id: string }, { caller }) => views.deployment(find(world, caller, id)),
    deploymentEvents: ({ id, ...page }: PageArguments & { id: string }, { caller }) =>
      connection(views.events(find(world, caller, id)), page),
    buildLogs: ({ deploymentId, limit }: OfLogs, { caller }) =>
      lastLines(find(world, caller, deploymentId).buildLines.items, limit),
    deploymentLogs: ({ deploymentId, limit }: OfLogs, { caller }) =>
      lastLines(find(world, caller, deploymentId).lines.items, limit),
  };
}

/** The subscriptions: changes of a deployment, in the form of the schema. */
export function subscriptionRoot(world: SimulatedWorld, views: Views): Root {
  return {
    deployment: ({ id }: { id: string }, { caller }) => {
      const deployment = find(world, caller, id);
      return deployment.changes.follow((snapshot) => ({
        deployment: views.deployment(deployment, snapshot),
      }));
    },
    deploymentEvents: ({ id }: { id: string }, { caller }) => {
      const { events } = find(world, caller, id);
      const before = events.items.map((event) => ({ deploymentEvents: event }));
      return events.follow((event) => ({ deploymentEvents: event }), before);
    },
    buildLogs: ({ deploymentId, limit }: OfLogs, { caller }) => {
      const { buildLines } = find(world, caller, deploymentId);
      const before = lastLines(buildLines.items, limit);
      return buildLines.follow(
        (line) => ({ buildLogs: [line] }),
        before.length === 0 ? [] : [{ buildLogs: before }],
      );
    },
    deploymentLogs: ({ deploymentId, limit }: OfLogs, { caller }) => {
      const { lines } = find(world, caller, deploymentId);
      const before = lastLines(lines.items, limit);
      return lines.follow(
        (line) => ({ deploymentLogs: [line] }),
        before.length === 0 ? [] : [{ deploymentLogs: before }],
      );
    },
  };
}
