/**
 * The contract of one environment of one Railway project: its services, deployments and logs. Every call names the
 * environment. Where Railway takes only the id of a deployment, its environment is checked first, so that nothing in another
 * environment is changed.
 */

import type { DeploymentStreams } from '../streams/deployment-streams.ts';
import type {
  RailwayDeployment,
  RailwayPrivateName,
  RailwayRegion,
  RailwayService,
} from '../model/resources.ts';
import type { ServiceSettings } from '../operations/mutations.ts';
import type { ApiCallOptions } from '../calls/railway-api.ts';

/** The service that `createService` creates. */
export interface CreateServiceRequest {
  /** Also its host name in the private network: at most 32 lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly settings: ServiceSettings;
  /** Variables for this environment only. Values may refer to others: `${{RAILWAY_PRIVATE_DOMAIN}}`. */
  readonly variables: Readonly<Record<string, string>>;
}

/** One environment of a project. Every call rejects with `RailwayError`, or with the reason of its signal. */
export interface RailwayEnvironment extends DeploymentStreams {
  readonly projectId: string;
  readonly environmentId: string;
  /** All services of the environment. */
  services(options?: ApiCallOptions): Promise<RailwayService[]>;
  /** One service as it is in the environment. */
  service(serviceId: string, options?: ApiCallOptions): Promise<RailwayService>;
  /**
   * Services that have their own variable with this name: Railway has no labels, so a variable marks a service as one's own.
   * Reads names only, no values.
   */
  markedServices(variable: string, options?: ApiCallOptions): Promise<RailwayService[]>;
  /** Creates a service without deploying it. Rejects with RAILWAY_PLAN_LIMIT when the plan's limit is reached. */
  createService(request: CreateServiceRequest, options?: ApiCallOptions): Promise<RailwayService>;
  /** Changes settings. They take effect with the next deployment. */
  updateService(serviceId: string, settings: ServiceSettings, options?: ApiCallOptions): Promise<void>;
  /** Deletes a service from this environment only, and stops its deployments. */
  deleteService(serviceId: string, options?: ApiCallOptions): Promise<void>;
  /** The variables of a service with their values, which include secrets. References are resolved unless `unrendered`. */
  variables(
    serviceId: string,
    options?: ApiCallOptions & { readonly unrendered?: boolean },
  ): Promise<Record<string, string>>;
  /** Sets variables and keeps the others unless `replace`. Does not deploy. */
  setVariables(
    serviceId: string,
    variables: Readonly<Record<string, string>>,
    options?: ApiCallOptions & { readonly replace?: boolean },
  ): Promise<void>;
  /** The regions available to the project. */
  regions(options?: ApiCallOptions): Promise<RailwayRegion[]>;
  /** The resource limits as Railway returns them, including the plan's. Their format is not documented. */
  limits(serviceId: string, options?: ApiCallOptions): Promise<Record<string, unknown>>;
  /** Sets the resource limits of a service. */
  setLimits(
    serviceId: string,
    limits: { readonly vCPUs?: number; readonly memoryGB?: number },
    options?: ApiCallOptions,
  ): Promise<void>;
  /** The names of a service in the private network. Empty before the first deployment. */
  privateNames(serviceId: string, options?: ApiCallOptions): Promise<RailwayPrivateName[]>;
  /** Starts a deployment. Returns its id. */
  deploy(
    serviceId: string,
    options?: ApiCallOptions & { readonly commitSha?: string | undefined },
  ): Promise<string>;
  /** The current state of a deployment. */
  deployment(deploymentId: string, options?: ApiCallOptions): Promise<RailwayDeployment>;
  /** Restarts the container of a deployment. */
  restart(deploymentId: string, options?: ApiCallOptions): Promise<void>;
  /** Starts a new deployment from the same image. Returns its id. */
  redeploy(deploymentId: string, options?: ApiCallOptions): Promise<string>;
  /** Stops the containers of a deployment. */
  stop(deploymentId: string, options?: ApiCallOptions): Promise<void>;
  /** Cancels a deployment that is still queued or being built. */
  cancel(deploymentId: string, options?: ApiCallOptions): Promise<void>;
  /** Stops the containers of a deployment and removes it from the list; the service stays. */
  removeDeployment(deploymentId: string, options?: ApiCallOptions): Promise<void>;
}
