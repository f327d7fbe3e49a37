/** All queries that Convoy sends to Railway. */

import { z } from 'zod';
import * as answers from './answers.ts';
import type { Page, PrivateEndpoint, PrivateNetwork } from './answers.ts';
import type {
  RailwayDeployment,
  RailwayDeploymentEvent,
  RailwayEnvironmentInfo,
  RailwayLogLine,
  RailwayProject,
  RailwayRegion,
  RailwayService,
  RailwayVariableName,
  RailwayWorkspace,
} from '../model/resources.ts';
import { createOperation, type RailwayOperation } from './operation.ts';

interface OfPage {
  readonly first: number;
  readonly after?: string | undefined;
}
interface OfService {
  readonly environmentId: string;
  readonly serviceId: string;
}
type Nothing = Readonly<Record<string, never>>;

const summaryFields = 'id status deploymentStopped createdAt';

export const serviceFields: string = `id serviceId serviceName environmentId region numReplicas startCommand
  source { image repo } latestDeployment { ${summaryFields} } activeDeployments { ${summaryFields} }`;

export const deploymentFields = `id status deploymentStopped createdAt updatedAt environmentId serviceId
  instances { id status } sockets { ipv6 port processName }`;

export const eventFields = 'id step createdAt completedAt payload { error reason skipped durationMs }';

export const logFields = 'timestamp message severity tags { deploymentInstanceId }';

const pageInfo = 'pageInfo { hasNextPage endCursor }';

/** Only allowed with an account token. */
export const accountQuery: RailwayOperation<
  Nothing,
  { me: { name: string | undefined; workspaces: RailwayWorkspace[] } }
> = createOperation(
  `query Account { me { name workspaces { id name } } }`,
  z.object({ me: answers.account }),
);

/** Only allowed with an account or workspace token. */
export const apiTokenQuery: RailwayOperation<Nothing, { apiToken: { workspaces: RailwayWorkspace[] } }> =
  createOperation(
    `query ApiToken { apiToken { workspaces { id name } } }`,
    z.object({ apiToken: z.object({ workspaces: answers.workspaces }) }),
  );

/** Only allowed with a project token. */
export const projectTokenQuery: RailwayOperation<
  Nothing,
  { projectToken: { projectId: string; environmentId: string } }
> = createOperation(
  `query ProjectToken { projectToken { projectId environmentId } }`,
  z.object({ projectToken: z.object({ projectId: answers.id, environmentId: answers.id }) }),
);

export const projectsQuery: RailwayOperation<
  OfPage & { readonly workspaceId?: string },
  { projects: Page<RailwayProject> }
> = createOperation(
  `query Projects($workspaceId: String, $first: Int, $after: String) {
    projects(workspaceId: $workspaceId, first: $first, after: $after) {
      edges { node { id name workspaceId } } ${pageInfo}
    }
  }`,
  z.object({ projects: answers.page(answers.project) }),
);

export const projectQuery: RailwayOperation<{ readonly id: string }, { project: RailwayProject }> =
  createOperation(
    `query Project($id: String!) { project(id: $id) { id name workspaceId } }`,
    z.object({ project: answers.project }),
  );

export const environmentsQuery: RailwayOperation<
  OfPage & { readonly projectId: string },
  { environments: Page<RailwayEnvironmentInfo> }
> = createOperation(
  `query Environments($projectId: String!, $first: Int, $after: String) {
    environments(projectId: $projectId, first: $first, after: $after) {
      edges { node { id name projectId isEphemeral } } ${pageInfo}
    }
  }`,
  z.object({ environments: answers.page(answers.environment) }),
);

export const environmentQuery: RailwayOperation<
  { readonly id: string; readonly projectId: string },
  { environment: RailwayEnvironmentInfo }
> = createOperation(
  `query Environment($id: String!, $projectId: String) {
    environment(id: $id, projectId: $projectId) { id name projectId isEphemeral }
  }`,
  z.object({ environment: answers.environment }),
);

export const servicesQuery: RailwayOperation<
  OfPage & { readonly environmentId: string; readonly projectId: string },
  { environment: { serviceInstances: Page<RailwayService> } }
> = createOperation(
  `query Services($environmentId: String!, $projectId: String, $first: Int, $after: String) {
    environment(id: $environmentId, projectId: $projectId) {
      serviceInstances(first: $first, after: $after) { edges { node { ${serviceFields} } } ${pageInfo} }
    }
  }`,
  z.object({ environment: z.object({ serviceInstances: answers.page(answers.service) }) }),
);

/** Names without values: finds the mark of a service without reading secrets. */
export const variableNamesQuery: RailwayOperation<
  OfPage & { readonly environmentId: string; readonly projectId: string },
  { environment: { variables: Page<RailwayVariableName> } }
> = createOperation(
  `query VariableNames($environmentId: String!, $projectId: String, $first: Int, $after: String) {
    environment(id: $environmentId, projectId: $projectId) {
      variables(first: $first, after: $after) { edges { node { name serviceId } } ${pageInfo} }
    }
  }`,
  z.object({ environment: z.object({ variables: answers.page(answers.variableName) }) }),
);

export const serviceQuery: RailwayOperation<OfService, { serviceInstance: RailwayService }> = createOperation(
  `query Service($environmentId: String!, $serviceId: String!) {
    serviceInstance(environmentId: $environmentId, serviceId: $serviceId) { ${serviceFields} }
  }`,
  z.object({ serviceInstance: answers.service }),
);

export const serviceLimitsQuery: RailwayOperation<
  OfService,
  { serviceInstanceLimits: Record<string, unknown> }
> = createOperation(
  `query ServiceLimits($environmentId: String!, $serviceId: String!) {
    serviceInstanceLimits(environmentId: $environmentId, serviceId: $serviceId)
  }`,
  z.object({ serviceInstanceLimits: answers.limits }),
);

export const variablesQuery: RailwayOperation<
  OfService & { readonly projectId: string; readonly unrendered?: boolean },
  { variables: Record<string, string> }
> = createOperation(
  `query Variables($projectId: String!, $environmentId: String!, $serviceId: String, $unrendered: Boolean) {
    variables(
      projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId, unrendered: $unrendered
    )
  }`,
  z.object({ variables: answers.variables }),
);

export const regionsQuery: RailwayOperation<{ readonly projectId: string }, { regions: RailwayRegion[] }> =
  createOperation(
    `query Regions($projectId: String) {
      regions(projectId: $projectId) {
        name location country
        deploymentConstraints { deprecationInfo { isDeprecated replacementRegion } }
      }
    }`,
    z.object({ regions: answers.list(answers.region) }),
  );

export const deploymentQuery: RailwayOperation<{ readonly id: string }, { deployment: RailwayDeployment }> =
  createOperation(
    `query Deployment($id: String!) { deployment(id: $id) { ${deploymentFields} } }`,
    z.object({ deployment: answers.deployment }),
  );

export const deploymentEventsQuery: RailwayOperation<
  OfPage & { readonly id: string },
  { deploymentEvents: Page<RailwayDeploymentEvent> }
> = createOperation(
  `query DeploymentEvents($id: String!, $first: Int, $after: String) {
    deploymentEvents(id: $id, first: $first, after: $after) { edges { node { ${eventFields} } } ${pageInfo} }
  }`,
  z.object({ deploymentEvents: answers.page(answers.deploymentEvent) }),
);

interface OfLogs {
  readonly deploymentId: string;
  readonly limit: number;
}

export const buildLogsQuery: RailwayOperation<OfLogs, { buildLogs: RailwayLogLine[] }> = createOperation(
  `query BuildLogs($deploymentId: String!, $limit: Int) {
    buildLogs(deploymentId: $deploymentId, limit: $limit) { ${logFields} }
  }`,
  z.object({ buildLogs: answers.list(answers.logLine) }),
);

export const deploymentLogsQuery: RailwayOperation<OfLogs, { deploymentLogs: RailwayLogLine[] }> =
  createOperation(
    `query DeploymentLogs($deploymentId: String!, $limit: Int) {
      deploymentLogs(deploymentId: $deploymentId, limit: $limit) { ${logFields} }
    }`,
    z.object({ deploymentLogs: answers.list(answers.logLine) }),
  );

export const privateNetworksQuery: RailwayOperation<
  { readonly environmentId: string },
  { privateNetworks: PrivateNetwork[] }
> = createOperation(
  `query PrivateNetworks($environmentId: String!) {
    privateNetworks(environmentId: $environmentId) { publicId dnsName tags deletedAt }
  }`,
  z.object({ privateNetworks: answers.list(answers.privateNetwork) }),
);

export const privateEndpointQuery: RailwayOperation<
  OfService & { readonly privateNetworkId: string },
  { privateNetworkEndpoint: PrivateEndpoint | undefined }
> = createOperation(
  `query PrivateEndpoint($environmentId: String!, $privateNetworkId: String!, $serviceId: String!) {
    privateNetworkEndpoint(
      environmentId: $environmentId, privateNetworkId: $privateNetworkId, serviceId: $serviceId
    ) { dnsName privateIps syncStatus }
  }`,
  z.object({ privateNetworkEndpoint: answers.privateEndpoint }),
);
