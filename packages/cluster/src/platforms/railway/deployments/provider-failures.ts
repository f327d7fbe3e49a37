/** Turns failures on Railway into `ProviderError`s. Pure. */

import { ConvoyError } from '@convoy/node';
import { ProviderError, type ProviderErrorCode } from '../../../errors.ts';
import { RailwayError, type RailwayErrorCode } from '../model/railway-error.ts';
import type { DeploymentStatus, RailwayDeployment, RailwayDeploymentEvent } from '../model/resources.ts';
import { describeEnd } from './deployment-phase.ts';

const passing: ReadonlySet<RailwayErrorCode> = new Set<RailwayErrorCode>([
  'RAILWAY_RATE_LIMITED',
  'RAILWAY_STREAM_LOST',
  'RAILWAY_TIMEOUT',
  'RAILWAY_UNAVAILABLE',
]);

/** Whether retrying later may help. */
export function mayPass(error: unknown): boolean {
  return error instanceof RailwayError && passing.has(error.code);
}

export function hasCode(error: unknown, code: RailwayErrorCode): boolean {
  return error instanceof RailwayError && error.code === code;
}

/** Whether the operation may have been carried out despite the error. */
export function isAmbiguous(error: unknown, operation: string): boolean {
  const codes: readonly RailwayErrorCode[] = ['RAILWAY_TIMEOUT', 'RAILWAY_UNAVAILABLE', 'RAILWAY_BAD_ANSWER'];
  return error instanceof RailwayError && error.operation === operation && codes.includes(error.code);
}

/** Service names are unique within a project, across all of its environments. */
export function isNameConflict(error: unknown): boolean {
  return (
    hasCode(error, 'RAILWAY_REFUSED') && /already (?:exists|taken|in use)/i.test((error as Error).message)
  );
}

const codes: Readonly<Partial<Record<RailwayErrorCode, ProviderErrorCode>>> = {
  RAILWAY_PLAN_LIMIT: 'PROVIDER_LIMIT',
  RAILWAY_RATE_LIMITED: 'PROVIDER_LIMIT',
  RAILWAY_CLOSED: 'PROVIDER_CLOSED',
  RAILWAY_NOT_AUTHORIZED: 'PROVIDER_FORBIDDEN',
  RAILWAY_TOKEN_REFUSED: 'PROVIDER_FORBIDDEN',
  RAILWAY_TWO_FACTOR: 'PROVIDER_FORBIDDEN',
  RAILWAY_WRONG_ENVIRONMENT: 'PROVIDER_FORBIDDEN',
};

/** Turns a `RailwayError` into the corresponding `ProviderError`; returns every other error as it is. */
function explainRailway(error: unknown, node: string | undefined): unknown {
  if (!(error instanceof RailwayError)) return error;
  const code = codes[error.code] ?? 'PROVIDER_DEPLOY_FAILED';
  return new ProviderError(code, error.message, { node, remedy: error.remedy, cause: error });
}

/** Runs `work` and rethrows every `RailwayError` as a `ProviderError`. */
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
  /** `undefined` when the service itself was deleted. */
  readonly deployment: RailwayDeployment | undefined;
  /** The step that failed, if Railway reports one. */
  readonly failed: RailwayDeploymentEvent | undefined;
  readonly lastOutput: readonly string[];
}

const remedies: Readonly<Partial<Record<DeploymentStatus, string>>> = {
  FAILED:
    'Check the last lines of its log, the image or repository of that kind, and the registry credentials on Railway.',
  CRASHED: 'Check the last lines of its log; a node that is killed without output often lacks memory.',
  SKIPPED: 'Railway found nothing to deploy, or a check failed: see the deployment on its page at Railway.',
  REMOVED: 'It was removed on Railway; launch it again.',
  SUCCESS: 'It was stopped on Railway, or its program exited; launch it again.',
};

/** Why a launch fails when its deployment has ended. */
export function explainEnd(node: string, { deployment, failed, lastOutput }: ServiceEnd): ProviderError {
  const code = deployment?.status === 'CRASHED' ? 'PROVIDER_NODE_EXITED' : 'PROVIDER_DEPLOY_FAILED';
  const last = lastOutput.at(-1);
  const said = last === undefined ? '' : `; its last line: ${last.slice(0, 300)}`;
  const message = `${node} did not start: ${describeEnd(deployment, failed)}${said}`;
  const remedy = deployment === undefined ? 'Launch it again.' : remedies[deployment.status];
  return new ProviderError(code, message, { node, remedy, lastOutput });
}

/** The node is running, but our node cannot connect to it, and waiting would not help. */
export function explainUnreachable(node: string, cause: Error): ProviderError {
  const given = cause instanceof ConvoyError ? cause.remedy : undefined;
  const remedy = given ?? 'Check the cookie in its variables, and that RELEASE_NODE is its own name.';
  const message = `${node} is running, but cannot be reached: ${cause.message}`;
  return new ProviderError('PROVIDER_UNREACHABLE', message, { node, remedy, cause });
}
