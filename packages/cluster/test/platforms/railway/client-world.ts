/** A simulated Railway and a client of it, for one test. */

import { setTimeout as delay } from 'node:timers/promises';
import assert from 'node:assert/strict';
import {
  createRailwayClient,
  type RailwayClient,
} from '../../../src/platforms/railway/client/railway-client.ts';
import { RailwayError } from '../../../src/platforms/railway/model/railway-error.ts';
import type { RailwayEnvironment } from '../../../src/platforms/railway/client/railway-environment.ts';
import type { RailwayClientOptions } from '../../../src/platforms/railway/calls/railway-api.ts';
import {
  type RailwaySimulator,
  type RailwaySimulatorOptions,
  startRailwaySimulator,
} from '@convoy/railway-simulator';
import { ScriptedRuntime } from '../../../../railway-simulator/test/scripted-runtime.ts';

export const source = { image: 'convoy-node:1' } as const;
const deadlineMs = 60_000;

export class ClientWorld implements AsyncDisposable {
  readonly simulator: RailwaySimulator;
  readonly runtime: ScriptedRuntime;
  readonly client: RailwayClient;
  readonly environment: RailwayEnvironment;

  static async start(
    options: Omit<RailwaySimulatorOptions, 'runtime'> = {},
    clientOptions: Partial<RailwayClientOptions> = {},
  ): Promise<ClientWorld> {
    const runtime = new ScriptedRuntime();
    const simulator = await startRailwaySimulator({ ...options, runtime });
    return new ClientWorld(simulator, runtime, clientOptions);
  }

  private constructor(
    simulator: RailwaySimulator,
    runtime: ScriptedRuntime,
    options: Partial<RailwayClientOptions>,
  ) {
    this.simulator = simulator;
    this.runtime = runtime;
    this.client = this.clientWith(simulator.token, options);
    this.environment = this.client.environment(simulator.places[0]);
  }

  clientWith(token: string, options: Partial<RailwayClientOptions> = {}): RailwayClient {
    return createRailwayClient({
      endpoint: this.simulator.endpoint,
      token,
      reconnect: { firstMs: 20, lastMs: 100, attempts: 5 },
      ...options,
    });
  }

  /** Deploys a service; resolves when its container runs. */
  async deployed(name: string): Promise<{ serviceId: string; deploymentId: string }> {
    const { serviceId } = await this.environment.createService({ name, settings: { source }, variables: {} });
    const deploymentId = await this.environment.deploy(serviceId);
    await this.runtime.container(this.runtime.containers.length + 1);
    return { serviceId, deploymentId };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.simulator.close();
    assert.equal(this.runtime.running, 0, 'no container is left');
  }
}

export function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof RailwayError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}

/** Fails when `promise` takes too long. */
export async function soon<Value>(promise: Promise<Value>, what: string): Promise<Value> {
  const done = new AbortController();
  const late = delay(deadlineMs, undefined, { signal: done.signal }).then(() =>
    assert.fail(`no ${what} in time`),
  );
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    done.abort();
  }
}

/** Reads a stream in the background and lets a test wait for what it needs. */
export class Reader<Item> {
  readonly items: Item[] = [];
  readonly ended: Promise<void>;
  readonly #waiting = new Set<() => void>();

  constructor(stream: AsyncIterable<Item>) {
    this.ended = this.#read(stream);
    this.ended.catch(() => undefined);
  }

  /** The first item that fits, including those read before. */
  async find(fits: (item: Item) => boolean, what: string): Promise<Item> {
    const search = async (): Promise<Item> => {
      for (;;) {
        const found = this.items.find(fits);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    };
    return soon(
      Promise.race([search(), this.ended.then(() => assert.fail(`the stream ended without ${what}`))]),
      what,
    );
  }

  async #read(stream: AsyncIterable<Item>): Promise<void> {
    for await (const item of stream) {
      this.items.push(item);
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    }
  }
}
