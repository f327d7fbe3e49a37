/**
 * Executes the effects of the deployment machine with the runtime: builds, starts and stops containers, and feeds the outcomes
 * back to the machine. The container of a new deployment starts when those of earlier ones are gone, because a service has only
 * one address here.
 */

import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { ProviderError } from '@convoy/cluster';
import type { DeploymentStatus } from '@convoy/cluster/railway';
import { type DeploymentEffect, type DeploymentInput, stepDeployment } from './deployment-machine.ts';
import type { DeploymentRecord, SimulatedInstance } from './deployment-record.ts';
import type { Faults } from './simulated-faults.ts';
import type { SimulatedHandle, SimulatedRuntime, SimulatedSocket } from '../containers/simulated-runtime.ts';
import type { SimulatedWorld } from './simulated-world.ts';

export interface DeploymentEngineOptions {
  readonly world: SimulatedWorld;
  readonly runtime: SimulatedRuntime;
  readonly faults: Faults;
  /** Minimum grace period between SIGTERM and SIGKILL, in milliseconds. */
  readonly stopGraceMs: number;
}

/** Statuses a deployment can be held in. */
export type HeldStatus = Extract<DeploymentStatus, 'INITIALIZING' | 'QUEUED' | 'BUILDING' | 'DEPLOYING'>;

export class DeploymentEngine {
  readonly #options: DeploymentEngineOptions;
  readonly #handles = new Map<DeploymentRecord, SimulatedHandle>();
  readonly #builds = new Map<DeploymentRecord, AbortController>();
  readonly #holds = new Map<HeldStatus, PromiseWithResolvers<void>>();
  readonly #tasks = new Set<Promise<void>>();

  constructor(options: DeploymentEngineOptions) {
    this.#options = options;
  }

  deploy(instance: SimulatedInstance): DeploymentRecord {
    const deployment = this.#options.world.addDeployment(instance);
    this.#execute(deployment, { kind: 'advance' });
    return deployment;
  }

  dispatch(deployment: DeploymentRecord, input: DeploymentInput): void {
    const { state, effects } = stepDeployment(deployment.state, input, deployment.instance.restartPolicy);
    for (const effect of effects) {
      if (effect.kind === 'step') deployment.addStep(effect.step, effect.phase, effect.error);
    }
    deployment.setState(state);
    for (const effect of effects) this.#execute(deployment, effect);
  }

  /** Ends its deployments. The service disappears from the lists at once, its containers when they have ended. */
  remove(instance: SimulatedInstance): void {
    this.#options.world.removeInstance(instance);
    this.#run(async () => {
      await this.#endAll(instance.deployments);
      // If this fails, the address stays in use until the runtime closes; there is no caller to report it to.
      await this.#options.runtime.detach(instance).catch(() => undefined);
    });
  }

  async sockets(deployment: DeploymentRecord): Promise<readonly SimulatedSocket[]> {
    return (await this.#handles.get(deployment)?.sockets()) ?? [];
  }

  /** Opens a stream to a port of the running container of a service. Rejects when none runs, or nothing listens there. */
  async connect({ deployments }: SimulatedInstance, port: number): Promise<Duplex> {
    const handle = deployments.map((one) => this.#handles.get(one)).findLast((one) => one !== undefined);
    if (handle === undefined) throw new Error('no container is running');
    return handle.connect(port);
  }

  /** Crashes its container. Throws when there is none. */
  crash(deployment: DeploymentRecord): void {
    const handle = this.#handles.get(deployment);
    if (handle === undefined) throw new GraphQLError('Deployment has no running container');
    handle.crash();
  }

  /** Holds deployments that reach this status. Returns a function that releases them. */
  hold(status: HeldStatus): () => void {
    const held = this.#holds.get(status) ?? Promise.withResolvers<void>();
    this.#holds.set(status, held);
    return () => {
      if (this.#holds.get(status) === held) this.#holds.delete(status);
      held.resolve();
    };
  }

  /** Ends all deployments. Resolves when no container is left. */
  async close(): Promise<void> {
    for (const held of this.#holds.values()) held.resolve();
    this.#holds.clear();
    await this.#endAll(this.#options.world.deployments());
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  #execute(deployment: DeploymentRecord, effect: DeploymentEffect): void {
    switch (effect.kind) {
      case 'advance':
        this.#run(() => this.#advance(deployment));
        return;
      case 'build':
        this.#run(() => this.#build(deployment));
        return;
      case 'abortBuild':
        this.#builds.get(deployment)?.abort();
        return;
      case 'start':
        this.#run(() => this.#start(deployment));
        return;
      case 'stop':
        this.#run(() => this.#stop(deployment));
        return;
      case 'step':
        return;
    }
  }

  /** Lets the answer with the current status reach the client before the status changes. */
  async #advance(deployment: DeploymentRecord): Promise<void> {
    await nextTurn();
    await this.#gate(deployment);
    const isQueued = deployment.state.status === 'QUEUED';
    const fault = isQueued ? this.#options.faults.forDeploy(deployment.instance.serviceName) : undefined;
    const kinds = { needsApproval: 'askApproval', skips: 'skip' } as const;
    this.dispatch(deployment, { kind: fault === undefined ? 'advance' : kinds[fault.kind] });
  }

  async #build(deployment: DeploymentRecord): Promise<void> {
    const build = new AbortController();
    this.#builds.set(deployment, build);
    try {
      await nextTurn();
      await this.#gate(deployment);
      const { serviceName } = deployment.instance;
      const fault = build.signal.aborted ? undefined : this.#options.faults.forBuild(serviceName);
      if (fault !== undefined) throw new Error(fault.message);
      const onLine = ({ text, isError }: { text: string; isError: boolean }): void =>
        deployment.addBuildLine(text, isError);
      await this.#options.runtime.build(deployment.source, onLine, build.signal);
      deployment.buildLines.end();
      this.dispatch(deployment, { kind: 'built' });
    } catch (error) {
      const reason = reasonOf(error);
      deployment.addBuildLine(reason, true);
      deployment.buildLines.end();
      this.dispatch(deployment, { kind: 'buildFailed', reason });
    } finally {
      this.#builds.delete(deployment);
    }
  }

  async #start(deployment: DeploymentRecord): Promise<void> {
    const { world, runtime } = this.#options;
    const { instance } = deployment;
    try {
      await this.#endAll(before(deployment));
      await this.#gate(deployment);
      const handle = await runtime.start(
        { ...deployment.launch, endpoint: instance.endpoint },
        world.variablesOf(instance, deployment),
        ({ text, isError }) => deployment.addLine(text, isError),
      );
      this.#handles.set(deployment, handle);
      this.#run(() => this.#waitForExit(deployment, handle));
      this.dispatch(deployment, { kind: 'started' });
    } catch (error) {
      const reason = reasonOf(error);
      deployment.addLine(reason, true);
      this.dispatch(deployment, { kind: 'startFailed', reason });
    }
  }

  async #waitForExit(deployment: DeploymentRecord, handle: SimulatedHandle): Promise<void> {
    const { code } = await handle.exited;
    this.#handles.delete(deployment);
    this.dispatch(deployment, { kind: 'exited', isFailure: code !== 0 });
  }

  async #stop(deployment: DeploymentRecord): Promise<void> {
    const { stopGraceMs } = this.#options;
    const drainingMs = deployment.instance.drainingSeconds * 1000;
    try {
      await this.#handles.get(deployment)?.stop(Math.max(stopGraceMs, drainingMs));
    } catch (error) {
      deployment.addLine(`the container cannot be stopped: ${(error as Error).message}`, true);
    }
  }

  async #endAll(deployments: readonly DeploymentRecord[]): Promise<void> {
    await Promise.all(
      deployments.map(async (deployment) => {
        const changes = deployment.changes.follow(() => undefined);
        this.dispatch(deployment, { kind: 'remove' });
        // The stream ends when the deployment is over.
        while ((await changes.next()).done !== true);
      }),
    );
  }

  async #gate({ state }: DeploymentRecord): Promise<void> {
    await this.#holds.get(state.status as HeldStatus)?.promise;
  }

  /** Runs a task that `close` waits for. */
  #run(task: () => Promise<void>): void {
    const running = task().finally(() => this.#tasks.delete(running));
    this.#tasks.add(running);
  }
}

function before(deployment: DeploymentRecord): DeploymentRecord[] {
  const { deployments } = deployment.instance;
  return deployments.slice(0, deployments.indexOf(deployment));
}

/** What failed and what to do about it, for a log. */
function reasonOf(error: unknown): string {
  const { message } = error as Error;
  const remedy = error instanceof ProviderError ? error.remedy : undefined;
  return remedy === undefined ? message : `${message}. ${remedy}`;
}
