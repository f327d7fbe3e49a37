/**
 * A simulated Railway, for tests and for trying Convoy without an account: serves the part of Railway's API that Convoy uses,
 * over HTTP and WebSocket on loopback, and really runs what is deployed. Nothing is random: ids are counted, there are no
 * delays, and failures occur only on request.
 */

import { randomBytes } from 'node:crypto';
import { type Principal, TokenTable } from './api/access.ts';
import { ApiServer, apiPath } from './api/api-server.ts';
import { DeploymentEngine, type HeldStatus } from './world/deployment-engine.ts';
import { Faults, type SimulatedFault } from './world/simulated-faults.ts';
import { mutationRoot } from './api/mutation-root.ts';
import { queryRoot, subscriptionRoot } from './api/query-roots.ts';
import type { RequestLimit } from './api/request-window.ts';
import type { SimulatedDns, SimulatedRuntime } from './containers/simulated-runtime.ts';
import { SshRelay } from './ssh-relay.ts';
import { Views } from './api/views.ts';
import { SimulatedWorld } from './world/simulated-world.ts';

/** Options of `startRailwaySimulator`. */
export interface RailwaySimulatorOptions {
  /** Runs the containers; the simulator closes it. */
  readonly runtime: SimulatedRuntime;
  /** Port of the API, on 127.0.0.1. Default: a free one. */
  readonly port?: number | undefined;
  /** Projects with their environments, at least one in all. Default: a project `convoy` with an environment `production`. */
  readonly projects?: readonly {
    readonly name: string;
    readonly environments: readonly { readonly name: string; readonly isFork?: boolean }[];
  }[];
  /** Request limit of each token. Default 10000 per hour. */
  readonly requestLimit?: RequestLimit;
  /** Maximum number of services in all environments together. Default 50. */
  readonly serviceLimit?: number;
  /** Minimum grace period between SIGTERM and SIGKILL, in milliseconds. Default 3 s. */
  readonly stopGraceMs?: number;
}

/** One environment of one project. */
export interface SimulatedPlace {
  readonly projectId: string;
  readonly projectName: string;
  readonly environmentId: string;
  readonly environmentName: string;
}

/** A simulated Railway that is running. `await using` closes it. */
export interface RailwaySimulator {
  /** URL of the API, for `createRailwayClient({ endpoint })`. */
  readonly endpoint: string;
  /** An account token, different for each simulator. */
  readonly token: string;
  /** Its environments, in the order of the `projects` option. */
  readonly places: readonly [SimulatedPlace, ...SimulatedPlace[]];
  /** Creates another token. */
  addToken(principal: Principal): string;
  /** Adds a fault, which occurs once unless it has `times`. */
  addFault(fault: SimulatedFault): void;
  /** Removes the faults that have not occurred yet. */
  clearFaults(): void;
  /** How many faults are still to occur. */
  readonly pendingFaults: number;
  /** Cuts every WebSocket. */
  cutSockets(): void;
  /** Number of open WebSockets. */
  readonly socketCount: number;
  /** Crashes the container of a deployment. Throws when there is none. */
  crash(deploymentId: string): void;
  /** Approves a deployment that is waiting for it. */
  approve(deploymentId: string): void;
  /** Holds deployments that reach this status. Returns a function that releases them. */
  hold(status: HeldStatus): () => void;
  /** The SSH relay: leads to 127.0.0.1 of a service, whose instance id is the user name. */
  readonly relay: SimulatedRelay;
  /** Makes DNS lookups in the private networks fail; `undefined` when the runtime has no name servers of its own. */
  readonly dns: SimulatedDns | undefined;
  /** Ends all containers and connections. Idempotent. */
  close(): Promise<void>;
  /** Closes the simulator. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A relay like Railway's `ssh.railway.com`, on a port of 127.0.0.1. */
export interface SimulatedRelay {
  readonly host: string;
  readonly port: number;
  /** The relay's public key: `ssh-ed25519 AAAA...`. */
  readonly hostKey: string;
  /** Accepts logins with the private half of this public key: `ssh-ed25519 AAAA...`. */
  addKey(publicKey: string): void;
  /** Generates a key and accepts it. Returns the private half in OpenSSH's format. */
  newKey(): string;
  /** Cuts every connection. */
  cut(): void;
}

/** Starts a simulator. Rejects when the port is in use; the caller must then close the runtime. */
export async function startRailwaySimulator(options: RailwaySimulatorOptions): Promise<RailwaySimulator> {
  const { runtime, serviceLimit = 50, stopGraceMs = 3000 } = options;
  const world = new SimulatedWorld({ now: Date.now, serviceLimit });
  const projects = options.projects ?? [{ name: 'convoy', environments: [{ name: 'production' }] }];
  for (const { name, environments } of projects) {
    world.addProject(
      name,
      environments.map(({ name, isFork = false }) => ({ name, isFork })),
    );
  }
  const faults = new Faults();
  const tokens = new TokenTable();
  const engine = new DeploymentEngine({ world, runtime, faults, stopGraceMs });
  const views = new Views(world, engine);
  const server = await ApiServer.start({
    port: options.port ?? 0,
    tokens,
    faults,
    requestLimit: options.requestLimit ?? { requests: 10_000, windowMs: 3_600_000 },
    now: Date.now,
    roots: {
      query: queryRoot(world, views),
      mutation: mutationRoot({ world, engine, runtime, views }),
      subscription: subscriptionRoot(world, views),
    },
  });
  const relay = await openRelay(world, engine);
  return new Simulator({ world, faults, tokens, engine, server, runtime, relay });
}

interface Parts {
  readonly world: SimulatedWorld;
  readonly faults: Faults;
  readonly tokens: TokenTable;
  readonly engine: DeploymentEngine;
  readonly server: ApiServer;
  readonly runtime: SimulatedRuntime;
  readonly relay: SshRelay;
}

function openRelay(world: SimulatedWorld, engine: DeploymentEngine): Promise<SshRelay> {
  return SshRelay.open({
    find: (user) => {
      const instance = world.findInstance(user);
      return instance && { connect: (port) => engine.connect(instance, port) };
    },
  });
}

class Simulator implements RailwaySimulator {
  readonly endpoint: string;
  readonly token: string;
  readonly places: readonly [SimulatedPlace, ...SimulatedPlace[]];
  readonly #parts: Parts;
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.endpoint = `http://127.0.0.1:${parts.server.port}${apiPath}`;
    this.token = this.addToken({ kind: 'account' });
    const [first, ...others] = placesOf(parts.world);
    if (first === undefined) throw new TypeError('projects must contain at least one environment');
    this.places = [first, ...others];
  }

  get socketCount(): number {
    return this.#parts.server.socketCount;
  }

  get relay(): SimulatedRelay {
    return this.#parts.relay;
  }

  get dns(): SimulatedDns | undefined {
    return this.#parts.runtime.dns;
  }

  addToken(principal: Principal): string {
    const secret = randomBytes(24).toString('base64url');
    this.#parts.tokens.add({ secret, principal });
    return secret;
  }

  addFault(fault: SimulatedFault): void {
    this.#parts.faults.add(fault);
  }

  clearFaults(): void {
    this.#parts.faults.clear();
  }

  get pendingFaults(): number {
    return this.#parts.faults.pending;
  }

  cutSockets(): void {
    this.#parts.server.cutSockets();
  }

  crash(deploymentId: string): void {
    this.#parts.engine.crash(this.#parts.world.deployment(deploymentId));
  }

  approve(deploymentId: string): void {
    this.#parts.engine.dispatch(this.#parts.world.deployment(deploymentId), { kind: 'approve' });
  }

  hold(status: HeldStatus): () => void {
    return this.#parts.engine.hold(status);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const { server, engine, runtime, relay } = this.#parts;
    await server.close();
    await relay.close();
    await engine.close();
    await runtime.close();
  }
}

function placesOf(world: SimulatedWorld): SimulatedPlace[] {
  return [...world.environments.values()].map(({ id, name, projectId }) => ({
    projectId,
    projectName: world.project(projectId).name,
    environmentId: id,
    environmentName: name,
  }));
}
