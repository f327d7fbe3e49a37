/**
 * One Railway environment, through the API.
 *
 * A service is created empty, because Railway creates it in every environment that is not a fork, with the given source and
 * variables. Variables and settings are then set in this environment only, without a deployment in between; then `deploy`
 * starts it. When one of these steps fails, the service is deleted from this environment.
 */

import { allPages } from '../operations/all-pages.ts';
import { checkServiceName, checkVariables } from '../model/check-input.ts';
import { DeploymentIds } from '../model/deployment-ids.ts';
import {
  DeploymentStreamer,
  type DeploymentStreams,
  type LogOptions,
} from '../streams/deployment-streams.ts';
import { RailwayError } from '../model/railway-error.ts';
import type {
  RailwayDeployment,
  RailwayDeploymentEvent,
  RailwayLogLine,
  RailwayPrivateName,
  RailwayRegion,
  RailwayService,
} from '../model/resources.ts';
import * as mutations from '../operations/mutations.ts';
import type { ServiceSettings } from '../operations/mutations.ts';
import type { RailwayOperation } from '../operations/operation.ts';
import * as queries from '../operations/queries.ts';
import type { ApiCallOptions, RailwayApi } from '../calls/railway-api.ts';
import type { CreateServiceRequest, RailwayEnvironment } from './railway-environment.ts';

interface Place {
  readonly projectId: string;
  readonly environmentId: string;
}

const ipv4Tag = 'SUPPORTS_IPV4_PRIVNETS';

export class EnvironmentCalls implements RailwayEnvironment {
  readonly projectId: string;
  readonly environmentId: string;
  readonly #api: RailwayApi;
  readonly #streams: DeploymentStreams;
  readonly #known: DeploymentIds;

  constructor(api: RailwayApi, place: Place) {
    this.#api = api;
    this.projectId = place.projectId;
    this.environmentId = place.environmentId;
    this.#known = new DeploymentIds(place.environmentId);
    this.#streams = new DeploymentStreamer({
      api,
      deployment: (id, options) => this.deployment(id, options),
      check: (id, options) => this.#checkDeployment(id, options),
    });
  }

  async services(options: ApiCallOptions = {}): Promise<RailwayService[]> {
    const services = await allPages(async (page) => {
      const variables = { ...page, ...this.#place };
      return (await this.#run(queries.servicesQuery, variables, options)).environment.serviceInstances;
    });
    return services.map((service) => this.#learnService(service));
  }

  async service(serviceId: string, options: ApiCallOptions = {}): Promise<RailwayService> {
    const answer = await this.#run(queries.serviceQuery, this.#of(serviceId), options);
    return this.#learnService(answer.serviceInstance);
  }

  async markedServices(variable: string, options: ApiCallOptions = {}): Promise<RailwayService[]> {
    const names = await allPages(async (page) => {
      const variables = { ...page, ...this.#place };
      return (await this.#run(queries.variableNamesQuery, variables, options)).environment.variables;
    });
    const marked = new Set(names.filter(({ name }) => name === variable).map(({ serviceId }) => serviceId));
    if (marked.size === 0) return [];
    const services = await this.services(options);
    return services.filter(({ serviceId }) => marked.has(serviceId));
  }

  async createService(request: CreateServiceRequest, options: ApiCallOptions = {}): Promise<RailwayService> {
    const { name, settings, variables } = request;
    checkServiceName(name);
    checkVariables(variables);
    const input = { ...this.#place, name };
    const { serviceCreate } = await this.#run(mutations.serviceCreateMutation, { input }, options);
    try {
      await this.setVariables(serviceCreate.id, variables, options);
      await this.updateService(serviceCreate.id, settings, options);
      return await this.service(serviceCreate.id, options);
    } catch (error) {
      await this.#undo(serviceCreate.id, error);
      throw error;
    }
  }

  async updateService(
    serviceId: string,
    settings: ServiceSettings,
    options: ApiCallOptions = {},
  ): Promise<void> {
    if (Object.keys(settings).length === 0) return;
    const variables = { ...this.#of(serviceId), input: settings };
    await this.#run(mutations.serviceInstanceUpdateMutation, variables, options);
  }

  async deleteService(serviceId: string, options: ApiCallOptions = {}): Promise<void> {
    const variables = { id: serviceId, environmentId: this.environmentId };
    await this.#run(mutations.serviceDeleteMutation, variables, options);
  }

  async variables(
    serviceId: string,
    options: ApiCallOptions & { readonly unrendered?: boolean } = {},
  ): Promise<Record<string, string>> {
    const { unrendered = false } = options;
    const variables = { ...this.#of(serviceId), projectId: this.projectId, unrendered };
    return (await this.#run(queries.variablesQuery, variables, options)).variables;
  }

  async setVariables(
    serviceId: string,
    variables: Readonly<Record<string, string>>,
    options: ApiCallOptions & { readonly replace?: boolean } = {},
  ): Promise<void> {
    checkVariables(variables);
    const { replace = false } = options;
    if (Object.keys(variables).length === 0 && !replace) return;
    const place = { ...this.#of(serviceId), projectId: this.projectId };
    const input = { ...place, variables, replace, skipDeploys: true };
    await this.#run(mutations.variablesUpsertMutation, { input }, options);
  }

  async regions(options: ApiCallOptions = {}): Promise<RailwayRegion[]> {
    return (await this.#run(queries.regionsQuery, { projectId: this.projectId }, options)).regions;
  }

  async limits(serviceId: string, options: ApiCallOptions = {}): Promise<Record<string, unknown>> {
    const answer = await this.#run(queries.serviceLimitsQuery, this.#of(serviceId), options);
    return answer.serviceInstanceLimits;
  }

  async setLimits(
    serviceId: string,
    limits: { readonly vCPUs?: number; readonly memoryGB?: number },
    options: ApiCallOptions = {},
  ): Promise<void> {
    const input = { ...this.#of(serviceId), ...limits };
    await this.#run(mutations.serviceLimitsUpdateMutation, { input }, options);
  }

  async privateNames(serviceId: string, options: ApiCallOptions = {}): Promise<RailwayPrivateName[]> {
    const { environmentId } = this;
    const { privateNetworks } = await this.#run(queries.privateNetworksQuery, { environmentId }, options);
    const names: RailwayPrivateName[] = [];
    for (const network of privateNetworks) {
      if (network.deletedAt !== undefined) continue;
      const variables = { ...this.#of(serviceId), privateNetworkId: network.publicId };
      const answer = await this.#run(queries.privateEndpointQuery, variables, options);
      const endpoint = answer.privateNetworkEndpoint;
      if (endpoint === undefined) continue;
      names.push({
        host: `${endpoint.dnsName}.${network.dnsName}.internal`,
        addresses: endpoint.privateIps,
        syncStatus: endpoint.syncStatus,
        hasIpv4: network.tags.includes(ipv4Tag),
      });
    }
    return names;
  }

  async deploy(
    serviceId: string,
    options: ApiCallOptions & { readonly commitSha?: string | undefined } = {},
  ): Promise<string> {
    const { commitSha } = options;
    const variables = { ...this.#of(serviceId), commitSha };
    const answer = await this.#run(mutations.deployMutation, variables, options);
    return this.#known.add(answer.serviceInstanceDeployV2);
  }

  async deployment(deploymentId: string, options: ApiCallOptions = {}): Promise<RailwayDeployment> {
    const { deployment } = await this.#run(queries.deploymentQuery, { id: deploymentId }, options);
    return this.#known.learn(deployment);
  }

  restart(deploymentId: string, options: ApiCallOptions = {}): Promise<void> {
    return this.#control(mutations.restartMutation, deploymentId, options);
  }

  async redeploy(deploymentId: string, options: ApiCallOptions = {}): Promise<string> {
    await this.#checkDeployment(deploymentId, options);
    const variables = { id: deploymentId, usePreviousImageTag: true };
    const answer = await this.#run(mutations.redeployMutation, variables, options);
    return this.#known.add(answer.deploymentRedeploy.id);
  }

  stop(deploymentId: string, options: ApiCallOptions = {}): Promise<void> {
    return this.#control(mutations.stopMutation, deploymentId, options);
  }

  cancel(deploymentId: string, options: ApiCallOptions = {}): Promise<void> {
    return this.#control(mutations.cancelMutation, deploymentId, options);
  }

  removeDeployment(deploymentId: string, options: ApiCallOptions = {}): Promise<void> {
    return this.#control(mutations.removeMutation, deploymentId, options);
  }

  watchDeployment(deploymentId: string, options: ApiCallOptions = {}): AsyncGenerator<RailwayDeployment> {
    return this.#streams.watchDeployment(deploymentId, options);
  }

  deploymentEvents(
    deploymentId: string,
    options: ApiCallOptions = {},
  ): AsyncGenerator<RailwayDeploymentEvent> {
    return this.#streams.deploymentEvents(deploymentId, options);
  }

  buildLogs(deploymentId: string, options: LogOptions = {}): AsyncGenerator<RailwayLogLine> {
    return this.#streams.buildLogs(deploymentId, options);
  }

  deploymentLogs(deploymentId: string, options: LogOptions = {}): AsyncGenerator<RailwayLogLine> {
    return this.#streams.deploymentLogs(deploymentId, options);
  }

  recentBuildLogs(deploymentId: string, options: LogOptions = {}): Promise<RailwayLogLine[]> {
    return this.#streams.recentBuildLogs(deploymentId, options);
  }

  recentLogs(deploymentId: string, options: LogOptions = {}): Promise<RailwayLogLine[]> {
    return this.#streams.recentLogs(deploymentId, options);
  }

  get #place(): Place {
    return { projectId: this.projectId, environmentId: this.environmentId };
  }

  #of(serviceId: string): { environmentId: string; serviceId: string } {
    return { environmentId: this.environmentId, serviceId };
  }

  async #run<Variables extends object, Answer>(
    operation: RailwayOperation<Variables, Answer>,
    variables: Variables,
    options: ApiCallOptions,
  ): Promise<Answer> {
    const access = await this.#api.access(options);
    if (access.kind === 'project' && access.environmentId !== this.environmentId) {
      const message = `the project token does not belong to environment ${this.environmentId}`;
      throw new RailwayError('RAILWAY_WRONG_ENVIRONMENT', message, {
        operation: operation.name,
        remedy: 'Use the token of that environment, or an account or workspace token.',
      });
    }
    return this.#api.run(operation, variables, options);
  }

  async #control(
    operation: RailwayOperation<{ readonly id: string }, unknown>,
    deploymentId: string,
    options: ApiCallOptions,
  ): Promise<void> {
    await this.#checkDeployment(deploymentId, options);
    await this.#run(operation, { id: deploymentId }, options);
  }

  /** Asks Railway which environment an unknown deployment belongs to. */
  async #checkDeployment(deploymentId: string, options: ApiCallOptions): Promise<void> {
    if (!this.#known.has(deploymentId)) await this.deployment(deploymentId, options);
  }

  #learnService(service: RailwayService): RailwayService {
    for (const { id } of service.activeDeployments) this.#known.add(id);
    if (service.latestDeployment !== undefined) this.#known.add(service.latestDeployment.id);
    return service;
  }

  /** Ignores the caller's signal, which is often the reason for the failure. */
  async #undo(serviceId: string, why: unknown): Promise<void> {
    try {
      await this.deleteService(serviceId);
    } catch (cause) {
      const message = `service ${serviceId} was only partly created and could not be deleted: ${(cause as Error).message}`;
      throw new RailwayError('RAILWAY_REFUSED', message, {
        operation: mutations.serviceDeleteMutation.name,
        remedy: 'Delete the service manually on Railway.',
        cause: new AggregateError([why, cause], 'creating the service failed, and so did deleting it'),
      });
    }
  }
}
