/** A console beside clusters that it did not start, and what a test asks of both. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConsoleOptions, startConsole } from '@convoy/console';
import type { ClusterView, NodeView } from '@convoy/console/protocol';
import { eventually } from '../eventually.ts';
import { startTestEpmd } from '../erlang/test-epmd.ts';
import { convoyCommand } from '../console/console-process.ts';
import { ConsoleClient } from '../console/live-client.ts';

/** Attaches clusters by the HTTP API. */
abstract class ClusterUser {
  abstract readonly client: ConsoleClient;

  async cluster(id: string): Promise<ClusterView> {
    return (await this.client.ask(`/api/clusters/${id}`)).json as ClusterView;
  }

  /** Nodes of one cluster, or of all. */
  async nodes(cluster?: string): Promise<NodeView[]> {
    const all = (await this.client.ask('/api/nodes')).json as NodeView[];
    return cluster === undefined ? all : all.filter((node) => node.cluster === cluster);
  }

  /** Attaches a cluster and waits until it is up or has failed. */
  async attach(request: object): Promise<ClusterView> {
    const { status, json } = await this.client.ask('/api/clusters', { body: request });
    assert.equal(status, 202, JSON.stringify(json));
    return this.settled((json as ClusterView).id);
  }

  /** The cluster, once it is up or has failed. */
  async settled(id: string): Promise<ClusterView> {
    let view = await this.cluster(id);
    await eventually(`the cluster ${id} to be up`, 60_000, async () => {
      view = await this.cluster(id);
      return view.state === 'up' || view.state === 'failed';
    });
    return view;
  }
}

/** A user of any console. */
export class ClusterClient extends ClusterUser {
  readonly client: ConsoleClient;

  constructor(url: string) {
    super();
    this.client = new ConsoleClient(url);
  }
}

/** A console that can be ended and started again on the same data directory. */
export class AttachingConsole extends ClusterUser implements AsyncDisposable {
  readonly dataDir: string = mkdtempSync(join(tmpdir(), 'convoy-attaching-'));
  readonly #options: Partial<ConsoleOptions>;
  readonly #stack = new AsyncDisposableStack();
  #running: Awaited<ReturnType<typeof startConsole>> | undefined;
  #client: ConsoleClient | undefined;

  private constructor(options: Partial<ConsoleOptions>) {
    super();
    this.#options = options;
  }

  static async start(options: Partial<ConsoleOptions> = {}): Promise<AttachingConsole> {
    const convoy = new AttachingConsole(options);
    convoy.#stack.defer(() => rmSync(convoy.dataDir, { recursive: true, force: true }));
    // Its own nodes must not be found by those of the test.
    const epmd = convoy.#stack.use(await startTestEpmd());
    await convoy.#open(epmd.port);
    return convoy;
  }

  /** The link with the token. */
  get url(): string {
    assert.ok(this.#running);
    return this.#running.url;
  }

  get client(): ConsoleClient {
    assert.ok(this.#client);
    return this.#client;
  }

  /** Ends the console and starts another on its data directory. */
  async restart(): Promise<void> {
    const epmd = this.#stack.use(await startTestEpmd());
    await this.#running?.close();
    await this.#open(epmd.port);
  }

  async #open(epmdPort: number): Promise<void> {
    const { dataDir } = this;
    this.#running = await startConsole({ port: 0, dataDir, convoyCommand, epmdPort, ...this.#options });
    this.#client = new ConsoleClient(this.#running.url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.close();
    await this.#stack.disposeAsync();
  }
}
