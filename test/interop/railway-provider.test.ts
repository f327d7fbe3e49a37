/** Nodes on the simulated Railway by the provider: real nodes of all three kinds, real HTTP and WebSockets, real trouble. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  createRailwayClient,
  createRailwayProvider,
  createTunnelResolver,
  type LaunchStep,
  openLocalRuntime,
  type RailwayClient,
  type RailwayEnvironment,
  type RailwayProvider,
  type RailwayProviderOptions,
  type RailwaySimulator,
  type RailwaySimulatorOptions,
  startRailwaySimulator,
} from '@convoy/cluster';
import { type Node, startNode } from '@convoy/node';
import { atom } from '@convoy/node/etf';
import { convoyCommand } from '../support/console-process.ts';
import { missingPeer } from '../support/erlang-node.ts';
import { eventually, processesWith } from '../support/processes.ts';

const kinds = ['typescript', 'elixir', 'erlang'] as const;
const images = {
  typescript: { source: { image: 'ghcr.io/acme/convoy-node:1' } },
  elixir: { source: { image: 'elixir:1.18' } },
  erlang: { source: { image: 'erlang:27' } },
} as const;
const skip = missingPeer('25', 'elixir');

class World implements AsyncDisposable {
  readonly folder: string;
  readonly simulator: RailwaySimulator;
  readonly client: RailwayClient;
  readonly node: Node;
  readonly #routes = createTunnelResolver();
  readonly #providers = new Set<RailwayProvider>();

  static async start(options: Omit<RailwaySimulatorOptions, 'runtime'> = {}): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'convoy-railway-'));
    const runtime = await openLocalRuntime({ folder, convoyCommand });
    const simulator = await startRailwaySimulator({ ...options, runtime });
    const routes = createTunnelResolver();
    const node = await startNode({
      name: 'watcher@127.0.0.1',
      cookie: 'the-watchers-own',
      hidden: true,
      listen: false,
      epmd: 'none',
      routes,
    });
    return new World({ folder, simulator, node, routes });
  }

  private constructor(parts: {
    folder: string;
    simulator: RailwaySimulator;
    node: Node;
    routes: ReturnType<typeof createTunnelResolver>;
  }) {
    this.folder = parts.folder;
    this.simulator = parts.simulator;
    this.node = parts.node;
    this.#routes = parts.routes;
    this.client = createRailwayClient({
      endpoint: parts.simulator.endpoint,
      token: parts.simulator.token,
      reconnect: { firstMs: 20, lastMs: 100 },
    });
  }

  get environment(): RailwayEnvironment {
    return this.client.environment(this.simulator.places[0]);
  }

  provider(options: Partial<RailwayProviderOptions> = {}): RailwayProvider {
    const provider = createRailwayProvider({
      environment: this.environment,
      node: this.node,
      images,
      reach: { kind: 'direct', routes: this.#routes },
      ipv6: false,
      ...options,
    });
    this.#providers.add(provider);
    return provider;
  }

  /** Processes of containers. */
  get containers(): number[] {
    return processesWith(`HOME=${this.folder}`, { isPrefix: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#providers].map((provider) => provider.close()));
    assert.deepEqual(this.node.list('connected'), [], 'no connection is left');
    await this.node.close();
    await this.client.close();
    await this.simulator.close();
    rmSync(this.folder, { recursive: true });
  }
}

function texts(provider: RailwayProvider, node: string): string[] {
  return (provider.logs(node)?.lines() ?? []).map(({ text }) => text);
}

for (const kind of kinds) {
  test(
    `launches ${kind} nodes that answer, with their logs`,
    { skip: kind !== 'typescript' && skip },
    async () => {
      await using world = await World.start();
      const provider = world.provider();
      const plan = await provider.plan({ kind, name: 'web' });
      assert.equal(plan.node, 'web@web.railway.internal');
      const steps: LaunchStep[] = [];
      const node = await provider.launch(plan, { onStep: (step) => steps.push(step) });
      assert.match(node.name, /^web@127\.\d+\.\d+\.\d+$/);
      assert.deepEqual(
        steps.filter(({ state }) => state === 'done').map(({ name }) => name),
        ['create', 'build', 'deploy', 'answer'],
      );
      world.node.send({ name: 'convoy_worker', node: node.name }, atom('ping'));
      const line = `Received ping on node ${node.name}`;
      await eventually(line, 10_000, () => texts(provider, node.name).includes(line));
      assert.ok(
        texts(provider, plan.node).some((text) => text.startsWith('looking for')),
        'the build is told too',
      );
      const [existing] = await provider.existing();
      assert.deepEqual([existing?.name, existing?.kind, existing?.status], [node.name, kind, 'SUCCESS']);
      await provider.destroy(node.name);
      assert.equal((await node.exited).expected, true);
      assert.deepEqual(await world.environment.services(), []);
      await eventually('no process of it', 5000, () => world.containers.length === 0);
    },
  );
}
