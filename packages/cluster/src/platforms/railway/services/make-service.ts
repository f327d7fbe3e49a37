/**
 * Makes and deletes the service of one node, so that none is lost: what was asked for is waited for even when nobody
 * wants it any more, because a service whose id did not arrive could not be deleted.
 */

import { randomBytes } from 'node:crypto';
import { pause, retry } from '@convoy/node/async';
import { ProviderError } from '../../../errors.ts';
import type { RailwayService } from '../model/resources.ts';
import type { ApiCallOptions } from '../calls/railway-api.ts';
import type { CreateServiceRequest, RailwayEnvironment } from '../client/railway-environment.ts';
import { hasCode, isAmbiguous, isNameConflict, mayPass } from '../deployments/provider-failures.ts';
import { anotherServiceName, serviceNameFor } from './service-names.ts';

export interface MakeServiceOptions extends Wait {
  readonly environment: RailwayEnvironment;
  /** The part of the node's name before the `@`. */
  readonly node: string;
  readonly request: Omit<CreateServiceRequest, 'name'>;
}

/** What somebody waits with. */
export interface Wait {
  readonly signal: AbortSignal;
  /** Gets what is being waited for, in words for people. */
  readonly tell: (detail: string) => void;
}

const attempts = 3;
/** A request that was given up may still be carried out. */
const undoWaitsMs = [0, 3000];
const deleteRetries = { attempts: 6, firstMs: 500, lastMs: 8000, jitter: 0 } as const;

/** For every call that people wait for: says so when Railway wants to be left alone for a while. */
export function tellingWaits({ tell, signal }: Wait): ApiCallOptions {
  return { signal, onWait: (until) => tell(waitDetail(until)) };
}

function waitDetail(until: number): string {
  const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
  return `Railway’s limit of requests is reached: going on in ${seconds} s`;
}

/** Rejects with `RailwayError`, nothing left behind; or with the signal's reason before anything was made. */
export async function makeService(options: MakeServiceOptions): Promise<RailwayService> {
  const { environment, node, signal } = options;
  const services = await environment.services(tellingWaits(options));
  const before = new Set(services.map(({ name }) => name));
  const plain = serviceNameFor(node);
  let name = before.has(plain) ? anotherServiceName(node, randomWord()) : plain;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await create(options, name);
    } catch (error) {
      if (isAmbiguous(error, 'ServiceCreate')) await undo(environment, { name, before });
      // Taken in another environment of the project, where it cannot be seen from here.
      if (!isNameConflict(error) || attempt >= attempts) throw error;
      name = anotherServiceName(node, randomWord());
    }
  }
}

/** Goes on to the end when `signal` is aborted, unless it waits for Railway's limit just then. */
async function create(
  { environment, request, signal, tell }: MakeServiceOptions,
  name: string,
): Promise<RailwayService> {
  const giveUp = new AbortController();
  let waitsUntil = 0;
  const onAbort = (): void => {
    // So near its end the request may be out already.
    if (Date.now() < waitsUntil - 50) giveUp.abort(signal.reason);
  };
  const onWait = (until: number): void => {
    waitsUntil = until;
    tell(waitDetail(until));
    if (signal.aborted) giveUp.abort(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await environment.createService({ ...request, name }, { signal: giveUp.signal, onWait });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Nobody knows whether it was made, or still will be. If so, it was not there before, and is empty. */
async function undo(
  environment: RailwayEnvironment,
  { name, before }: { readonly name: string; readonly before: ReadonlySet<string> },
): Promise<void> {
  if (before.has(name)) return;
  for (const waitMs of undoWaitsMs) {
    await pause(waitMs);
    try {
      const service = (await environment.services()).find((one) => one.name === name);
      if (service === undefined) continue;
      const isEmpty = service.source === undefined && service.latestDeployment === undefined;
      if (isEmpty) await environment.deleteService(service.serviceId);
      return;
    } catch {
      // Railway does not answer; the launch fails for that very reason.
    }
  }
}

/** From this environment only. One that is gone already is as good. Rejects with `ProviderError`. */
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
