/** The part of Railway's schema that describes services, deployments and logs, as far as Convoy uses it. See schema-excerpt.ts. */

const objects = `
type EnvironmentServiceInstancesConnection {
  edges: [EnvironmentServiceInstancesConnectionEdge!]!
  pageInfo: PageInfo!
}

type EnvironmentServiceInstancesConnectionEdge {
  node: ServiceInstance!
}

type Service {
  id: ID!
}

type ServiceInstance {
  id: ID!
  serviceId: String!
  serviceName: String!
  environmentId: String!
  region: String
  numReplicas: Int
  startCommand: String
  source: ServiceSource
  latestDeployment: Deployment
  activeDeployments: [Deployment!]!
}

type ServiceSource {
  image: String
  repo: String
}

enum DeploymentStatus {
  BUILDING
  CRASHED
  DEPLOYING
  FAILED
  INITIALIZING
  NEEDS_APPROVAL
  QUEUED
  REMOVED
  REMOVING
  SKIPPED
  SLEEPING
  SUCCESS
  WAITING
}

enum DeploymentInstanceStatus {
  CRASHED
  CREATED
  EXITED
  INITIALIZING
  REMOVED
  REMOVING
  RESTARTING
  RUNNING
  SKIPPED
  STOPPED
}

type Deployment {
  id: ID!
  status: DeploymentStatus!
  deploymentStopped: Boolean!
  createdAt: DateTime!
  updatedAt: DateTime!
  environmentId: String!
  serviceId: String
  instances: [DeploymentDeploymentInstance!]!
  sockets: [DeploymentSocket!]!
}

type DeploymentDeploymentInstance {
  id: String!
  status: DeploymentInstanceStatus!
}

type DeploymentSocket {
  ipv6: Boolean!
  port: Int!
  processName: String!
}

enum DeploymentEventStep {
  BUILD_IMAGE
  CONFIGURE_NETWORK
  CREATE_CONTAINER
  DRAIN_INSTANCES
  HEALTHCHECK
  MIGRATE_VOLUMES
  PRE_DEPLOY_COMMAND
  PUBLISH_IMAGE
  SNAPSHOT_CODE
  WAIT_FOR_DEPENDENCIES
}

type DeploymentEvent {
  id: ID!
  step: DeploymentEventStep!
  createdAt: DateTime!
  completedAt: DateTime
  payload: DeploymentEventPayload
}

type DeploymentEventPayload {
  error: String
  reason: String
  skipped: Boolean
  durationMs: Int
}

type QueryDeploymentEventsConnection {
  edges: [QueryDeploymentEventsConnectionEdge!]!
  pageInfo: PageInfo!
}

type QueryDeploymentEventsConnectionEdge {
  node: DeploymentEvent!
}

type Log {
  timestamp: String!
  message: String!
  severity: String
  tags: LogTags
}

type LogTags {
  deploymentInstanceId: String
}
`;

const inputs = `
input ServiceCreateInput {
  projectId: String!
  environmentId: String
  name: String
}

enum RestartPolicyType {
  ALWAYS
  NEVER
  ON_FAILURE
}

input ServiceSourceInput {
  image: String
  repo: String
}

input RegistryCredentialsInput {
  username: String!
  password: String!
}

input ServiceInstanceUpdateInput {
  source: ServiceSourceInput
  registryCredentials: RegistryCredentialsInput
  region: String
  numReplicas: Int
  startCommand: String
  rootDirectory: String
  dockerfilePath: String
  drainingSeconds: Int
  restartPolicyType: RestartPolicyType
  restartPolicyMaxRetries: Int
  sleepApplication: Boolean
}

input ServiceInstanceLimitsUpdateInput {
  environmentId: String!
  serviceId: String!
  vCPUs: Float
  memoryGB: Float
}

input VariableCollectionUpsertInput {
  projectId: String!
  environmentId: String!
  serviceId: String
  variables: EnvironmentVariables!
  replace: Boolean
  skipDeploys: Boolean
}
`;

/** That part, in GraphQL's schema language. */
export const schemaOfServices: string = [objects, inputs].join('');
