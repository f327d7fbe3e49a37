/** A simulated Railway whose containers are real nodes, with a local node and providers, for one test. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTunnelResolver,
  type LaunchedNode,
  type LaunchStep,
  ProviderError,
  type ProviderNodeKind,
  type TunnelResolver,
} from '@convoy/cluster';
import {
  createRailwayClient,
  createRailwayProvider,
  type RailwayClient,
  type RailwayEnvironment,
  type RailwayProvider,
  type RailwayProviderOptions,
  type RailwayReach,
} from '@convoy/cluster/railway';
import { splitNodeName } from '@convoy/node/names';
import {
  openLocalRuntime,
  openNamespaceRuntime,
  type RailwaySimulator,
  type RailwaySimulatorOptions,
  startRailwaySimulator,
} from '@convoy/railway-simulator';
import { type Node, startNode } from '@convoy/node';
import { convoyCommand } from './console/console-process.ts';
import { processesWith } from './processes.ts';

export const railwayImages = {
  typescript: { source: { image: 'ghcr.io/acme/convoy-node:1' } },
  elixir: { source: { image: 'elixir:1.18' } },
  erlang: { source: { image: 'erlang:27' } },
} as const;

interface Parts {
  readonly folder: string;
  readonly simulator: RailwaySimulator;
  readonly node: Node;
  readonly routes: TunnelResolver;
}

type ClientOptions = Partial<Parameters<typeof createRailwayClient>[0]>;

export class RailwayWorld implements AsyncDisposable {
  readonly folder: string;
  readonly simulator: RailwaySimulator;
  readonly node: Node;
  readonly routes: TunnelResolver;
  /** The first environment, through a client of its own. */
  readonly environment: RailwayEnvironment;
  readonly #providers = new Set<RailwayProvider>();
  readonly #keys = mkdtempSync(join(tmpdir(), 'convoy-keys-'));
  #keyCount = 0;
  readonly #clients = new Set<RailwayClient>();

  /** On addresses of this computer, or in `namespaces`, which only the relay can reach. */
  static async start(
    options: Omit<RailwaySimulatorOptions, 'runtime'> & { readonly runtime?: 'local' | 'namespaces' } = {},
  ): Promise<RailwayWorld> {
    const { runtime: where = 'local', ...others } = options;
    const folder = mkdtempSync(join(tmpdir(), 'convoy-railway-'));
    const open = where === 'local' ? openLocalRuntime : openNamespaceRuntime;
    const runtime = await open({ folder, convoyCommand });
    const simulator = await startRailwaySimulator({ ...others, runtime }).catch(async (error: unknown) => {
      await runtime.close();
      throw error;
    });
    const routes = createTunnelResolver();
    const node = await startNode({
      name: 'watcher@127.0.0.1',
      cookie: 'the-watchers-own',
      hidden: true,
      listen: false,
      epmd: 'none',
      routes,
    });
    return new RailwayWorld({ folder, simulator, node, routes });
  }

  private constructor({ folder, simulator, node, routes }: Parts) {
    this.folder = folder;
    this.simulator = simulator;
    this.node = node;
    this.routes = routes;
    this.environment = this.client().environment(simulator.places[0]);
  }

  client(options: ClientOptions = {}): RailwayClient {
    const { endpoint, token } = this.simulator;
    const client = createRailwayClient({
      endpoint,
      token,
      reconnect: { firstMs: 20, lastMs: 100 },
      ...options,
    });
    this.#clients.add(client);
    return client;
  }

  provider(
    options: Partial<RailwayProviderOptions> = {},
    clientOptions: ClientOptions = {},
  ): RailwayProvider {
    const provider = createRailwayProvider({
      environment: this.client(clientOptions).environment(this.simulator.places[0]),
      node: this.node,
      images: railwayImages,
      reach: { kind: 'direct', routes: this.routes },
      ipv6: false,
      ...options,
    });
    this.#providers.add(provider);
    return provider;
  }

  /** Generates a key and returns its file; the public half is in the file with `.pub`. */
  keyOf(name: string): string {
    const file = join(this.#keys, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
    return file;
  }

  /** Reach through the simulator's relay, with a key that it accepts. */
  relay(change: Partial<Extract<RailwayReach, { kind: 'relay' }>> = {}): RailwayReach {
    const { relay } = this.simulator;
    const { host, port, hostKey } = relay;
    const identityFile = this.keyOf(`key-${++this.#keyCount}`);
    relay.addKey(readFileSync(`${identityFile}.pub`, 'utf8'));
    const ssh = { identityFiles: [identityFile], agent: false, retryFirstMs: 20, retryMaxMs: 200 } as const;
    return { kind: 'relay', routes: this.routes, host, port, hostKey, ssh, ...change };
  }

  /** Processes of all containers, or of one node by its full name. */
  containers(node?: string): number[] {
    const own = processesWith(`HOME=${this.folder}`, { isPrefix: true });
    if (node === undefined) return own;
    const { host } = splitNodeName(node);
    // Private networks of other tests have the same names.
    const named = new Set(processesWith(`RAILWAY_PRIVATE_DOMAIN=${host}`));
    return own.filter((id) => named.has(id));
  }

  /** Names of the services of an environment. Default: the first. */
  async services(environment: RailwayEnvironment = this.environment): Promise<string[]> {
    return (await environment.services()).map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#providers].map((provider) => provider.close()));
    assert.deepEqual(this.node.list('connected'), [], 'no connection is left');
    assert.deepEqual(this.routes.nodes, [], 'no route is left');
    await this.node.close();
    await Promise.all([...this.#clients].map((client) => client.close()));
    await this.simulator.close();
    for (const folder of [this.folder, this.#keys]) rmSync(folder, { recursive: true });
  }
}

export async function launchOn(
  provider: RailwayProvider,
  kind: ProviderNodeKind = 'typescript',
): Promise<LaunchedNode> {
  return provider.launch(await provider.plan({ kind }));
}

/** The lines of a node's log. */
export function logTexts(provider: RailwayProvider, node: string): string[] {
  return (provider.logs(node)?.lines() ?? []).map(({ text }) => text);
}

/** The newest deployment of a node. */
export async function deploymentOf(provider: RailwayProvider, name: string): Promise<string> {
  const found = (await provider.existing()).find((node) => node.name === name);
  assert.ok(found?.deploymentId !== undefined, `${name} has a deployment`);
  return found.deploymentId;
}

/** Launches a node that must fail. Returns the error and the step that failed. */
export async function failedLaunch(
  provider: RailwayProvider,
  onStep: (step: LaunchStep) => void = () => undefined,
): Promise<{ error: ProviderError; node: string; failed: LaunchStep | undefined }> {
  const plan = await provider.plan({ kind: 'typescript' });
  let failed: LaunchStep | undefined;
  const launched = provider.launch(plan, {
    onStep: (step) => {
      if (step.state === 'failed') failed = step;
      onStep(step);
    },
  });
  const error: unknown = await launched.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProviderError, String(error));
  return { error, node: plan.node, failed };
}
