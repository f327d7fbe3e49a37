/** What Railway says of a deployment, as it matters to the node in it, and in words for people. Pure. */

import type {
  DeploymentEventStep,
  DeploymentStatus,
  RailwayDeployment,
  RailwayDeploymentEvent,
  RailwayDeploymentSummary,
  RailwayService,
} from '../model/resources.ts';

/** `ended` is for good unless somebody starts it anew; `asleep` wakes when it is dialled. */
export type DeploymentPhase = 'waiting' | 'building' | 'starting' | 'running' | 'asleep' | 'ending' | 'ended';

const phases: Readonly<Record<DeploymentStatus, DeploymentPhase>> = {
  INITIALIZING: 'waiting',
  QUEUED: 'waiting',
  WAITING: 'waiting',
  NEEDS_APPROVAL: 'waiting',
  BUILDING: 'building',
  DEPLOYING: 'starting',
  SUCCESS: 'running',
  SLEEPING: 'asleep',
  REMOVING: 'ending',
  REMOVED: 'ended',
  FAILED: 'ended',
  CRASHED: 'ended',
  SKIPPED: 'ended',
  // Whatever it is, the next status will tell.
  UNKNOWN: 'waiting',
};

export function phaseOf({
  status,
  isStopped,
}: Pick<RailwayDeploymentSummary, 'status' | 'isStopped'>): DeploymentPhase {
  return status === 'SUCCESS' && isStopped ? 'ended' : phases[status];
}

/**
 * The deployment that a service's node is in: the newest that runs, or else the latest, which may be on its way or have
 * ended. A new one that has failed leaves the one before as it is.
 */
export function currentOf({
  activeDeployments,
  latestDeployment,
}: Pick<RailwayService, 'activeDeployments' | 'latestDeployment'>): RailwayDeploymentSummary | undefined {
  const running = activeDeployments.filter((one) => isRunning(phaseOf(one)));
  return running.toSorted((one, other) => one.createdAt - other.createdAt).at(-1) ?? latestDeployment;
}

/** Whether there is a node that could be dialled. */
export function isRunning(phase: DeploymentPhase): boolean {
  return phase === 'running' || phase === 'asleep';
}

/** Whether an image is there to start. */
export function isBuilt(phase: DeploymentPhase): boolean {
  return phase === 'starting' || isRunning(phase);
}

const statusWords: Readonly<Partial<Record<DeploymentStatus, string>>> = {
  INITIALIZING: 'Railway prepares it',
  QUEUED: 'it waits for a place to build',
  WAITING: 'it waits for checks that Railway was told to wait for',
  NEEDS_APPROVAL: 'it waits for approval: approve the deployment on its page at Railway',
  BUILDING: 'Railway builds it',
  DEPLOYING: 'Railway starts it',
  SUCCESS: 'its container runs',
  SLEEPING: 'Railway has put it to sleep for lack of traffic; dialling wakes it',
  REMOVING: 'Railway takes it away',
};

export function isRestarting(deployment: Pick<RailwayDeployment, 'instances'> | undefined): boolean {
  return deployment?.instances.some(({ status }) => status === 'RESTARTING') === true;
}

export function describeDeployment({
  status,
  isStopped,
  instances,
}: Pick<RailwayDeployment, 'status' | 'isStopped' | 'instances'>): string {
  if (status === 'SUCCESS' && isStopped) return 'its container has been stopped';
  if (isRestarting({ instances })) return 'its container is restarted';
  return statusWords[status] ?? `Railway says ${status}`;
}

const stepWords: Readonly<Record<DeploymentEventStep, string>> = {
  SNAPSHOT_CODE: 'fetching its code',
  BUILD_IMAGE: 'building its image',
  PUBLISH_IMAGE: 'publishing its image',
  WAIT_FOR_DEPENDENCIES: 'waiting for what it depends on',
  PRE_DEPLOY_COMMAND: 'running its pre-deploy command',
  CREATE_CONTAINER: 'making its container',
  CONFIGURE_NETWORK: 'setting up its network',
  MIGRATE_VOLUMES: 'moving its volumes',
  HEALTHCHECK: 'checking its health',
  DRAIN_INSTANCES: 'ending what ran before',
  UNKNOWN: 'a step of Railway',
};

/** `building its image`, `building its image: done in 12.3 s`, `...: failed, no space left on device`. */
export function describeEvent(event: RailwayDeploymentEvent): string {
  const words = stepWords[event.step];
  if (event.error !== undefined) return `${words}: failed, ${event.error}`;
  if (event.isSkipped) return `${words}: skipped`;
  if (event.completedAt === undefined) return words;
  const { durationMs = event.completedAt - event.startedAt } = event;
  return `${words}: done in ${(Math.max(0, durationMs) / 1000).toFixed(1)} s`;
}

/** How a node's deployment ended, in a few words; `failed` is what Railway's steps say about it. */
export function describeEnd(
  deployment: Pick<RailwayDeployment, 'status' | 'isStopped'> | undefined,
  failed: RailwayDeploymentEvent | undefined,
): string {
  if (deployment === undefined) return 'its service was deleted on Railway';
  if (deployment.status === 'FAILED') {
    return failed === undefined ? 'its deployment has failed' : describeEvent(failed);
  }
  const words: Readonly<Partial<Record<DeploymentStatus, string>>> = {
    CRASHED: 'its container has crashed',
    SKIPPED: 'Railway has skipped its deployment',
    REMOVED: 'its deployment was removed',
    SUCCESS: 'its container has been stopped',
  };
  return words[deployment.status] ?? `Railway says ${deployment.status}`;
}
