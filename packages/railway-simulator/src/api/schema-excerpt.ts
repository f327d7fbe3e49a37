/**
 * The part of Railway's schema that Convoy uses, in GraphQL's schema language, and nothing more: a test checks that an operation
 * needs every field. Another test compares it with Railway's own schema. The client's operations are checked against it, and the
 * simulator serves it.
 */

import { schemaOfServices } from './schema-of-services.ts';

const roots = `
type Query {
  me: User!
  apiToken: ApiTokenContext!
  projectToken: ProjectToken!
  projects(workspaceId: String, first: Int, after: String): QueryProjectsConnection!
  project(id: String!): Project!
  environments(projectId: String!, first: Int, after: String): QueryEnvironmentsConnection!
  environment(id: String!, projectId: String): Environment!
  serviceInstance(environmentId: String!, serviceId: String!): ServiceInstance!
  serviceInstanceLimits(environmentId: String!, serviceId: String!): ServiceInstanceLimit!
  variables(projectId: String!, environmentId: String!, serviceId: String, unrendered: Boolean): EnvironmentVariables!
  regions(projectId: String): [Region!]!
  deployment(id: String!): Deployment!
  deploymentEvents(id: String!, first: Int, after: String): QueryDeploymentEventsConnection!
  buildLogs(deploymentId: String!, limit: Int): [Log!]!
  deploymentLogs(deploymentId: String!, limit: Int): [Log!]!
  privateNetworks(environmentId: String!): [PrivateNetwork!]!
  privateNetworkEndpoint(
    environmentId: String!
    privateNetworkId: String!
    serviceId: String!
  ): PrivateNetworkEndpoint
}

type Mutation {
  serviceCreate(input: ServiceCreateInput!): Service!
  serviceDelete(id: String!, environmentId: String): Boolean!
  serviceInstanceUpdate(serviceId: String!, environmentId: String, input: ServiceInstanceUpdateInput!): Boolean!
  serviceInstanceLimitsUpdate(input: ServiceInstanceLimitsUpdateInput!): Boolean!
  serviceInstanceDeployV2(serviceId: String!, environmentId: String!, commitSha: String): String!
  variableCollectionUpsert(input: VariableCollectionUpsertInput!): Boolean!
  deploymentRestart(id: String!): Boolean!
  deploymentRedeploy(id: String!, usePreviousImageTag: Boolean): Deployment!
  deploymentStop(id: String!): Boolean!
  deploymentCancel(id: String!): Boolean!
  deploymentRemove(id: String!): Boolean!
}

type Subscription {
  deployment(id: String!): Deployment!
  deploymentEvents(id: String!): DeploymentEvent!
  buildLogs(deploymentId: String!, limit: Int): [Log!]!
  deploymentLogs(deploymentId: String!, limit: Int): [Log!]!
}
`;

const places = `
scalar DateTime
scalar EnvironmentVariables
scalar ServiceInstanceLimit

type PageInfo {
  hasNextPage: Boolean!
  endCursor: String
}

type User {
  name: String
  workspaces: [Workspace!]!
}

type Workspace {
  id: ID!
  name: String!
}

type ApiTokenContext {
  workspaces: [ApiTokenWorkspace!]!
}

type ApiTokenWorkspace {
  id: String!
  name: String!
}

type ProjectToken {
  projectId: String!
  environmentId: String!
}

type Project {
  id: ID!
  name: String!
  workspaceId: String
}

type QueryProjectsConnection {
  edges: [QueryProjectsConnectionEdge!]!
  pageInfo: PageInfo!
}

type QueryProjectsConnectionEdge {
  node: Project!
}

type Environment {
  id: ID!
  name: String!
  projectId: String!
  isEphemeral: Boolean!
  serviceInstances(first: Int, after: String): EnvironmentServiceInstancesConnection!
  variables(first: Int, after: String): EnvironmentVariablesConnection!
}

type QueryEnvironmentsConnection {
  edges: [QueryEnvironmentsConnectionEdge!]!
  pageInfo: PageInfo!
}

type QueryEnvironmentsConnectionEdge {
  node: Environment!
}

type EnvironmentVariablesConnection {
  edges: [EnvironmentVariablesConnectionEdge!]!
  pageInfo: PageInfo!
}

type EnvironmentVariablesConnectionEdge {
  node: Variable!
}

type Variable {
  name: String!
  serviceId: String
}

type Region {
  name: String!
  location: String!
  country: String!
  deploymentConstraints: RegionDeploymentConstraints
}

type RegionDeploymentConstraints {
  deprecationInfo: RegionDeprecationInfo
}

type RegionDeprecationInfo {
  isDeprecated: Boolean!
  replacementRegion: String!
}

type PrivateNetwork {
  publicId: String!
  dnsName: String!
  tags: [String!]!
  deletedAt: DateTime
}

enum PrivateNetworkEndpointSyncStatus {
  ACTIVE
  CREATING
  DELETED
  DELETING
  UNSPECIFIED
  UPDATING
}

type PrivateNetworkEndpoint {
  dnsName: String!
  privateIps: [String!]!
  syncStatus: PrivateNetworkEndpointSyncStatus!
}
`;

/** The excerpt, in GraphQL's schema language. */
export const railwaySchemaExcerpt: string = [roots, places, schemaOfServices].join('');
