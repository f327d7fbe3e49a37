/** Maps the status of a deployment to the phase of its node, and describes it in words. Pure. */

import type {
  DeploymentEventStep,
  DeploymentStatus,
  RailwayDeployment,
  RailwayDeploymentEvent,
  RailwayDeploymentSummary,
  RailwayService,
} from '../model/resources.ts';

/** `ended` is final unless it is started again; `asleep` wakes when it is dialled. */
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
  // Wait for the next, known status.
  UNKNOWN: 'waiting',
};

export function phaseOf({
  status,
  isStopped,
}: Pick<RailwayDeploymentSummary, 'status' | 'isStopped'>): DeploymentPhase {
  return status === 'SUCCESS' && isStopped ? 'ended' : phases[status];
}

/**
 * The deployment with the service's node: the newest running one, else the latest, which may be starting or have ended. A
 * failed new deployment leaves the previous one running.
 */
export function currentOf({
  activeDeployments,
  latestDeployment,
}: Pick<RailwayService, 'activeDeployments' | 'latestDeployment'>): RailwayDeploymentSummary | undefined {
  const running = activeDeployments.filter((one) => isRunning(phaseOf(one)));
  return running.toSorted((one, other) => one.createdAt - other.createdAt).at(-1) ?? latestDeployment;
}

/** Whether there is a node to dial. */
export function isRunning(phase: DeploymentPhase): boolean {
  return phase === 'running' || phase === 'asleep';
}

/** Whether the image is ready to start. */
export function isBuilt(phase: DeploymentPhase): boolean {
  return phase === 'starting' || isRunning(phase);
}

const statusWords: Readonly<Partial<Record<DeploymentStatus, string>>> = {
  INITIALIZING: 'Railway is preparing it',
  QUEUED: 'it is queued for building',
  WAITING: 'it is waiting for the checks configured on Railway',
  NEEDS_APPROVAL: 'it is waiting for approval: approve the deployment on its page at Railway',
  BUILDING: 'Railway is building it',
  DEPLOYING: 'Railway is starting it',
  SUCCESS: 'its container is running',
  SLEEPING: 'Railway has put it to sleep for lack of traffic; dialling wakes it',
  REMOVING: 'Railway is removing it',
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
  if (isRestarting({ instances })) return 'its container is restarting';
  return statusWords[status] ?? `its status on Railway is ${status}`;
}

const stepWords: Readonly<Record<DeploymentEventStep, string>> = {
  SNAPSHOT_CODE: 'fetching its code',
  BUILD_IMAGE: 'building its image',
  PUBLISH_IMAGE: 'publishing its image',
  WAIT_FOR_DEPENDENCIES: 'waiting for its dependencies',
  PRE_DEPLOY_COMMAND: 'running its pre-deploy command',
  CREATE_CONTAINER: 'creating its container',
  CONFIGURE_NETWORK: 'setting up its network',
  MIGRATE_VOLUMES: 'moving its volumes',
  HEALTHCHECK: 'checking its health',
  DRAIN_INSTANCES: 'stopping the previous deployment',
  UNKNOWN: 'another step on Railway',
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

/** Whether a node's deployment was stopped rather than crashed. A container that ended without an error counts as stopped. */
export function isDeliberateEnd(deployment: Pick<RailwayDeployment, 'status'> | undefined): boolean {
  return deployment === undefined || deployment.status === 'SUCCESS' || deployment.status === 'REMOVED';
}

/** How a node's deployment ended, in a few words; `failed` is the deployment step that failed. */
export function describeEnd(
  deployment: Pick<RailwayDeployment, 'status' | 'isStopped'> | undefined,
  failed: RailwayDeploymentEvent | undefined,
): string {
  if (deployment === undefined) return 'its service was deleted on Railway';
  if (deployment.status === 'FAILED') {
    return failed === undefined ? 'its deployment has failed' : describeEvent(failed);
  }
  const words: Readonly<Partial<Record<DeploymentStatus, string>>> = {
    CRASHED: 'its container crashed',
    SKIPPED: 'Railway skipped its deployment',
    REMOVED: 'its deployment was removed',
    SUCCESS: 'its container has been stopped',
  };
  return words[deployment.status] ?? `its status on Railway is ${deployment.status}`;
}
