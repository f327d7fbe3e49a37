/**
 * The state of the simulated Railway: projects, environments, services, variables, deployments and their logs, in bounded
 * tables. Applies the API's mutations to them and refuses in Railway's words; starts nothing itself. No input or output, no
 * timers: the time is passed in as a function, ids are counted.
 */

import { GraphQLError } from 'graphql';
import { DeploymentRecord, type SimulatedInstance } from './deployment-record.ts';
import { renderVariables } from './render-variables.ts';
import type { SimulatedEndpoint, SimulatedService } from '../containers/simulated-runtime.ts';

export interface SimulatedEnvironment {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  /** Whether it is a fork of another one: services created in a fork are created nowhere else. */
  readonly isFork: boolean;
  readonly shared: Record<string, string>;
}

export interface SimulatedProject {
  readonly id: string;
  readonly name: string;
  readonly workspaceId: string;
}

export interface WorldOptions {
  readonly now: () => number;
  /** Maximum number of service instances in all environments together. */
  readonly serviceLimit: number;
}

export const planLimits = { vCPUs: 8, memoryGB: 8 } as const;
const maxDeployments = 500;
const maxVariables = 2000;

export class SimulatedWorld {
  readonly workspace: { readonly id: string; readonly name: string };
  readonly projects: Map<string, SimulatedProject> = new Map();
  readonly environments: Map<string, SimulatedEnvironment> = new Map();
  readonly #instances = new Map<string, SimulatedInstance>();
  readonly #deployments = new Map<string, DeploymentRecord>();
  readonly #options: WorldOptions;
  #ids = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.workspace = { id: this.newId(), name: 'Simulated workspace' };
  }

  newId(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${this.#ids.toString(16).padStart(12, '0')}`;
  }

  addProject(name: string, environments: readonly { name: string; isFork: boolean }[]): SimulatedProject {
    const project = { id: this.newId(), name, workspaceId: this.workspace.id };
    this.projects.set(project.id, project);
    for (const environment of environments) {
      const id = this.newId();
      this.environments.set(id, { ...environment, id, projectId: project.id, shared: {} });
    }
    return project;
  }

  environmentsOf(projectId: string): SimulatedEnvironment[] {
    return [...this.environments.values()].filter((environment) => environment.projectId === projectId);
  }

  project(id: string): SimulatedProject {
    return this.projects.get(id) ?? notFound('Project');
  }

  environment(id: string): SimulatedEnvironment {
    return this.environments.get(id) ?? notFound('Environment');
  }

  instancesOf(environmentId: string): SimulatedInstance[] {
    return [...this.#instances.values()].filter((instance) => instance.environmentId === environmentId);
  }

  instance(environmentId: string, serviceId: string): SimulatedInstance {
    return this.#instances.get(keyOf(environmentId, serviceId)) ?? notFound('ServiceInstance');
  }

  /** Finds an instance by its id, or by the id of a container that it has had. */
  findInstance(id: string): SimulatedInstance | undefined {
    const isIt = (one: SimulatedInstance): boolean =>
      one.id === id || one.deployments.some(({ instanceId }) => instanceId === id);
    return [...this.#instances.values()].find(isIt);
  }

  deployment(id: string): DeploymentRecord {
    return this.#deployments.get(id) ?? notFound('Deployment');
  }

  deployments(): DeploymentRecord[] {
    return [...this.#deployments.values()];
  }

  /** The environments to create a service in. As on Railway: all that are not forks, unless a fork is named. */
  placesFor(projectId: string, environmentId: string | undefined, name: string): SimulatedService[] {
    this.project(projectId);
    const all = this.environmentsOf(projectId);
    const named = all.find(({ id }) => id === environmentId);
    if (environmentId !== undefined && named === undefined) return notFound('Environment');
    const places = named?.isFork === true ? [named] : all.filter(({ isFork }) => !isFork);
    for (const { id } of places) {
      if (this.instancesOf(id).some(({ serviceName }) => serviceName === name)) {
        throw new GraphQLError(`A service named "${name}" already exists in this project`);
      }
    }
    if (this.#instances.size + places.length > this.#options.serviceLimit) {
      throw new GraphQLError(
        'Free plan resource provision limit exceeded. Please upgrade to provision more resources!',
      );
    }
    const serviceId = this.newId();
    return places.map((place) => ({ serviceId, serviceName: name, environmentId: place.id }));
  }

  addInstance(service: SimulatedService, endpoint: SimulatedEndpoint): SimulatedInstance {
    const { projectId } = this.environment(service.environmentId);
    const instance: SimulatedInstance = {
      ...service,
      id: this.newId(),
      projectId,
      endpoint,
      deployments: [],
      variables: {},
      source: undefined,
      region: 'us-west2',
      startCommand: undefined,
      drainingSeconds: 0,
      restartPolicy: { type: 'ON_FAILURE', maxRetries: 10 },
      limits: { ...planLimits },
    };
    this.#instances.set(keyOf(service.environmentId, service.serviceId), instance);
    return instance;
  }

  /** Its deployments can still be queried, as long as there is room for them. */
  removeInstance(instance: SimulatedInstance): void {
    this.#instances.delete(keyOf(instance.environmentId, instance.serviceId));
  }

  instancesOfService(serviceId: string): SimulatedInstance[] {
    return [...this.#instances.values()].filter((instance) => instance.serviceId === serviceId);
  }

  setVariables(instance: SimulatedInstance, variables: Record<string, string>, replace: boolean): void {
    const all = replace ? variables : { ...instance.variables, ...variables };
    if (Object.keys(all).length > maxVariables) throw new GraphQLError('Too many variables');
    instance.variables = all;
  }

  /** The variables of its container; the ids of a deployment only when there is one. */
  variablesOf(instance: SimulatedInstance, deployment?: DeploymentRecord): Record<string, string> {
    const { environmentId } = instance;
    const given = { ...this.#givenTo(instance), ...givenBy(deployment) };
    return renderVariables({
      own: instance.variables,
      given,
      shared: this.environment(environmentId).shared,
      service: (name) => {
        const other = this.instancesOf(environmentId).find(({ serviceName }) => serviceName === name);
        return other && { own: other.variables, given: this.#givenTo(other) };
      },
    });
  }

  addDeployment(instance: SimulatedInstance): DeploymentRecord {
    const { source, startCommand } = instance;
    if (source === undefined) throw new GraphQLError('Service has no source to deploy from');
    const deployment = new DeploymentRecord({
      id: this.newId(),
      instanceId: this.newId(),
      newId: () => this.newId(),
      now: this.#options.now,
      source,
      startCommand,
      instance,
    });
    instance.deployments.push(deployment);
    this.#deployments.set(deployment.id, deployment);
    this.#forgetOld();
    return deployment;
  }

  #givenTo(instance: SimulatedInstance): Record<string, string> {
    const environment = this.environment(instance.environmentId);
    return {
      RAILWAY_PROJECT_ID: instance.projectId,
      RAILWAY_PROJECT_NAME: this.project(instance.projectId).name,
      RAILWAY_ENVIRONMENT_ID: environment.id,
      RAILWAY_ENVIRONMENT_NAME: environment.name,
      RAILWAY_SERVICE_ID: instance.serviceId,
      RAILWAY_SERVICE_NAME: instance.serviceName,
      RAILWAY_PRIVATE_DOMAIN: instance.endpoint.domain,
    };
  }

  #forgetOld(): void {
    for (const [id, deployment] of this.#deployments) {
      if (this.#deployments.size <= maxDeployments) return;
      if (!deployment.isOver) continue;
      this.#deployments.delete(id);
      const { deployments } = deployment.instance;
      deployments.splice(deployments.indexOf(deployment), 1);
    }
  }
}

function givenBy(deployment: DeploymentRecord | undefined): Record<string, string> {
  if (deployment === undefined) return {};
  const { id, instanceId, instance } = deployment;
  return {
    RAILWAY_DEPLOYMENT_ID: id,
    RAILWAY_REPLICA_ID: instanceId,
    RAILWAY_REPLICA_REGION: instance.region,
  };
}

function keyOf(environmentId: string, serviceId: string): string {
  return `${environmentId} ${serviceId}`;
}

function notFound(what: string): never {
  throw new GraphQLError(`${what} not found`);
}
