/**
 * Creates and deletes the service of one node without losing any: the answer to a request is awaited even after a cancel,
 * because a service whose id did not arrive could not be deleted.
 */

import { randomBytes } from 'node:crypto';
import { pause, retry } from '@convoy/node/async';
import { ProviderError } from '../../../errors.ts';
import type { RailwayService } from '../model/resources.ts';
import type { ApiCallOptions } from '../calls/railway-api.ts';
import type { CreateServiceRequest, RailwayEnvironment } from '../client/railway-environment.ts';
import { hasCode, isAmbiguous, isNameConflict, mayPass } from '../deployments/provider-failures.ts';
import { anotherServiceName, serviceNameFor } from './service-names.ts';

export interface MakeServiceOptions extends StepContext {
  readonly environment: RailwayEnvironment;
  /** The part of the node's name before the `@`. */
  readonly node: string;
  readonly request: Omit<CreateServiceRequest, 'name'>;
}

/** The cancel signal and the progress report of one step of a launch. */
export interface StepContext {
  readonly signal: AbortSignal;
  /** Called with a description of what the step is waiting for. */
  readonly report: (detail: string) => void;
}

const attempts = 3;
/** Pauses before looking for the service: a request without an answer may still be carried out. */
const undoPausesMs = [0, 3000];
const deleteRetries = { attempts: 6, firstMs: 500, lastMs: 8000, jitter: 0 } as const;

/** Options of a call to Railway that belongs to a step: reports when the call waits for the request limit. */
export function callOptionsOf({ report, signal }: StepContext): ApiCallOptions {
  return { signal, onWait: (resumesAt) => report(describeWait(resumesAt)) };
}

function describeWait(resumesAt: number): string {
  const seconds = Math.max(1, Math.ceil((resumesAt - Date.now()) / 1000));
  return `Railway’s request limit is used up: continuing in ${seconds} s`;
}

/** Rejects with `RailwayError` after removing what was created, or with the signal's reason before anything is created. */
export async function makeService(options: MakeServiceOptions): Promise<RailwayService> {
  const { environment, node, signal } = options;
  const services = await environment.services(callOptionsOf(options));
  const before = new Set(services.map(({ name }) => name));
  const plain = serviceNameFor(node);
  let name = before.has(plain) ? anotherServiceName(node, randomWord()) : plain;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await create(options, name);
    } catch (error) {
      if (isAmbiguous(error, 'ServiceCreate')) await undo(environment, { name, before });
      // The name is taken in another environment of the project, which cannot be seen from here.
      if (!isNameConflict(error) || attempt >= attempts) throw error;
      name = anotherServiceName(node, randomWord());
    }
  }
}

/** Completes even when `signal` aborts, unless the call is waiting for the request limit at that time. */
async function create(
  { environment, request, signal, report }: MakeServiceOptions,
  name: string,
): Promise<RailwayService> {
  const giveUp = new AbortController();
  let resumesAt = 0;
  const onAbort = (): void => {
    // This close to the end of the wait the request may have been sent already.
    if (Date.now() < resumesAt - 50) giveUp.abort(signal.reason);
  };
  const onWait = (at: number): void => {
    resumesAt = at;
    report(describeWait(at));
    if (signal.aborted) giveUp.abort(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await environment.createService({ ...request, name }, { signal: giveUp.signal, onWait });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Deletes the service that an unanswered request has created, or still will: it is new, and empty. */
async function undo(
  environment: RailwayEnvironment,
  { name, before }: { readonly name: string; readonly before: ReadonlySet<string> },
): Promise<void> {
  if (before.has(name)) return;
  for (const pauseMs of undoPausesMs) {
    await pause(pauseMs);
    try {
      const service = (await environment.services()).find((one) => one.name === name);
      if (service === undefined) continue;
      const isEmpty = service.source === undefined && service.latestDeployment === undefined;
      if (isEmpty) await environment.deleteService(service.serviceId);
      return;
    } catch {
      // Railway does not answer, which is also why the launch fails.
    }
  }
}

/** Deletes the service from this environment only. Succeeds if it is already gone. Rejects with `ProviderError`. */
export async function deleteService(
  environment: RailwayEnvironment,
  { serviceId, node }: { readonly serviceId: string; readonly node: string },
): Promise<void> {
  const onFailure = (error: unknown): void => {
    if (!mayPass(error)) throw error;
  };
  try {
    await retry(undefined, () => environment.deleteService(serviceId), { ...deleteRetries, onFailure });
  } catch (error) {
    if (hasCode(error, 'RAILWAY_NOT_FOUND')) return;
    const message = `service ${serviceId} of ${node} cannot be deleted: ${(error as Error).message}`;
    const remedy = 'Try again later, or delete it on its page at Railway.';
    throw new ProviderError('PROVIDER_DEPLOY_FAILED', message, { node, remedy, cause: error });
  }
}

/** Eight letters and digits. */
function randomWord(): string {
  return Array.from(randomBytes(8), (byte) => (byte % 36).toString(36)).join('');
}
