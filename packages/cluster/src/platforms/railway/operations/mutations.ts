/**
 * Everything Convoy changes on Railway. Mutations that would affect every environment when none is named always get one here:
 * the types require it.
 */

import { z } from 'zod';
import * as answers from './answers.ts';
import { createOperation, type RailwayOperation } from './operation.ts';

interface OfService {
  readonly environmentId: string;
  readonly serviceId: string;
}
interface OfDeployment {
  readonly id: string;
}

/** Without source and variables: Railway would set both in other environments as well. */
export const serviceCreateMutation: RailwayOperation<
  { readonly input: { readonly projectId: string; readonly environmentId: string; readonly name: string } },
  { serviceCreate: { id: string } }
> = createOperation(
  `mutation ServiceCreate($input: ServiceCreateInput!) { serviceCreate(input: $input) { id } }`,
  z.object({ serviceCreate: z.object({ id: answers.id }) }),
);

export const serviceDeleteMutation: RailwayOperation<
  { readonly id: string; readonly environmentId: string },
  { serviceDelete: boolean }
> = createOperation(
  `mutation ServiceDelete($id: String!, $environmentId: String!) {
    serviceDelete(id: $id, environmentId: $environmentId)
  }`,
  z.object({ serviceDelete: answers.done }),
  { isCleanUp: true },
);

/** How a service runs in one environment. Omitted settings stay unchanged. */
export interface ServiceSettings {
  readonly source?: { readonly image: string } | { readonly repo: string };
  /** Credentials for a private image. */
  readonly registryCredentials?: { readonly username: string; readonly password: string };
  readonly region?: string | undefined;
  readonly numReplicas?: number;
  /** Command to run, without a shell. */
  readonly startCommand?: string | undefined;
  readonly rootDirectory?: string;
  readonly dockerfilePath?: string;
  /** Grace period between SIGTERM and SIGKILL in seconds. Railway's default is 0. */
  readonly drainingSeconds?: number;
  readonly restartPolicyType?: 'ALWAYS' | 'NEVER' | 'ON_FAILURE';
  readonly restartPolicyMaxRetries?: number;
  readonly sleepApplication?: boolean;
}

export const serviceInstanceUpdateMutation: RailwayOperation<
  OfService & { readonly input: ServiceSettings },
  { serviceInstanceUpdate: boolean }
> = createOperation(
  `mutation ServiceInstanceUpdate(
    $serviceId: String!, $environmentId: String!, $input: ServiceInstanceUpdateInput!
  ) {
    serviceInstanceUpdate(serviceId: $serviceId, environmentId: $environmentId, input: $input)
  }`,
  z.object({ serviceInstanceUpdate: answers.done }),
);

export const serviceLimitsUpdateMutation: RailwayOperation<
  { readonly input: OfService & { readonly vCPUs?: number; readonly memoryGB?: number } },
  { serviceInstanceLimitsUpdate: boolean }
> = createOperation(
  `mutation ServiceLimitsUpdate($input: ServiceInstanceLimitsUpdateInput!) {
    serviceInstanceLimitsUpdate(input: $input)
  }`,
  z.object({ serviceInstanceLimitsUpdate: answers.done }),
);

export const variablesUpsertMutation: RailwayOperation<
  {
    readonly input: OfService & {
      readonly projectId: string;
      readonly variables: Readonly<Record<string, string>>;
      readonly replace: boolean;
      readonly skipDeploys: boolean;
    };
  },
  { variableCollectionUpsert: boolean }
> = createOperation(
  `mutation VariablesUpsert($input: VariableCollectionUpsertInput!) { variableCollectionUpsert(input: $input) }`,
  z.object({ variableCollectionUpsert: answers.done }),
);

export const deployMutation: RailwayOperation<
  OfService & { readonly commitSha?: string | undefined },
  { serviceInstanceDeployV2: string }
> = createOperation(
  `mutation Deploy($serviceId: String!, $environmentId: String!, $commitSha: String) {
    serviceInstanceDeployV2(serviceId: $serviceId, environmentId: $environmentId, commitSha: $commitSha)
  }`,
  z.object({ serviceInstanceDeployV2: answers.id }),
);

/** Restarts the same container in place. */
export const restartMutation: RailwayOperation<OfDeployment, { deploymentRestart: boolean }> =
  createOperation(
    `mutation Restart($id: String!) { deploymentRestart(id: $id) }`,
    z.object({ deploymentRestart: answers.done }),
  );

/** Starts a new deployment of the same image. */
export const redeployMutation: RailwayOperation<
  OfDeployment & { readonly usePreviousImageTag: boolean },
  { deploymentRedeploy: { id: string } }
> = createOperation(
  `mutation Redeploy($id: String!, $usePreviousImageTag: Boolean) {
    deploymentRedeploy(id: $id, usePreviousImageTag: $usePreviousImageTag) { id }
  }`,
  z.object({ deploymentRedeploy: z.object({ id: answers.id }) }),
);

export const stopMutation: RailwayOperation<OfDeployment, { deploymentStop: boolean }> = createOperation(
  `mutation Stop($id: String!) { deploymentStop(id: $id) }`,
  z.object({ deploymentStop: answers.done }),
  { isCleanUp: true },
);

/** Cancels a deployment that is queued or being built. */
export const cancelMutation: RailwayOperation<OfDeployment, { deploymentCancel: boolean }> = createOperation(
  `mutation Cancel($id: String!) { deploymentCancel(id: $id) }`,
  z.object({ deploymentCancel: answers.done }),
  { isCleanUp: true },
);

/** Removes the deployment; the service stays. */
export const removeMutation: RailwayOperation<OfDeployment, { deploymentRemove: boolean }> = createOperation(
  `mutation Remove($id: String!) { deploymentRemove(id: $id) }`,
  z.object({ deploymentRemove: answers.done }),
  { isCleanUp: true },
);
