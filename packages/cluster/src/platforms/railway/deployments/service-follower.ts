/**
 * Follows one service on Railway through its deployments until it is closed: the newest deployment counts, regardless of who
 * started it. A deployment that is replaced by another is not the end of the node. Uses subscriptions only, and one query
 * when a deployment ends.
 */

import { anySignal, backoff, pause } from '@convoy/node/async';
import type {
  RailwayDeployment,
  RailwayDeploymentEvent,
  RailwayDeploymentSummary,
} from '../model/resources.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import { type NodeLog, plainText } from '../../../launch/node-log.ts';
import type { NodeExit } from '../../../launch/provider.ts';
import { currentOf, describeEnd, isDeliberateEnd, isRunning, phaseOf } from './deployment-phase.ts';
import { hasCode, mayPass, type ServiceEnd } from './provider-failures.ts';
import { followLogs } from './log-follower.ts';

export interface ServiceFollowerOptions {
  readonly environment: RailwayEnvironment;
  readonly serviceId: string;
  readonly log: NodeLog;
}

/** The last known state of the service. */
export interface ServiceSnapshot {
  readonly deployment: RailwayDeployment | undefined;
  /** The latest deployment step. */
  readonly event: RailwayDeploymentEvent | undefined;
  readonly end: ServiceEnd | undefined;
  /** Why there are no more updates, if retrying will not help. */
  readonly error: Error | undefined;
}

const waits = { firstMs: 1000, lastMs: 5 * 60_000 } as const;
const lastLines = 20;
/** Timeout of the query for the last log lines. */
const lastOutputTimeoutMs = 5000;
const lateMs = 1000;
/** How long to keep reading the log of a deployment that another has replaced. */
const replacedGraceMs = 10_000;

export class ServiceFollower {
  /** Resolves, never rejects, at the first end of the node. Later changes still appear in `now` and in the log. */
  readonly exited: Promise<NodeExit>;
  readonly #options: ServiceFollowerOptions;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #followed = new Set<string>();
  readonly #exit = Promise.withResolvers<NodeExit>();
  #now: ServiceSnapshot = { deployment: undefined, event: undefined, end: undefined, error: undefined };
  #isExpected = false;
  #running: Promise<void> | undefined;

  constructor(options: ServiceFollowerOptions) {
    this.#options = options;
    this.exited = this.#exit.promise;
  }

  get now(): ServiceSnapshot {
    return this.#now;
  }

  /** Starts with this deployment. To be called once. */
  follow(deploymentId: string): void {
    this.#running ??= this.#run(deploymentId);
  }

  /** Resolves with the first result of `find`, now or after a change. Rejects with the signal's reason, or with its error. */
  async waitFor<Found>(
    find: (now: ServiceSnapshot) => Found | undefined,
    signal: AbortSignal,
  ): Promise<Found> {
    for (;;) {
      signal.throwIfAborted();
      const found = find(this.#now);
      if (found !== undefined) return found;
      // `find` may have caused the caller to abort.
      if (!signal.aborted) await this.#change(signal);
    }
  }

  /** Sets whether the next end was requested here. */
  expectEnd(isExpected: boolean): void {
    this.#isExpected = isExpected;
  }

  /** Whether an end would be noticed. */
  get isFollowing(): boolean {
    return this.#running !== undefined && !this.#stop.signal.aborted;
  }

  /** Stops following; `exited` stays unresolved. */
  async leave(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Stops following because the node is gone, and resolves `exited`. */
  async close(): Promise<void> {
    await this.leave();
    const { log } = this.#options;
    this.#exit.resolve({ expected: this.#isExpected, isDeliberate: true, lastOutput: log.tail(lastLines) });
  }

  async #run(first: string): Promise<void> {
    for (let next: string | undefined = first; next !== undefined && !this.#stop.signal.aborted;) {
      this.#followed.add(next);
      next = await this.#followDeployment(next);
    }
  }

  /** Returns the id of the deployment that replaced it, if there is one. */
  async #followDeployment(id: string): Promise<string | undefined> {
    const { environment, log } = this.#options;
    const over = new AbortController();
    const signal = anySignal(this.#stop.signal, over.signal);
    this.#set({ event: undefined });
    followLogs(id, { environment, log, signal });
    void this.#followEvents(id, signal);
    const next = await this.#watch(id);
    // The last updates of the old deployment arrive soon or not at all.
    if (next !== undefined) setTimeout(() => over.abort(), replacedGraceMs).unref();
    return next;
  }

  async #watch(id: string): Promise<string | undefined> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; failures += 1) {
      const before = this.#now.deployment;
      try {
        return await this.#subscribe(id);
      } catch (error) {
        if (signal.aborted || hasCode(error, 'RAILWAY_CLOSED')) return undefined;
        if (hasCode(error, 'RAILWAY_NOT_FOUND')) {
          await this.#end(undefined, id);
          return undefined;
        }
        // Keep trying even if the token was revoked: it may be restored, and the node is still there.
        if (!mayPass(error)) this.#set({ error: error as Error });
      }
      if (this.#now.deployment !== before) failures = 0;
      await pause(backoff(failures, waits), signal, { ref: false }).catch(() => undefined);
    }
    return undefined;
  }

  async #subscribe(id: string): Promise<string | undefined> {
    const { signal } = this.#stop;
    for await (const deployment of this.#options.environment.watchDeployment(id, { signal })) {
      const hasEnded = phaseOf(deployment) === 'ended';
      this.#set({ deployment, error: undefined, ...(hasEnded ? {} : { end: undefined }) });
      if (!hasEnded) continue;
      const next = await this.#successor(deployment);
      if (next.kind === 'replaced') return next.id;
      await this.#end(next.kind === 'gone' ? undefined : deployment, id);
    }
    return undefined;
  }

  /** Steps are for display only; without them the status is enough. */
  async #followEvents(id: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const event of this.#options.environment.deploymentEvents(id, { signal })) {
        this.#set({ event });
      }
    } catch {
      // Not needed, see above.
    }
  }

  async #successor(
    deployment: RailwayDeployment,
  ): Promise<{ readonly kind: 'none' | 'gone' } | { readonly kind: 'replaced'; readonly id: string }> {
    const { environment, serviceId } = this.#options;
    const { signal } = this.#stop;
    for (let failures = 0; ; failures += 1) {
      try {
        const current = currentOf(await environment.service(serviceId, { signal }));
        const isNew = current !== undefined && !this.#followed.has(current.id);
        if (!isNew || isOlder(current, deployment)) return { kind: 'none' };
        return { kind: 'replaced', id: current.id };
      } catch (error) {
        if (hasCode(error, 'RAILWAY_NOT_FOUND')) return { kind: 'gone' };
        if (signal.aborted || !mayPass(error)) throw error;
      }
      await pause(backoff(failures, waits), signal, { ref: false });
    }
  }

  async #end(deployment: RailwayDeployment | undefined, id: string): Promise<void> {
    const { event } = this.#now;
    const failed = event?.error === undefined ? undefined : event;
    const lastOutput = await this.#readLastOutput(deployment, id);
    this.#set({ deployment, end: { deployment, failed, lastOutput } });
    const reason = describeEnd(deployment, failed);
    const isDeliberate = isDeliberateEnd(deployment);
    this.#exit.resolve({ reason, expected: this.#isExpected, isDeliberate, lastOutput });
  }

  /** Queries the last lines, because those of the subscription may not have arrived yet. */
  async #readLastOutput(deployment: RailwayDeployment | undefined, id: string): Promise<readonly string[]> {
    const { environment, log } = this.#options;
    if (this.#isExpected || deployment === undefined) return log.tail(lastLines);
    const signal = anySignal(this.#stop.signal, AbortSignal.timeout(lastOutputTimeoutMs));
    const options = { limit: lastLines, signal };
    try {
      const [build, run] = await Promise.all([
        deployment.status === 'FAILED' ? environment.recentBuildLogs(id, options) : [],
        environment.recentLogs(id, options),
      ]);
      const lines = [...build, ...run].map(({ text }) => plainText(text).slice(0, 4096));
      const last = lines.at(-1);
      if (last === undefined) return log.tail(lastLines);
      await waitForLine(log, last);
      return lines.slice(-lastLines);
    } catch {
      return log.tail(lastLines);
    }
  }

  #set(change: Partial<ServiceSnapshot>): void {
    this.#now = { ...this.#now, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  async #change(signal: AbortSignal): Promise<void> {
    const changed = Promise.withResolvers<void>();
    const wake = (): void => changed.resolve();
    this.#listeners.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    try {
      await changed.promise;
    } finally {
      this.#listeners.delete(wake);
      signal.removeEventListener('abort', wake);
    }
  }
}

/** A running deployment never counts as older: a later one may have failed to replace it. */
function isOlder(one: RailwayDeploymentSummary, other: RailwayDeploymentSummary): boolean {
  return !isRunning(phaseOf(one)) && one.createdAt < other.createdAt;
}

/** Waits until the subscription has delivered the line to the log, so that the caller does not cut it off. */
async function waitForLine(log: NodeLog, text: string): Promise<void> {
  const logged = Promise.withResolvers<void>();
  const unfollow = log.follow((line) => {
    if (line.text === text) logged.resolve();
  });
  if (!log.lines().some((line) => line.text === text)) {
    await Promise.race([logged.promise, pause(lateMs, undefined, { ref: false })]);
  }
  unfollow();
}
