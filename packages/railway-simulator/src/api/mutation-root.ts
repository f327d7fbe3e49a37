/** The mutations of the simulator: one function per mutation of the schema. */

import { GraphQLError } from 'graphql';
import type { RailwaySource } from '@convoy/cluster/railway';
import { notAuthorized, requireEnvironment, requireProject } from './access.ts';
import type { DeploymentEngine } from '../world/deployment-engine.ts';
import type { DeploymentInput } from '../world/deployment-machine.ts';
import type { DeploymentRecord, SimulatedInstance } from '../world/deployment-record.ts';
import { type RootContext, simulatedRegions } from './query-roots.ts';
import type { SimulatedRuntime } from '../containers/simulated-runtime.ts';
import type { Views } from './views.ts';
import { planLimits, type SimulatedWorld } from '../world/simulated-world.ts';

interface OfService {
  readonly environmentId: string;
  readonly serviceId: string;
}

interface Settings {
  readonly source?: { readonly image?: string; readonly repo?: string };
  readonly region?: string | undefined;
  readonly numReplicas?: number;
  readonly startCommand?: string | undefined;
  readonly drainingSeconds?: number;
  readonly restartPolicyType?: 'ALWAYS' | 'NEVER' | 'ON_FAILURE';
  readonly restartPolicyMaxRetries?: number;
}

export interface MutationOptions {
  readonly world: SimulatedWorld;
  readonly engine: DeploymentEngine;
  readonly runtime: SimulatedRuntime;
  readonly views: Views;
}

type Root = Record<string, (variables: never, context: RootContext) => unknown>;

export function mutationRoot(options: MutationOptions): Root {
  return { ...serviceMutations(options), ...settingMutations(options), ...deploymentMutations(options) };
}

function serviceMutations({ world, engine, runtime }: MutationOptions): Root {
  return {
    serviceCreate: async (
      { input }: { input: { projectId: string; environmentId?: string; name?: string | undefined } },
      { caller },
    ) => {
      const { projectId, environmentId, name } = input;
      if (environmentId === undefined) requireProject(world, caller, projectId);
      else requireEnvironment(world, caller, environmentId);
      const places = world.placesFor(projectId, environmentId, name ?? `service-${world.newId().slice(-4)}`);
      const [first] = places;
      if (first === undefined) throw new GraphQLError('Project has no environment');
      for (const place of places) world.addInstance(place, await runtime.attach(place));
      return { id: first.serviceId };
    },
    serviceDelete: ({ id, environmentId }: { id: string; environmentId?: string }, { caller }) => {
      const all = world.instancesOfService(id);
      const chosen =
        environmentId === undefined
          ? all
          : all.filter((instance) => instance.environmentId === environmentId);
      if (caller.principal === undefined) throw notAuthorized();
      if (chosen.length === 0) throw new GraphQLError('Service not found');
      for (const instance of chosen) requireEnvironment(world, caller, instance.environmentId);
      for (const instance of chosen) engine.remove(instance);
      return true;
    },
    serviceInstanceDeployV2: ({ environmentId, serviceId }: OfService, { caller }) => {
      requireEnvironment(world, caller, environmentId);
      return engine.deploy(world.instance(environmentId, serviceId)).id;
    },
  };
}

function settingMutations({ world }: MutationOptions): Root {
  return {
    serviceInstanceUpdate: (
      { environmentId, serviceId, input }: { environmentId?: string; serviceId: string; input: Settings },
      { caller },
    ) => {
      if (environmentId === undefined) throw new GraphQLError('environmentId is required by the simulator');
      requireEnvironment(world, caller, environmentId);
      applySettings(world.instance(environmentId, serviceId), input);
      return true;
    },
    serviceInstanceLimitsUpdate: (
      { input }: { input: OfService & { vCPUs?: number; memoryGB?: number } },
      { caller },
    ) => {
      const { environmentId, serviceId, vCPUs, memoryGB } = input;
      requireEnvironment(world, caller, environmentId);
      if ((vCPUs ?? 0) > planLimits.vCPUs || (memoryGB ?? 0) > planLimits.memoryGB) {
        throw new GraphQLError('Requested resources exceed the limit of your plan');
      }
      const instance = world.instance(environmentId, serviceId);
      const { limits } = instance;
      instance.limits = { vCPUs: vCPUs ?? limits.vCPUs, memoryGB: memoryGB ?? limits.memoryGB };
      return true;
    },
    variableCollectionUpsert: (
      {
        input,
      }: {
        input: {
          environmentId: string;
          serviceId?: string;
          variables: unknown;
          replace?: boolean;
        };
      },
      { caller },
    ) => {
      const { environmentId, serviceId, replace } = input;
      requireEnvironment(world, caller, environmentId);
      const variables = textsOf(input.variables);
      if (serviceId === undefined) Object.assign(world.environment(environmentId).shared, variables);
      else world.setVariables(world.instance(environmentId, serviceId), variables, replace === true);
      return true;
    },
  };
}

function applySettings(instance: SimulatedInstance, input: Settings): void {
  const { source, region, numReplicas } = input;
  if (numReplicas !== undefined && numReplicas !== 1) {
    throw new GraphQLError('The simulator runs one replica of a service');
  }
  if (region !== undefined && !simulatedRegions.some(({ name }) => name === region)) {
    throw new GraphQLError(`Region ${region} not found`);
  }
  if (source !== undefined) instance.source = sourceOf(source);
  instance.region = region ?? instance.region;
  instance.startCommand = input.startCommand ?? instance.startCommand;
  instance.drainingSeconds = Math.max(0, Math.min(input.drainingSeconds ?? instance.drainingSeconds, 600));
  const { type, maxRetries } = instance.restartPolicy;
  instance.restartPolicy = {
    type: input.restartPolicyType ?? type,
    maxRetries: Math.max(0, Math.min(input.restartPolicyMaxRetries ?? maxRetries, 10)),
  };
}

function sourceOf({ image, repo }: { readonly image?: string; readonly repo?: string }): RailwaySource {
  if (image !== undefined && repo === undefined) return { image };
  if (repo !== undefined && image === undefined) return { repo };
  throw new GraphQLError('A source is either an image or a repo');
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GraphQLError('variables must be a map');
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, text]: [string, unknown]) => {
      if (typeof text !== 'string') throw new GraphQLError(`variable ${name} must be a string`);
      return [name, text];
    }),
  );
}

function deploymentMutations({ world, engine }: MutationOptions): Root {
  const find = (id: string, { caller }: RootContext): DeploymentRecord => {
    if (caller.principal === undefined) throw notAuthorized();
    const deployment = world.deployment(id);
    requireEnvironment(world, caller, deployment.instance.environmentId);
    return deployment;
  };
  const dispatching =
    (input: DeploymentInput, isAllowed: (deployment: DeploymentRecord) => boolean) =>
    ({ id }: { id: string }, context: RootContext): boolean => {
      const deployment = find(id, context);
      if (!isAllowed(deployment)) {
        throw new GraphQLError(`Cannot ${input.kind} a deployment that is ${deployment.state.status}`);
      }
      engine.dispatch(deployment, input);
      return true;
    };
  const isStarted = ({ state }: DeploymentRecord): boolean => ['SUCCESS', 'CRASHED'].includes(state.status);
  const isWaiting = ({ state }: DeploymentRecord): boolean =>
    ['INITIALIZING', 'QUEUED', 'BUILDING'].includes(state.status);
  return {
    deploymentRestart: dispatching({ kind: 'restart' }, isStarted),
    deploymentStop: dispatching({ kind: 'stop' }, isStarted),
    deploymentCancel: dispatching({ kind: 'cancel' }, isWaiting),
    deploymentRemove: dispatching({ kind: 'remove' }, () => true),
    deploymentRedeploy: ({ id }: { id: string }, context) => {
      const { instance } = find(id, context);
      world.instance(instance.environmentId, instance.serviceId);
      return { id: engine.deploy(instance).id };
    },
  };
}
