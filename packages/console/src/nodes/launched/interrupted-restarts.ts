/** Finishes restarts that the console before has begun: of a node that it has not stopped yet, or has stopped and not launched again. */

import type { LaunchPlan } from '@convoy/cluster';
import { retry } from '@convoy/node/async';
import { ConsoleError, problemOf } from '../../errors.ts';
import type { Place } from '../../places/place.ts';
import type { UpPlace } from '../../places/place-registry.ts';
import type { LaunchRequest, LaunchView, PlaceRef } from '../../protocol/index.ts';
import type { NodeRegistry } from '../node-registry.ts';
import { lastOutputOf } from './launch-problems.ts';
import type { LaunchRequests } from './launch-requests.ts';
import type { PendingRestart, PendingRestarts } from './pending-restarts.ts';
import { throwUnlessTaken } from './replacements.ts';

/** What finishing a restart consists of. */
export interface RestartSteps {
  readonly registry: NodeRegistry;
  readonly pending: PendingRestarts;
  readonly requests: LaunchRequests;
  /** Resolves with a place once it is up, and the nodes that run there have been adopted. */
  readonly openPlace: (key: string) => Promise<Place>;
  readonly plan: (place: UpPlace, request: LaunchRequest, node: string) => Promise<LaunchPlan>;
  readonly start: (place: UpPlace, plan: LaunchPlan, request: LaunchRequest) => LaunchView;
  /** Restarts a running node. */
  readonly restart: (node: string) => Promise<unknown>;
  readonly during: (node: string, work: () => Promise<void>) => Promise<void>;
}

/** A node whose launch was interrupted keeps its name until it ends by itself, a minute later. */
const waits = { firstMs: 100, lastMs: 2000, jitter: 0, attempts: 60, onFailure: throwUnlessTaken };

/** Never rejects: a failure is shown as that of a launch. */
export async function finishRestart(restart: PendingRestart, steps: RestartSteps): Promise<void> {
  const { node, osPid, request } = restart;
  const { registry, pending, requests } = steps;
  requests.keep(node, request);
  try {
    const place = await openUp(request, steps);
    const view = registry.find(node);
    const isThere = view?.origin === 'launched' && view.status !== 'launching';
    if (!isThere) await steps.during(node, () => launchAgain(restart, place, steps));
    else if (osPid !== undefined && view.osPid === osPid) await steps.restart(node);
    // Otherwise it has been launched again already.
    else await pending.end(node);
  } catch (error) {
    await pending.end(node);
    noteFailure(restart, error, steps);
  }
}

async function openUp({ place }: LaunchRequest, { openPlace }: RestartSteps): Promise<UpPlace> {
  const opened = await openPlace(place?.key ?? 'local');
  const { provider } = opened;
  if (provider !== undefined) return opened as UpPlace;
  throw new ConsoleError('CONSOLE_NODE_NOT_UP', `${opened.label} is not up`, {
    remedy: 'Open it again, then launch the node again.',
  });
}

async function launchAgain(
  { node, request }: PendingRestart,
  place: UpPlace,
  { registry, pending, plan, start }: RestartSteps,
): Promise<void> {
  notePlanned(node, request, registry);
  const isDeleted = (): boolean => registry.find(node) === undefined;
  const planning = retry(undefined, () => plan(place, request, node), waits);
  const again = await planning.catch((error: unknown) => {
    if (isDeleted()) return undefined;
    throw error;
  });
  if (again !== undefined && !isDeleted()) return void start(place, again, request);
  again?.release();
  await pending.end(node);
}

function notePlanned(node: string, request: LaunchRequest, registry: NodeRegistry): void {
  const { kind: nodeKind, join, keep } = request;
  const { key = 'local', kind = key } = request.place ?? {};
  const place: PlaceRef = { key, kind };
  registry.dispatch({ kind: 'planned', node, nodeKind, place, join, keep, at: Date.now() });
}

function noteFailure({ node, request }: PendingRestart, cause: unknown, { registry }: RestartSteps): void {
  const view = registry.find(node);
  // A node that could not be stopped is shown as it was, and so is one of somebody else that has the name.
  if (view !== undefined && view.status !== 'launching') return;
  if (view === undefined) notePlanned(node, request, registry);
  const { message, remedy } = problemOf(cause);
  const problem = problemOf(
    new ConsoleError(
      'CONSOLE_RESTART_INTERRUPTED',
      `${node} was being restarted when the console ended, and cannot be launched again: ${message}`,
      { remedy: remedy ?? 'Launch it again.', cause },
    ),
  );
  registry.dispatch({ kind: 'failed', node, problem, output: lastOutputOf(cause) });
}
