/**
 * Containers as processes of this computer, each service with its own address in 127/8. They are real nodes with their own
 * logs, and reach each other without EPMD, as on a private network. They end with this process.
 */

import { once } from 'node:events';
import { connect } from 'node:net';
import type { RailwaySource } from '@convoy/cluster/railway';
import { AddressBlock } from './address-block.ts';
import { type ContainerOptions, type ContainerPlace, ContainerRunner } from './container-runner.ts';
import { listeningPorts } from './listening-sockets.ts';
import type {
  LineListener,
  SimulatedEndpoint,
  SimulatedHandle,
  SimulatedLaunch,
  SimulatedRuntime,
  SimulatedService,
} from './simulated-runtime.ts';

/** Opens a runtime and claims addresses. Rejects with PROVIDER_UNAVAILABLE when there are none. */
export async function openLocalRuntime(options: ContainerOptions): Promise<SimulatedRuntime> {
  return new LocalRuntime(await ContainerRunner.open(options), await AddressBlock.claim());
}

class LocalRuntime implements SimulatedRuntime {
  readonly #runner: ContainerRunner;
  readonly #addresses: AddressBlock;
  readonly #endpoints = new Map<string, string>();

  constructor(runner: ContainerRunner, addresses: AddressBlock) {
    this.#runner = runner;
    this.#addresses = addresses;
  }

  async attach(service: SimulatedService): Promise<SimulatedEndpoint> {
    const address = this.#addresses.take();
    this.#endpoints.set(keyOf(service), address);
    // Names of Railway's private network do not resolve here; every container can use the address.
    return { domain: address, addresses: [address] };
  }

  async detach(service: SimulatedService): Promise<void> {
    const address = this.#endpoints.get(keyOf(service));
    if (address !== undefined) this.#addresses.giveBack(address);
    this.#endpoints.delete(keyOf(service));
  }

  build(source: RailwaySource, onLine: LineListener, signal: AbortSignal): Promise<void> {
    return this.#runner.build(source, onLine, signal);
  }

  start(
    launch: SimulatedLaunch,
    env: Readonly<Record<string, string>>,
    onLine: LineListener,
  ): Promise<SimulatedHandle> {
    const [address = ''] = launch.endpoint.addresses;
    return this.#runner.start({ launch, env, onLine, place: placeAt(address) });
  }

  async close(): Promise<void> {
    await this.#runner.close();
    await this.#addresses.close();
  }
}

function placeAt(address: string): ContainerPlace {
  return {
    address,
    enter: [],
    sockets: async ({ kind }) => {
      const ports = await listeningPorts(address);
      return ports.map((port) => ({ port, isIpv6: false, processName: kind }));
    },
    connect: async (port) => {
      const socket = connect({ host: address, port, allowHalfOpen: true });
      await once(socket, 'connect');
      return socket;
    },
  };
}

function keyOf({ environmentId, serviceId }: SimulatedService): string {
  return `${environmentId} ${serviceId}`;
}
