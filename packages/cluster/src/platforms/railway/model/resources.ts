/** What the Railway client hands out: Railway's own words, with times in milliseconds and `undefined` for what is not there. */

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

/** `UNKNOWN` is a status that came up after this was written. */
export type DeploymentStatus = (typeof deploymentStatuses)[number] | 'UNKNOWN';

/** Statuses that a deployment does not leave again by itself, and that are no success. */
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

export type DeploymentEventStep = (typeof deploymentEventSteps)[number] | 'UNKNOWN';

export const endpointSyncStatuses = [
  'ACTIVE',
  'CREATING',
  'DELETED',
  'DELETING',
  'UNSPECIFIED',
  'UPDATING',
] as const;

export type EndpointSyncStatus = (typeof endpointSyncStatuses)[number] | 'UNKNOWN';

export interface RailwayWorkspace {
  readonly id: string;
  readonly name: string;
}

/** What a token is, found out by asking. A project token belongs to one environment. */
export type RailwayAccess =
  | {
      readonly kind: 'account';
      readonly name: string | undefined;
      readonly workspaces: readonly RailwayWorkspace[];
    }
  | { readonly kind: 'workspace'; readonly workspaces: readonly RailwayWorkspace[] }
  | { readonly kind: 'project'; readonly projectId: string; readonly environmentId: string };

export interface RailwayProject {
  readonly id: string;
  readonly name: string;
  readonly workspaceId: string | undefined;
}

export interface RailwayEnvironmentInfo {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  /** Of a pull request, and gone with it. */
  readonly isEphemeral: boolean;
}

export interface RailwayRegion {
  readonly name: string;
  readonly location: string;
  readonly country: string;
  /** Where services of a region that goes away should go. */
  readonly replacedBy: string | undefined;
}

/** The name of a variable, and the service it is of; `undefined` for a shared one. Values are asked for one service. */
export interface RailwayVariableName {
  readonly name: string;
  readonly serviceId: string | undefined;
}

/** Where a service's code comes from: an image of a registry, or a GitHub repository `owner/name`. */
export type RailwaySource = { readonly image: string } | { readonly repo: string };

/** A service as it is in one environment. */
export interface RailwayService {
  readonly serviceId: string;
  readonly serviceInstanceId: string;
  readonly environmentId: string;
  readonly name: string;
  readonly region: string | undefined;
  readonly replicas: number | undefined;
  readonly startCommand: string | undefined;
  readonly source: RailwaySource | undefined;
  /** Not there before the first deployment. */
  readonly latestDeployment: RailwayDeploymentSummary | undefined;
  /** Those that run: the one before goes on while the latest is built, and when that fails. */
  readonly activeDeployments: readonly RailwayDeploymentSummary[];
}

export interface RailwayDeploymentSummary {
  readonly id: string;
  readonly status: DeploymentStatus;
  readonly isStopped: boolean;
  readonly createdAt: number;
}

/** `SUCCESS` means that its container has started, not that anybody could reach the node in it. */
export interface RailwayDeployment extends RailwayDeploymentSummary {
  readonly updatedAt: number;
  readonly environmentId: string;
  readonly serviceId: string | undefined;
  /** One per replica. */
  readonly instances: readonly { readonly id: string; readonly status: DeploymentInstanceStatus }[];
  /** Listening sockets that Railway saw in its containers. */
  readonly sockets: readonly RailwaySocket[];
}

export interface RailwaySocket {
  readonly port: number;
  readonly isIpv6: boolean;
  readonly processName: string;
}

/** A step of a deployment, told when it starts and again when it is complete. */
export interface RailwayDeploymentEvent {
  readonly id: string;
  readonly step: DeploymentEventStep;
  readonly startedAt: number;
  readonly completedAt: number | undefined;
  readonly error: string | undefined;
  readonly isSkipped: boolean;
  readonly durationMs: number | undefined;
}

/** One line. `text` is as the service printed it: hostile to a terminal until cleaned. */
export interface RailwayLogLine {
  /** RFC 3339 with nanoseconds. */
  readonly timestamp: string;
  readonly at: number;
  readonly text: string;
  readonly severity: string | undefined;
  /** The replica it is of. */
  readonly instanceId: string | undefined;
}

/** A name that a service has in the private network of its environment. */
export interface RailwayPrivateName {
  /** `web.railway.internal`. All replicas of a service have the same. */
  readonly host: string;
  readonly addresses: readonly string[];
  readonly syncStatus: EndpointSyncStatus;
  /** Networks of environments made before 2025-10-16 have AAAA records only. */
  readonly hasIpv4: boolean;
}
