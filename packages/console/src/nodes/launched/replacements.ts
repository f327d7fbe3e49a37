/**
 * Launches nodes again in place of what is there: what is left of those that have ended, and running ones after stopping them. A node
 * that is deleted meanwhile stays deleted; a node that cannot be launched again stays in the table, for another attempt. For kept nodes the
 * intention is saved first, and the next console finishes what this one has begun.
 */

import { type LaunchPlan, ProviderError } from '@convoy/cluster';
import { retry } from '@convoy/node/async';
import { isNodeKind } from '@convoy/node/names';
import { ConsoleError, problemOf } from '../../errors.ts';
import type { PlaceRegistry, UpPlace } from '../../places/place-registry.ts';
import type { LaunchRequest, LaunchView, NodeView } from '../../protocol/index.ts';
import type { NodeRegistry } from '../node-registry.ts';
import { lastOutputOf, notLaunched } from './launch-problems.ts';
import type { LaunchRequests } from './launch-requests.ts';
import type { LaunchTable } from './launch-table.ts';
import type { NodeJoins } from './node-joins.ts';
import type { PendingRestarts } from './pending-restarts.ts';

/** Options of `Replacements`. */
export interface ReplacementsOptions {
  readonly places: PlaceRegistry;
  readonly registry: NodeRegistry;
  readonly requests: LaunchRequests;
  readonly launches: LaunchTable;
  readonly joins: NodeJoins;
  readonly pending: PendingRestarts;
  /** Plans a launch that takes the place of a node. */
  readonly plan: (place: UpPlace, request: LaunchRequest, replaced: string) => Promise<LaunchPlan>;
  /** Carries a plan out. */
  readonly start: (place: UpPlace, plan: LaunchPlan, request: LaunchRequest) => LaunchView;
  /** Removes a node from the table. */
  readonly remove: (node: string) => void;
}

/** A launch as it was asked for before, and where. */
interface FormerLaunch {
  readonly place: UpPlace;
  readonly request: LaunchRequest;
}

/** A node that was stopped keeps its name in EPMD for a moment. */
const nameWaits = { firstMs: 50, lastMs: 400, jitter: 0, attempts: 6, onFailure: throwUnlessTaken };

/** The nodes that are being replaced. */
export class Replacements {
  readonly #options: ReplacementsOptions;
  readonly #names = new Set<string>();

  constructor(options: ReplacementsOptions) {
    this.#options = options;
  }

  /** Whether this node is being replaced. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Launches a node that has ended again. Rejects as `Fleet.relaunch` does. */
  async relaunch(name: string): Promise<LaunchView> {
    const view = this.#launched(name);
    if (!hasEnded(view) || this.has(name)) {
      const state = this.has(name) ? 'being launched again already' : view.status;
      throw new ConsoleError('CONSOLE_NODE_NOT_ENDED', `${name} is ${state}`, {
        remedy: 'Only a node that has ended can be launched again. Delete a running node first.',
      });
    }
    return this.#replace(name, this.#former(name));
  }

  /** Throws what `restart` rejects with before it changes anything. */
  checkRestart(name: string): void {
    const view = this.#launched(name, 'Restart it where it was started.');
    const isBusy = this.has(name) || view.status === 'launching' || view.status === 'stopping';
    if (isBusy) {
      const state = this.has(name) ? 'being launched again already' : view.status;
      throw new ConsoleError('CONSOLE_NODE_NOT_UP', `${name} is ${state}`, {
        remedy: 'Wait until it is up, then restart it.',
      });
    }
    if (!this.#restartsItself(view)) this.#former(name);
  }

  /** Restarts a node. Rejects as `Fleet.restart` does. */
  async restart(name: string): Promise<LaunchView> {
    this.checkRestart(name);
    const view = this.#launched(name);
    if (this.#restartsItself(view)) return this.#restartThere(view);
    return this.#replace(name, this.#former(name), hasEnded(view) ? undefined : view);
  }

  /** Runs `work`, during which a node counts as being replaced, so that it can be deleted. */
  async during(name: string, work: () => Promise<void>): Promise<void> {
    this.#names.add(name);
    try {
      await work();
    } finally {
      this.#names.delete(name);
    }
  }

  /** Throws PROVIDER_NO_NODE. */
  #launched(name: string, remedy?: string): NodeView {
    const view = this.#options.registry.find(name);
    if (view?.origin === 'launched') return view;
    throw notLaunched(view?.name ?? name, remedy);
  }

  /** Throws CONSOLE_LAUNCH_UNKNOWN, or PROVIDER_UNKNOWN if its place is not open any more. */
  #former(name: string): FormerLaunch {
    const request = this.#options.requests.of(name);
    return { request, place: this.#options.places.choose(request) };
  }

  /** Whether the place of a node that has not ended restarts it without its launch being known. */
  #restartsItself(view: NodeView): boolean {
    return !hasEnded(view) && this.#options.places.find(view.place.key)?.restart !== undefined;
  }

  async #restartThere({ name, kind, place: { key } }: NodeView): Promise<LaunchView> {
    const { launches, places } = this.#options;
    const place = places.find(key);
    if (!isNodeKind(kind)) throw notLaunched(name);
    const startedAt = Date.now();
    await place?.restart?.(name);
    const view = launches.open(name, kind);
    const label = `Restart it on ${place?.label ?? key}`;
    launches.setStep(view.id, { name: 'restart', label, state: 'done', startedAt, endedAt: Date.now() });
    launches.setReady(view.id);
    return launches.find(view.id) ?? view;
  }

  /** Stops a running node. It is shown as it was if that fails. */
  async #stop({ name, join, upSince, startedAt, osPid }: NodeView, place: UpPlace): Promise<void> {
    const { registry, joins } = this.#options;
    registry.dispatch({ kind: 'stopping', node: name });
    try {
      await place.provider.destroy(name);
    } catch (error) {
      registry.dispatch({ kind: 'up', node: name, at: upSince ?? startedAt, osPid });
      if (join) joins.add(name, place);
      throw error;
    }
  }

  /** `running`: the node, if it has to be stopped first. */
  async #replace(name: string, { place, request }: FormerLaunch, running?: NodeView): Promise<LaunchView> {
    const { joins, plan, start, remove, pending } = this.#options;
    this.#names.add(name);
    try {
      if (request.keep === true)
        await pending.begin({ node: name, osPid: running?.osPid, request: at(place, request) });
      joins.delete(name);
      if (running === undefined) await this.#clear(name, place);
      else await this.#stop(running, place);
      this.#checkKept(name);
      const attempts = running === undefined ? 1 : nameWaits.attempts;
      const planned = await retry(undefined, () => plan(place, request, name), { ...nameWaits, attempts });
      if (this.#isDeleted(name)) planned.release();
      this.#checkKept(name);
      if (planned.node !== name) remove(name);
      return start(place, planned, request);
    } catch (error) {
      this.#noteFailure(name, error);
      await pending.end(name);
      throw error;
    } finally {
      this.#names.delete(name);
    }
  }

  /** Removes what its place has of a node that has ended. */
  async #clear(name: string, { provider }: UpPlace): Promise<void> {
    if (provider.logs(name) !== undefined) await provider.destroy(name);
  }

  #isDeleted(name: string): boolean {
    return this.#options.registry.find(name) === undefined;
  }

  /** Throws PROVIDER_CANCELLED if the node has been deleted. */
  #checkKept(name: string): void {
    if (!this.#isDeleted(name)) return;
    throw new ProviderError('PROVIDER_CANCELLED', `${name} was deleted before it was launched again`, {
      node: name,
    });
  }

  /** A node that was stopped, and whose launch could not start. One that had ended stays as it was. */
  #noteFailure(node: string, error: unknown): void {
    const { registry } = this.#options;
    if (registry.find(node)?.status !== 'stopping') return;
    registry.dispatch({ kind: 'failed', node, problem: problemOf(error), output: lastOutputOf(error) });
  }
}

/** The request, for the same place when another one may be the first. */
function at({ key, kind }: UpPlace, request: LaunchRequest): LaunchRequest {
  const { provider: _former, ...others } = request;
  return { ...others, place: { key, kind } };
}

/** For `retry`. */
export function throwUnlessTaken(error: unknown): void {
  if (!(error instanceof ProviderError) || error.code !== 'PROVIDER_NAME_TAKEN') throw error;
}

/** Whether a launched node has ended. */
export function hasEnded({ status }: Pick<NodeView, 'status'>): boolean {
  return status === 'failed' || status === 'stopped' || status === 'crashed';
}
