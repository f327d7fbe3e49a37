/**
 * Containers as processes of this computer, each service with an address of its own in 127/8. They are real nodes: what
 * they log is theirs, and they reach each other without EPMD, as on a private network. Each ends when this process does.
 */

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProviderError } from '../errors.ts';
import { formatExit, OwnedProcess } from '../providers/child-process.ts';
import { prepareFolder } from '../providers/local-command.ts';
import { LocalPrograms } from '../providers/local-programs.ts';
import { NodeLog } from '../providers/node-log.ts';
import type { ProviderCapability, ProviderNodeKind } from '../providers/provider.ts';
import type { RailwaySource } from '../railway/model.ts';
import { AddressBlock } from './address-block.ts';
import { containerCommand, kindOfSource } from './container-command.ts';
import { listeningPorts } from './listening-sockets.ts';
import type {
  LineListener,
  SimulatedEndpoint,
  SimulatedHandle,
  SimulatedLaunch,
  SimulatedRuntime,
  SimulatedService,
} from './simulated-runtime.ts';

export interface LocalRuntimeOptions {
  /** For the containers' own folders; made when it is not there. */
  readonly folder: string;
  /** How to run the `convoy` command, program first. */
  readonly convoyCommand: readonly string[];
  /** Where `elixir` and `erl` are looked for: PATH of it. Default: our own. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * What kind of node is in an image or a repository. Default: by its name, `convoy`, `convoy-node`, `elixir`, `erlang`.
   */
  readonly kindOf?: (source: RailwaySource) => ProviderNodeKind | undefined;
}

/** Claims addresses. Rejects with PROVIDER_UNAVAILABLE where there are none. */
export async function openLocalRuntime(options: LocalRuntimeOptions): Promise<SimulatedRuntime> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  return new LocalRuntime(options, await AddressBlock.claim());
}

class LocalRuntime implements SimulatedRuntime {
  readonly #options: LocalRuntimeOptions;
  readonly #addresses: AddressBlock;
  readonly #programs: LocalPrograms;
  readonly #endpoints = new Map<string, string>();
  readonly #running = new Set<OwnedProcess>();

  constructor(options: LocalRuntimeOptions, addresses: AddressBlock) {
    this.#options = options;
    this.#addresses = addresses;
    this.#programs = new LocalPrograms(options.env ?? process.env);
  }

  async attach(service: SimulatedService): Promise<SimulatedEndpoint> {
    const address = this.#addresses.take();
    this.#endpoints.set(keyOf(service), address);
    // Names of Railway's private network do not resolve here; the address does, for everybody.
    return { domain: address, addresses: [address] };
  }

  async detach(service: SimulatedService): Promise<void> {
    const address = this.#endpoints.get(keyOf(service));
    if (address !== undefined) this.#addresses.giveBack(address);
    this.#endpoints.delete(keyOf(service));
  }

  async build(source: RailwaySource, onLine: LineListener, signal: AbortSignal): Promise<void> {
    const name = 'image' in source ? source.image : source.repo;
    onLine({ text: `looking for ${name}`, isError: false });
    const kind = this.#kindOf(source);
    if (kind === undefined) throw new Error(`${name} is not known to the simulator`);
    const capability = kind === 'typescript' ? undefined : await this.#capability(kind);
    signal.throwIfAborted();
    if (capability?.available === false) {
      throw new Error(`this computer runs no ${kind} nodes: ${capability.remedy ?? 'not supported'}`);
    }
    onLine({ text: `found ${capability?.version ?? `Node.js ${process.versions.node}`}`, isError: false });
  }

  async start(
    launch: SimulatedLaunch,
    env: Readonly<Record<string, string>>,
    onLine: LineListener,
  ): Promise<SimulatedHandle> {
    const kind = this.#kindOf(launch.source) ?? 'typescript';
    const folder = join(this.#options.folder, launch.deploymentId);
    const [address = ''] = launch.endpoint.addresses;
    const { convoyCommand } = this.#options;
    const path = (this.#options.env ?? process.env)['PATH'] ?? '';
    const { startCommand } = launch;
    const command = containerCommand({ kind, folder, address, startCommand, convoyCommand, path, env });
    await prepareFolder({ folder, kind }, env['RELEASE_COOKIE'] ?? '');
    const log = new NodeLog();
    log.follow(({ text, stream }) => onLine({ text, isError: stream === 'stderr' }));
    try {
      const child = await OwnedProcess.start(command, log);
      return this.#own(child, { folder, address, kind, onLine });
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      const message = `${command.file} cannot be run: ${(cause as Error).message}`;
      throw new ProviderError('PROVIDER_SPAWN_FAILED', message, { cause });
    }
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#running, (child) => child.stop(0)));
    await this.#addresses.close();
  }

  #own(
    child: OwnedProcess,
    context: { folder: string; address: string; kind: ProviderNodeKind; onLine: LineListener },
  ): SimulatedHandle {
    const { folder, address, kind, onLine } = context;
    this.#running.add(child);
    const ended = child.exited.then(async (exit) => {
      this.#running.delete(child);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      onLine({ text: `container ended: ${formatExit(exit)}`, isError: exit.code !== 0 });
      return exit;
    });
    return {
      exited: ended,
      sockets: async () => {
        const ports = await listeningPorts(address);
        return ports.map((port) => ({ port, isIpv6: false, processName: kind }));
      },
      stop: async (graceMs) => {
        await child.stop(graceMs);
        await ended;
      },
      crash: () => {
        if (child.osPid !== undefined) process.kill(child.osPid, 'SIGKILL');
      },
    };
  }

  async #capability(kind: ProviderNodeKind): Promise<ProviderCapability | undefined> {
    return (await this.#programs.capabilities()).find((one) => one.kind === kind);
  }

  #kindOf(source: RailwaySource): ProviderNodeKind | undefined {
    return (this.#options.kindOf ?? kindOfSource)(source);
  }
}

function keyOf({ environmentId, serviceId }: SimulatedService): string {
  return `${environmentId} ${serviceId}`;
}
