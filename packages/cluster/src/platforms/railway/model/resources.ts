/** The data model of the Railway client: Railway's own terms, with times in milliseconds since 1970 and `undefined` for null. */

export const deploymentStatuses = [
  'BUILDING',
  'CRASHED',
  'DEPLOYING',
  'FAILED',
  'INITIALIZING',
  'NEEDS_APPROVAL',
  'QUEUED',
  'REMOVED',
  'REMOVING',
  'SKIPPED',
  'SLEEPING',
  'SUCCESS',
  'WAITING',
] as const;

/** Status of a deployment. `UNKNOWN` stands for statuses that were added later. */
export type DeploymentStatus = (typeof deploymentStatuses)[number] | 'UNKNOWN';

/** Statuses of an unsuccessful deployment that do not change by themselves. */
export const failedStatuses: ReadonlySet<DeploymentStatus> = new Set<DeploymentStatus>([
  'CRASHED',
  'FAILED',
  'REMOVED',
  'SKIPPED',
]);

export const deploymentInstanceStatuses = [
  'CRASHED',
  'CREATED',
  'EXITED',
  'INITIALIZING',
  'REMOVED',
  'REMOVING',
  'RESTARTING',
  'RUNNING',
  'SKIPPED',
  'STOPPED',
] as const;

/** Status of one replica. `UNKNOWN` stands for statuses that were added later. */
export type DeploymentInstanceStatus = (typeof deploymentInstanceStatuses)[number] | 'UNKNOWN';

export const deploymentEventSteps = [
  'BUILD_IMAGE',
  'CONFIGURE_NETWORK',
  'CREATE_CONTAINER',
  'DRAIN_INSTANCES',
  'HEALTHCHECK',
  'MIGRATE_VOLUMES',
  'PRE_DEPLOY_COMMAND',
  'PUBLISH_IMAGE',
  'SNAPSHOT_CODE',
  'WAIT_FOR_DEPENDENCIES',
] as const;

/** Step of a deployment. `UNKNOWN` stands for steps that were added later. */
export type DeploymentEventStep = (typeof deploymentEventSteps)[number] | 'UNKNOWN';

export const endpointSyncStatuses = [
  'ACTIVE',
  'CREATING',
  'DELETED',
  'DELETING',
  'UNSPECIFIED',
  'UPDATING',
] as const;

/** Status of a private name in DNS. `UNKNOWN` stands for statuses that were added later. */
export type EndpointSyncStatus = (typeof endpointSyncStatuses)[number] | 'UNKNOWN';

/** A workspace, which owns projects. */
export interface RailwayWorkspace {
  readonly id: string;
  readonly name: string;
}

/** The kind of a token, as detected. A project token belongs to one environment. */
export type RailwayAccess =
  | {
      readonly kind: 'account';
      readonly name: string | undefined;
      readonly workspaces: readonly RailwayWorkspace[];
    }
  | { readonly kind: 'workspace'; readonly workspaces: readonly RailwayWorkspace[] }
  | { readonly kind: 'project'; readonly projectId: string; readonly environmentId: string };

/** A project. */
export interface RailwayProject {
  readonly id: string;
  readonly name: string;
  readonly workspaceId: string | undefined;
}

/** An environment of a project. */
export interface RailwayEnvironmentInfo {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  /** Whether it belongs to a pull request and is removed with it. */
  readonly isEphemeral: boolean;
}

/** A region in which services run. */
export interface RailwayRegion {
  readonly name: string;
  readonly location: string;
  readonly country: string;
  /** The region to move to, if this one is deprecated. */
  readonly replacedBy: string | undefined;
}

/** The name of a variable and its service; `undefined` for a shared variable. Values are queried per service. */
export interface RailwayVariableName {
  readonly name: string;
  readonly serviceId: string | undefined;
}

/** Source of a service's code: a registry image, or a GitHub repository `owner/name`. */
export type RailwaySource = { readonly image: string } | { readonly repo: string };

/** A service in one environment. */
export interface RailwayService {
  readonly serviceId: string;
  readonly serviceInstanceId: string;
  readonly environmentId: string;
  readonly name: string;
  readonly region: string | undefined;
  readonly replicas: number | undefined;
  readonly startCommand: string | undefined;
  readonly source: RailwaySource | undefined;
  /** `undefined` before the first deployment. */
  readonly latestDeployment: RailwayDeploymentSummary | undefined;
  /** The running deployments: the previous one keeps running while the latest is built, and when that fails. */
  readonly activeDeployments: readonly RailwayDeploymentSummary[];
}

/** The main properties of a deployment. */
export interface RailwayDeploymentSummary {
  readonly id: string;
  readonly status: DeploymentStatus;
  readonly isStopped: boolean;
  readonly createdAt: number;
}

/** A deployment. The status `SUCCESS` means that its container has started, not that the node in it can be reached. */
export interface RailwayDeployment extends RailwayDeploymentSummary {
  readonly updatedAt: number;
  readonly environmentId: string;
  readonly serviceId: string | undefined;
  /** One per replica. */
  readonly instances: readonly { readonly id: string; readonly status: DeploymentInstanceStatus }[];
  /** Listening sockets that Railway saw in its containers. */
  readonly sockets: readonly RailwaySocket[];
}

/** A listening socket in a container. */
export interface RailwaySocket {
  readonly port: number;
  readonly isIpv6: boolean;
  readonly processName: string;
}

/** A step of a deployment, reported when it starts and again when it is complete. */
export interface RailwayDeploymentEvent {
  readonly id: string;
  readonly step: DeploymentEventStep;
  readonly startedAt: number;
  readonly completedAt: number | undefined;
  readonly error: string | undefined;
  readonly isSkipped: boolean;
  readonly durationMs: number | undefined;
}

/** A log line. `text` is the raw output of the service: do not write it to a terminal without cleaning it. */
export interface RailwayLogLine {
  /** RFC 3339 with nanoseconds. */
  readonly timestamp: string;
  readonly at: number;
  readonly text: string;
  readonly severity: string | undefined;
  /** The replica that printed it. */
  readonly instanceId: string | undefined;
}

/** A name of a service in the private network of its environment. */
export interface RailwayPrivateName {
  /** `web.railway.internal`; the same for all replicas of a service. */
  readonly host: string;
  readonly addresses: readonly string[];
  readonly syncStatus: EndpointSyncStatus;
  /** Networks of environments created before 2025-10-16 have AAAA records only. */
  readonly hasIpv4: boolean;
}
