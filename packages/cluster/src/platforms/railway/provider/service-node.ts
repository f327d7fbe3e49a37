/** One node on Railway as we hold it: its service, its deployments that are followed, our connection to it, its end. */

import type { Node } from '@convoy/node';
import { anySignal, pause } from '@convoy/node/async';
import { ProviderError } from '../../../errors.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import { abortError } from '../../../launch/launch-registry.ts';
import type { NodeLog } from '../../../launch/node-log.ts';
import type { NodeExit } from '../../../launch/provider.ts';
import {
  currentOf,
  describeDeployment,
  describeEvent,
  isBuilt,
  isRestarting,
  isRunning,
  phaseOf,
} from '../deployments/deployment-phase.ts';
import { explained, explainEnd, explainUnreachable } from '../deployments/provider-failures.ts';
import { deleteService, tellingWaits, type Wait } from '../services/make-service.ts';
import { NodeLink } from './node-link.ts';
import type { RailwayControl } from './options.ts';
import type { RailwayReach } from './reach.ts';
import { ServiceFollower, type ServiceSnapshot } from '../deployments/service-follower.ts';

export interface ServiceNodeOptions {
  readonly environment: RailwayEnvironment;
  readonly node: Node;
  readonly reach: RailwayReach;
  readonly distPort: number;
  readonly service: {
    readonly serviceId: string;
    readonly serviceInstanceId: string;
    readonly serviceName: string;
    /** Full name of the node, as far as it is known. */
    readonly name: string;
  };
  readonly log: NodeLog;
}

/** For a node that was connected to go. */
const goneMs = 30_000;
/** For a node to go after Railway has said that it is gone. */
const goodbyeMs = 2000;
/** For Railway to say that a deployment is gone whose node was not connected. */
const removedMs = 10_000;

export class ServiceNode {
  readonly #options: ServiceNodeOptions;
  readonly #follower: ServiceFollower;
  #name: string;
  #link: NodeLink | undefined;
  #hasEnded = false;

  constructor(options: ServiceNodeOptions) {
    const { environment, service, log } = options;
    this.#options = options;
    this.#name = service.name;
    this.#follower = new ServiceFollower({ environment, serviceId: service.serviceId, log });
    void this.exited.then(() => (this.#hasEnded = true));
  }

  /** Full name of the node; after `dialAs` the real one. */
  get name(): string {
    return this.#name;
  }

  get serviceId(): string {
    return this.#options.service.serviceId;
  }

  get serviceName(): string {
    return this.#options.service.serviceName;
  }

  get exited(): Promise<NodeExit> {
    return this.#follower.exited;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Starts its first deployment. */
  async deploy(wait: Wait): Promise<void> {
    this.follow(await this.#options.environment.deploy(this.serviceId, tellingWaits(wait)));
  }

  follow(deploymentId: string): void {
    this.#follower.follow(deploymentId);
  }

  /** Resolves with words about it when there is an image to start. Rejects with why there will be none. */
  waitForBuild(wait: Wait): Promise<string> {
    return this.#waitForPhase(wait, isBuilt);
  }

  /** Resolves with words about it when its container runs. */
  waitForStart(wait: Wait): Promise<string> {
    return this.#waitForPhase(wait, isRunning);
  }

  /** `false` when its container runs, `true` when it has ended; waits while Railway is at it. */
  hasComeToEnd({ signal }: Wait): Promise<boolean> {
    return this.#follower.waitFor(({ deployment, end, error }) => {
      if (end !== undefined) return true;
      if (error !== undefined) throw error;
      return deployment !== undefined && isRunning(phaseOf(deployment)) ? false : undefined;
    }, signal);
  }

  /** By which name and cookie it is dialled. Once. */
  dialAs({ name, cookie }: { readonly name: string; readonly cookie: string }): void {
    const { node, reach, distPort, service } = this.#options;
    const { serviceInstanceId } = service;
    this.#name = name;
    this.#link = new NodeLink({
      node,
      reach,
      cookie,
      target: { node: name, serviceInstanceId, distPort },
      mayDial: () => {
        const { deployment } = this.#follower.now;
        return deployment !== undefined && phaseOf(deployment) === 'running';
      },
    });
  }

  /**
   * Resolves when it answers, and keeps the connection from then on. Rejects with `ProviderError`: its end, why it cannot
   * be reached, or PROVIDER_TIMEOUT with what the last attempt failed with; or with the signal's reason.
   */
  async waitForAnswer({ signal, tell }: Wait, timeoutMs: number): Promise<void> {
    const link = this.#link;
    if (link === undefined) throw new TypeError('dialAs comes first');
    const over = new AbortController();
    const deadline = AbortSignal.timeout(timeoutMs);
    const until = anySignal(signal, over.signal, deadline);
    let why: Error | undefined;
    this.#follower
      .waitFor((now) => {
        if (isRestarting(now.deployment)) tell(describeSnapshot(now));
        return now.end;
      }, until)
      .then(
        (end) => over.abort(explainEnd(this.#name, end)),
        () => undefined,
      );
    try {
      await link.waitForAnswer(until, (error) => {
        why = error;
        tell(`not yet: ${error.message}`);
      });
      link.keep();
    } catch (error) {
      signal.throwIfAborted();
      if (over.signal.aborted) throw over.signal.reason;
      if (!deadline.aborted) throw explainUnreachable(this.#name, error as Error);
      throw await this.#timeout(why);
    } finally {
      over.abort();
    }
  }

  /** Asks Railway which deployment is meant: somebody may have started another. Rejects with `ProviderError`. */
  async control(action: RailwayControl): Promise<void> {
    const { environment } = this.#options;
    await explained(this.#name, async () => {
      const current = currentOf(await environment.service(this.serviceId));
      if (current === undefined) {
        const remedy = 'Delete it and launch another node.';
        const message = `${this.#name} was never deployed`;
        throw new ProviderError('PROVIDER_DEPLOY_FAILED', message, { node: this.#name, remedy });
      }
      // The end may be told before the order is answered.
      this.#follower.expectEnd(action === 'stop');
      await environment[action](current.id).catch((error: unknown) => {
        this.#follower.expectEnd(false);
        throw error;
      });
    });
  }

  /** Deletes its service and waits until the node is gone. Idempotent. Rejects with `ProviderError`. */
  async remove(): Promise<void> {
    const { environment } = this.#options;
    this.#follower.expectEnd(true);
    this.#link?.stopKeeping();
    await deleteService(environment, { serviceId: this.serviceId, node: this.#name });
    await this.#waitForEnd();
    await this.#follower.close();
    await this.#link?.close();
  }

  /** Lets it go on without us. */
  async leave(): Promise<void> {
    await this.#follower.leave();
    await this.#link?.close();
  }

  async #waitForEnd(): Promise<void> {
    if (this.#link?.isConnected === true) return this.#waitForDisconnect(this.#link);
    if (!this.#follower.isFollowing) return;
    await Promise.race([this.exited, pause(removedMs, undefined, { ref: false })]);
  }

  /** A container that is taken away with its network may not say goodbye; then Railway's word will do. */
  async #waitForDisconnect(link: NodeLink): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    const isToldAnew = this.#follower.isFollowing && !this.#hasEnded;
    const waits = [
      link.waitForDown(signal),
      pause(goneMs, signal).then(() => 'late' as const),
      ...(isToldAnew ? [this.exited.then(() => pause(goodbyeMs, signal))] : []),
    ];
    for (const wait of waits) wait.catch(() => undefined);
    const outcome = await Promise.race(waits);
    over.abort();
    if (outcome !== 'late') return;
    const message = `the service of ${this.#name} was deleted, but the node is still running after ${goneMs / 1000} s`;
    const remedy = 'Check its deployments on Railway, and delete it here again.';
    throw new ProviderError('PROVIDER_TIMEOUT', message, { node: this.#name, remedy });
  }

  async #waitForPhase(
    { signal, tell }: Wait,
    isReached: (phase: ReturnType<typeof phaseOf>) => boolean,
  ): Promise<string> {
    let told = '';
    return this.#follower.waitFor((now) => {
      const { deployment, end, error } = now;
      if (end !== undefined) throw explainEnd(this.#name, end);
      if (error !== undefined) throw error;
      const text = describeSnapshot(now);
      if (deployment !== undefined && isReached(phaseOf(deployment))) return text;
      if (text !== told) tell(text);
      told = text;
      return undefined;
    }, signal);
  }

  /** What listens in its container is what helps most when nobody answers. */
  async #timeout(why: Error | undefined): Promise<ProviderError> {
    const { log, distPort, environment } = this.#options;
    const plain = abortError({ node: this.#name, log }, new DOMException('', 'TimeoutError'));
    const id = this.#follower.now.deployment?.id;
    const found = id === undefined ? undefined : await environment.deployment(id).catch(() => undefined);
    const ports = found?.sockets.map(({ port }) => port) ?? [];
    const isListening = ports.includes(distPort);
    const remedy =
      found === undefined || isListening
        ? plain.remedy
        : `Nothing in its container listens on port ${distPort} (${ports.length === 0 ? 'nor on any other' : `only on ${ports.join(', ')}`}): does its image read ERL_DIST_PORT and RELEASE_NODE?`;
    const message = why === undefined ? plain.message : `${plain.message}: ${why.message}`;
    const { node, lastOutput } = plain;
    return new ProviderError('PROVIDER_TIMEOUT', message, { node, remedy, lastOutput, cause: why });
  }
}

function describeSnapshot({ deployment, event }: ServiceSnapshot): string {
  const state = deployment === undefined ? 'Railway has taken the order' : describeDeployment(deployment);
  return event === undefined ? state : `${state}: ${describeEvent(event)}`;
}
