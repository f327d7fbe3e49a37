/** One node on Railway: its service, the follower of its deployments, the connection to it, and its end. */

import type { Node } from '@convoy/node';
import { anySignal, pause } from '@convoy/node/async';
import { ProviderError } from '../../../errors.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import { abortError } from '../../../launch/launch-failures.ts';
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
import { callOptionsOf, deleteService, type StepContext } from '../services/make-service.ts';
import { NodeConnection } from './node-connection.ts';
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

/** How long a connected node may take to disconnect after its service was deleted. */
const disconnectTimeoutMs = 30_000;
/** How long it may still take after Railway has reported its end. */
const disconnectGraceMs = 2000;
/** How long to wait for Railway to report the end of a node that was not connected. */
const endTimeoutMs = 10_000;

export class ServiceNode {
  readonly #options: ServiceNodeOptions;
  readonly #follower: ServiceFollower;
  #name: string;
  #link: NodeConnection | undefined;
  #hasEnded = false;

  constructor(options: ServiceNodeOptions) {
    const { environment, service, log } = options;
    this.#options = options;
    this.#name = service.name;
    this.#follower = new ServiceFollower({ environment, serviceId: service.serviceId, log });
    void this.exited.then(() => (this.#hasEnded = true));
  }

  /** Full name of the node: the planned one, and after `dialAs` the actual one. */
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
  async deploy(context: StepContext): Promise<void> {
    this.follow(await this.#options.environment.deploy(this.serviceId, callOptionsOf(context)));
  }

  follow(deploymentId: string): void {
    this.#follower.follow(deploymentId);
  }

  /** Resolves with a description when the image is ready to start. Rejects with the reason when there will be none. */
  waitForBuild(context: StepContext): Promise<string> {
    return this.#waitForPhase(context, isBuilt);
  }

  /** Resolves with a description when the container runs. */
  waitForStart(context: StepContext): Promise<string> {
    return this.#waitForPhase(context, isRunning);
  }

  /** Resolves when the container runs or has ended, and waits while Railway builds or starts it. */
  waitForRunOrEnd({ signal }: StepContext): Promise<'running' | 'ended'> {
    return this.#follower.waitFor(({ deployment, end, error }) => {
      if (end !== undefined) return 'ended';
      if (error !== undefined) throw error;
      return deployment !== undefined && isRunning(phaseOf(deployment)) ? 'running' : undefined;
    }, signal);
  }

  /** Sets the name and the cookie to dial the node with. To be called once. */
  dialAs({ name, cookie }: { readonly name: string; readonly cookie: string }): void {
    const { node, reach, distPort, service } = this.#options;
    const { serviceInstanceId } = service;
    this.#name = name;
    this.#link = new NodeConnection({
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
   * Resolves when the node answers, and keeps the connection from then on. Rejects with `ProviderError`: how the node ended,
   * why it cannot be reached, or PROVIDER_TIMEOUT with the failure of the last attempt; or with the signal's reason.
   */
  async waitForAnswer({ signal, report }: StepContext, timeoutMs: number): Promise<void> {
    const link = this.#link;
    if (link === undefined) throw new TypeError('call dialAs before waitForAnswer');
    const over = new AbortController();
    const deadline = AbortSignal.timeout(timeoutMs);
    const stop = anySignal(signal, over.signal, deadline);
    let lastError: Error | undefined;
    this.#follower
      .waitFor((now) => {
        if (isRestarting(now.deployment)) report(describeSnapshot(now));
        return now.end;
      }, stop)
      .then(
        (end) => over.abort(explainEnd(this.#name, end)),
        () => undefined,
      );
    try {
      await link.waitForAnswer(stop, (error) => {
        lastError = error;
        report(`no answer yet: ${error.message}`);
      });
      link.keep();
    } catch (error) {
      signal.throwIfAborted();
      if (over.signal.aborted) throw over.signal.reason;
      if (!deadline.aborted) throw explainUnreachable(this.#name, error as Error);
      throw await this.#timeout(lastError);
    } finally {
      over.abort();
    }
  }

  /** Acts on the deployment that is current on Railway, where others may have started one. Rejects with `ProviderError`. */
  async control(action: RailwayControl): Promise<void> {
    const { environment } = this.#options;
    await explained(this.#name, async () => {
      const current = currentOf(await environment.service(this.serviceId));
      if (current === undefined) {
        const remedy = 'Delete it and launch another node.';
        const message = `${this.#name} was never deployed`;
        throw new ProviderError('PROVIDER_DEPLOY_FAILED', message, { node: this.#name, remedy });
      }
      // Railway may report the end before it answers the request.
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

  /** Stops following and disconnects. The node keeps running. */
  async leave(): Promise<void> {
    await this.#follower.leave();
    await this.#link?.close();
  }

  async #waitForEnd(): Promise<void> {
    if (this.#link?.isConnected === true) return this.#waitForDisconnect(this.#link);
    if (!this.#follower.isFollowing) return;
    await Promise.race([this.exited, pause(endTimeoutMs, undefined, { ref: false })]);
  }

  /** A container that is removed with its network may not close its connection; then Railway's report is enough. */
  async #waitForDisconnect(link: NodeConnection): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    const willReportEnd = this.#follower.isFollowing && !this.#hasEnded;
    const waits = [
      link.waitForDown(signal),
      pause(disconnectTimeoutMs, signal).then(() => 'late' as const),
      ...(willReportEnd ? [this.exited.then(() => pause(disconnectGraceMs, signal))] : []),
    ];
    for (const wait of waits) wait.catch(() => undefined);
    const outcome = await Promise.race(waits);
    over.abort();
    if (outcome !== 'late') return;
    const seconds = disconnectTimeoutMs / 1000;
    const message = `the service of ${this.#name} was deleted, but the node is still running after ${seconds} s`;
    const remedy = 'Check its deployments on Railway, then delete it here again.';
    throw new ProviderError('PROVIDER_TIMEOUT', message, { node: this.#name, remedy });
  }

  async #waitForPhase(
    { signal, report }: StepContext,
    isReached: (phase: ReturnType<typeof phaseOf>) => boolean,
  ): Promise<string> {
    let lastText = '';
    return this.#follower.waitFor((now) => {
      const { deployment, end, error } = now;
      if (end !== undefined) throw explainEnd(this.#name, end);
      if (error !== undefined) throw error;
      const text = describeSnapshot(now);
      if (deployment !== undefined && isReached(phaseOf(deployment))) return text;
      if (text !== lastText) report(text);
      lastText = text;
      return undefined;
    }, signal);
  }

  /** Says on which ports the container listens, which explains most timeouts. */
  async #timeout(lastError: Error | undefined): Promise<ProviderError> {
    const { log, distPort, environment } = this.#options;
    const plain = abortError({ node: this.#name, log }, new DOMException('', 'TimeoutError'));
    const id = this.#follower.now.deployment?.id;
    const found = id === undefined ? undefined : await environment.deployment(id).catch(() => undefined);
    const ports = found?.sockets.map(({ port }) => port) ?? [];
    const isListening = ports.includes(distPort);
    const listening = ports.length === 0 ? 'nor on any other' : `only on ${ports.join(', ')}`;
    const remedy =
      found === undefined || isListening
        ? plain.remedy
        : `Nothing in its container listens on port ${distPort} (${listening}): check that its image reads ERL_DIST_PORT and RELEASE_NODE.`;
    const message = lastError === undefined ? plain.message : `${plain.message}: ${lastError.message}`;
    const { node, lastOutput } = plain;
    return new ProviderError('PROVIDER_TIMEOUT', message, { node, remedy, lastOutput, cause: lastError });
  }
}

function describeSnapshot({ deployment, event }: ServiceSnapshot): string {
  const state =
    deployment === undefined ? 'Railway has accepted the deployment' : describeDeployment(deployment);
  return event === undefined ? state : `${state}: ${describeEvent(event)}`;
}
