/**
 * The contract of one environment of one Railway project: its services, deployments and logs. Every call names the
 * environment, and what Railway knows by the id of a deployment alone is looked at first, so that nothing of another
 * environment is touched.
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

export interface CreateServiceRequest {
  /** Its host name in the private network too: small letters, digits, hyphens, at most 32. */
  readonly name: string;
  readonly settings: ServiceSettings;
  /** For this environment only. Values may refer to others: `${{RAILWAY_PRIVATE_DOMAIN}}`. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Every call rejects with `RailwayError`, or with the reason of its signal. */
export interface RailwayEnvironment extends DeploymentStreams {
  readonly projectId: string;
  readonly environmentId: string;
  services(options?: ApiCallOptions): Promise<RailwayService[]>;
  service(serviceId: string, options?: ApiCallOptions): Promise<RailwayService>;
  /**
   * Services that have a variable of that name of their own: Railway has no labels, so a variable marks what is one's
   * own. Reads names only, no values.
   */
  markedServices(variable: string, options?: ApiCallOptions): Promise<RailwayService[]>;
  /** Makes it, and leaves it undeployed. RAILWAY_PLAN_LIMIT when the plan allows no more. */
  createService(request: CreateServiceRequest, options?: ApiCallOptions): Promise<RailwayService>;
  /** Takes effect with the next deployment. */
  updateService(serviceId: string, settings: ServiceSettings, options?: ApiCallOptions): Promise<void>;
  /** From this environment only; what runs there ends. */
  deleteService(serviceId: string, options?: ApiCallOptions): Promise<void>;
  /** With values, references in them followed unless `unrendered`. Secrets are among them. */
  variables(
    serviceId: string,
    options?: ApiCallOptions & { readonly unrendered?: boolean },
  ): Promise<Record<string, string>>;
  /** Adds to what is there; `replace` takes the others away. Deploys nothing. */
  setVariables(
    serviceId: string,
    variables: Readonly<Record<string, string>>,
    options?: ApiCallOptions & { readonly replace?: boolean },
  ): Promise<void>;
  regions(options?: ApiCallOptions): Promise<RailwayRegion[]>;
  /** As Railway gives them, plan included; it does not say what is in it. */
  limits(serviceId: string, options?: ApiCallOptions): Promise<Record<string, unknown>>;
  setLimits(
    serviceId: string,
    limits: { readonly vCPUs?: number; readonly memoryGB?: number },
    options?: ApiCallOptions,
  ): Promise<void>;
  /** Empty before the first deployment. */
  privateNames(serviceId: string, options?: ApiCallOptions): Promise<RailwayPrivateName[]>;
  /** Starts a deployment. Returns its id. */
  deploy(
    serviceId: string,
    options?: ApiCallOptions & { readonly commitSha?: string | undefined },
  ): Promise<string>;
  deployment(deploymentId: string, options?: ApiCallOptions): Promise<RailwayDeployment>;
  /** The same container anew. */
  restart(deploymentId: string, options?: ApiCallOptions): Promise<void>;
  /** A new deployment from the same image. Returns its id. */
  redeploy(deploymentId: string, options?: ApiCallOptions): Promise<string>;
  /** Ends its containers. */
  stop(deploymentId: string, options?: ApiCallOptions): Promise<void>;
  /** For what is still queued or being built. */
  cancel(deploymentId: string, options?: ApiCallOptions): Promise<void>;
  /** Ends its containers and takes it out of the list; the service stays. */
  removeDeployment(deploymentId: string, options?: ApiCallOptions): Promise<void>;
}
