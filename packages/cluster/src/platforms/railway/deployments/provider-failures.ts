/** What goes wrong on Railway, as errors of a provider. Pure. */

import { ConvoyError } from '@convoy/node';
import { ProviderError, type ProviderErrorCode } from '../../../errors.ts';
import { RailwayError, type RailwayErrorCode } from '../model/errors.ts';
import type { DeploymentStatus, RailwayDeployment, RailwayDeploymentEvent } from '../model/resources.ts';
import { describeEnd } from './deployment-phase.ts';

const passing: ReadonlySet<RailwayErrorCode> = new Set<RailwayErrorCode>([
  'RAILWAY_RATE_LIMITED',
  'RAILWAY_STREAM_LOST',
  'RAILWAY_TIMEOUT',
  'RAILWAY_UNAVAILABLE',
]);

/** Whether asking again later may help. */
export function mayPass(error: unknown): boolean {
  return error instanceof RailwayError && passing.has(error.code);
}

export function hasCode(error: unknown, code: RailwayErrorCode): boolean {
  return error instanceof RailwayError && error.code === code;
}

/** Nobody knows whether Railway has done it. */
export function isAmbiguous(error: unknown, operation: string): boolean {
  const codes: readonly RailwayErrorCode[] = ['RAILWAY_TIMEOUT', 'RAILWAY_UNAVAILABLE', 'RAILWAY_BAD_ANSWER'];
  return error instanceof RailwayError && error.operation === operation && codes.includes(error.code);
}

/** Services of one project do not share a name, those of other environments included. */
export function isNameConflict(error: unknown): boolean {
  return (
    hasCode(error, 'RAILWAY_REFUSED') && /already (?:exists|taken|in use)/i.test((error as Error).message)
  );
}

const codes: Readonly<Partial<Record<RailwayErrorCode, ProviderErrorCode>>> = {
  RAILWAY_PLAN_LIMIT: 'PROVIDER_LIMIT',
  RAILWAY_RATE_LIMITED: 'PROVIDER_LIMIT',
  RAILWAY_CLOSED: 'PROVIDER_CLOSED',
  RAILWAY_NOT_AUTHORIZED: 'PROVIDER_UNAVAILABLE',
  RAILWAY_TOKEN_REFUSED: 'PROVIDER_UNAVAILABLE',
  RAILWAY_TWO_FACTOR: 'PROVIDER_UNAVAILABLE',
  RAILWAY_WRONG_ENVIRONMENT: 'PROVIDER_UNAVAILABLE',
};

/** A `RailwayError` as the `ProviderError` it means for a node; everything else as it is. */
function explainRailway(error: unknown, node: string | undefined): unknown {
  if (!(error instanceof RailwayError)) return error;
  const code = codes[error.code] ?? 'PROVIDER_DEPLOY_FAILED';
  return new ProviderError(code, error.message, { node, remedy: error.remedy, cause: error });
}

/** Runs `work`; what Railway says against it becomes a `ProviderError`. */
export async function explained<Result>(
  node: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw explainRailway(error, node);
  }
}

/** How the deployment of a service ended. */
export interface ServiceEnd {
  /** Undefined when the service itself is gone. */
  readonly deployment: RailwayDeployment | undefined;
  /** The step that failed, where Railway says so. */
  readonly failed: RailwayDeploymentEvent | undefined;
  readonly lastOutput: readonly string[];
}

const remedies: Readonly<Partial<Record<DeploymentStatus, string>>> = {
  FAILED:
    'Its last lines say why; check the image or repository of that kind, and the registry’s credentials on Railway.',
  CRASHED: 'Its last lines say why; a node that is killed without a word often lacks memory.',
  SKIPPED:
    'Railway found nothing to deploy, or a check has failed: look at the deployment on its page there.',
  REMOVED: 'Somebody has removed it on Railway; launch it again.',
  SUCCESS: 'Somebody has stopped it on Railway, or its program came to its end; launch it again.',
};

/** Why a launch is given up whose deployment has ended. */
export function explainEnd(node: string, { deployment, failed, lastOutput }: ServiceEnd): ProviderError {
  const code = deployment?.status === 'CRASHED' ? 'PROVIDER_NODE_EXITED' : 'PROVIDER_DEPLOY_FAILED';
  const last = lastOutput.at(-1);
  const said = last === undefined ? '' : `; its last line: ${last.slice(0, 300)}`;
  const message = `${node} did not come up: ${describeEnd(deployment, failed)}${said}`;
  const remedy = deployment === undefined ? 'Launch it again.' : remedies[deployment.status];
  return new ProviderError(code, message, { node, remedy, lastOutput });
}

/** It runs, and our node cannot connect to it; waiting would not help. */
export function explainUnreachable(node: string, cause: Error): ProviderError {
  const given = cause instanceof ConvoyError ? cause.remedy : undefined;
  const remedy = given ?? 'Check the cookie in its variables, and that RELEASE_NODE is its own name.';
  const message = `${node} runs, but cannot be reached: ${cause.message}`;
  return new ProviderError('PROVIDER_UNREACHABLE', message, { node, remedy, cause });
}
