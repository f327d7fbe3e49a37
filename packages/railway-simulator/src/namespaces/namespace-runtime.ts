/**
 * Containers in their own network namespaces, with a private IPv6 network and a name server per environment, as on Railway.
 * Only the relay can reach into a private network from this computer, and nothing can reach out. Needs root and iproute2.
 */

import { join } from 'node:path';
import { ProviderError } from '@convoy/cluster';
import type { RailwaySource } from '@convoy/cluster/railway';
import {
  type ContainerOptions,
  type ContainerPlace,
  ContainerRunner,
} from '../containers/container-runner.ts';
import { listeningEverywhere } from '../containers/listening-sockets.ts';
import type {
  LineListener,
  SimulatedEndpoint,
  SimulatedHandle,
  SimulatedLaunch,
  SimulatedDns,
  SimulatedRuntime,
  SimulatedService,
} from '../containers/simulated-runtime.ts';
import { Forwarder } from './forwarder.ts';
import { missingNamespaces, sweepNamespaces } from './iproute.ts';
import { type PrivateHost, PrivateNetwork } from './private-network.ts';
import type { NameFailure } from './zone.ts';

/** Opens a runtime. Rejects with PROVIDER_UNAVAILABLE, and the reason, when namespaces cannot be created. */
export async function openNamespaceRuntime(options: ContainerOptions): Promise<SimulatedRuntime> {
  const missing = missingNamespaces();
  if (missing !== undefined) {
    throw new ProviderError('PROVIDER_UNAVAILABLE', `private networks cannot be created: ${missing}`, {
      remedy:
        'Run the simulator as root, with iproute2 (apt-get install iproute2), or use the local runtime.',
    });
  }
  await sweepNamespaces();
  return new NamespaceRuntime(options, await ContainerRunner.open(options));
}

class NamespaceRuntime implements SimulatedRuntime {
  readonly dns: SimulatedDns = {
    fail: (how, name) => this.#failNames(how, name),
    mend: () => this.#mendNames(),
  };
  readonly #options: ContainerOptions;
  readonly #runner: ContainerRunner;
  /** By environment id. */
  readonly #networks = new Map<string, Promise<PrivateNetwork>>();
  readonly #hosts = new Map<string, PrivateHost>();
  readonly #forwarders = new Map<string, Promise<Forwarder>>();
  readonly #failing = new Map<string | undefined, NameFailure>();

  constructor(options: ContainerOptions, runner: ContainerRunner) {
    this.#options = options;
    this.#runner = runner;
  }

  async attach(service: SimulatedService): Promise<SimulatedEndpoint> {
    const network = await this.#network(service.environmentId);
    const host = await network.attach(service.serviceName);
    this.#hosts.set(keyOf(service), host);
    return { domain: host.domain, addresses: [host.address] };
  }

  async detach(service: SimulatedService): Promise<void> {
    const key = keyOf(service);
    const host = this.#hosts.get(key);
    if (host === undefined) return;
    this.#hosts.delete(key);
    await this.#closeForwarder(host);
    await (await this.#network(service.environmentId)).detach(host);
  }

  build(source: RailwaySource, onLine: LineListener, signal: AbortSignal): Promise<void> {
    return this.#runner.build(source, onLine, signal);
  }

  async start(
    launch: SimulatedLaunch,
    env: Readonly<Record<string, string>>,
    onLine: LineListener,
  ): Promise<SimulatedHandle> {
    const host = this.#hosts.get(keyOf(launch));
    if (host === undefined) throw new Error(`${launch.serviceName} is not attached to the private network`);
    return this.#runner.start({ launch, env, onLine, place: this.#placeOf(host) });
  }

  async close(): Promise<void> {
    await this.#runner.close();
    await Promise.all(Array.from(this.#hosts.values(), (host) => this.#closeForwarder(host)));
    const networks = await Promise.allSettled(this.#networks.values());
    await Promise.all(
      networks.map((network) => (network.status === 'fulfilled' ? network.value.close() : Promise.resolve())),
    );
  }

  #placeOf(host: PrivateHost): ContainerPlace {
    return {
      enter: ['ip', 'netns', 'exec', host.namespace],
      sockets: async ({ osPid, kind }) => {
        const sockets = await listeningEverywhere(osPid);
        return sockets.map((socket) => ({ ...socket, processName: kind }));
      },
      connect: async (port) => (await this.#forwarder(host)).connect(port),
    };
  }

  #network(environmentId: string): Promise<PrivateNetwork> {
    let network = this.#networks.get(environmentId);
    if (network === undefined) {
      network = this.#openNetwork();
      this.#networks.set(environmentId, network);
      network.catch(() => this.#networks.delete(environmentId));
    }
    return network;
  }

  async #openNetwork(): Promise<PrivateNetwork> {
    const network = await PrivateNetwork.open();
    for (const [name, how] of this.#failing) await network.fail(how, name);
    return network;
  }

  #forwarder(host: PrivateHost): Promise<Forwarder> {
    let forwarder = this.#forwarders.get(host.namespace);
    if (forwarder === undefined) {
      const path = join(this.#options.folder, `${host.namespace}.sock`);
      forwarder = Forwarder.start(host.namespace, path);
      this.#forwarders.set(host.namespace, forwarder);
      forwarder.catch(() => this.#forwarders.delete(host.namespace));
    }
    return forwarder;
  }

  async #closeForwarder({ namespace }: PrivateHost): Promise<void> {
    const forwarder = this.#forwarders.get(namespace);
    this.#forwarders.delete(namespace);
    await (await forwarder?.catch(() => undefined))?.close();
  }

  async #failNames(how: NameFailure, name?: string): Promise<void> {
    this.#failing.set(name, how);
    for (const network of this.#networks.values()) await (await network).fail(how, name);
  }

  async #mendNames(): Promise<void> {
    const names = [...this.#failing.keys()];
    this.#failing.clear();
    for (const network of this.#networks.values()) {
      for (const name of names) await (await network).fail(undefined, name);
    }
  }
}

function keyOf({ environmentId, serviceId }: SimulatedService): string {
  return `${environmentId} ${serviceId}`;
}
