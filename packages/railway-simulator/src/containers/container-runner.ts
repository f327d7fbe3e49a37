/**
 * Runs containers as processes of this computer: checks that it can, starts each in its own folder, and ends them. The runtime
 * decides where they run: on an address or in a namespace.
 */

import { mkdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Duplex } from 'node:stream';
import {
  formatExit,
  type LocalCommand,
  LocalPrograms,
  NodeLog,
  OwnedProcess,
  prepareFolder,
  type ProviderCapability,
  ProviderError,
  type ProviderNodeKind,
} from '@convoy/cluster';
import type { RailwaySource } from '@convoy/cluster/railway';
import { containerCommand, kindOfSource } from './container-command.ts';
import type { LineListener, SimulatedHandle, SimulatedLaunch, SimulatedSocket } from './simulated-runtime.ts';

/** Options of the runtimes, which run containers as processes of this computer. */
export interface ContainerOptions {
  /** Parent of the containers' folders. Created if it does not exist. */
  readonly folder: string;
  /** How to run the `convoy` command, program first. */
  readonly convoyCommand: readonly string[];
  /** Environment whose PATH is used to find `elixir` and `erl`. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The kind of node in an image or repository. Default: by its name, `convoy`, `convoy-node`, `elixir` or `erlang`. */
  readonly kindOf?: (source: RailwaySource) => ProviderNodeKind | undefined;
}

/** Where a container runs. */
export interface ContainerPlace {
  /** The address to listen on. Absent when the container has its own network. */
  readonly address?: string;
  /** Command prefix that enters the container's network. */
  readonly enter: readonly string[];
  /** Lists the ports that the container listens on. */
  readonly sockets: (container: { osPid: number; kind: string }) => Promise<readonly SimulatedSocket[]>;
  /** Opens a stream to one of its ports. */
  readonly connect: (port: number) => Promise<Duplex>;
}

export interface ContainerStart {
  readonly launch: SimulatedLaunch;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: LineListener;
  readonly place: ContainerPlace;
}

export class ContainerRunner {
  readonly #options: ContainerOptions;
  readonly #programs: LocalPrograms;
  readonly #running = new Set<OwnedProcess>();

  private constructor(options: ContainerOptions) {
    this.#options = options;
    this.#programs = new LocalPrograms(options.env ?? process.env);
  }

  static async open(options: ContainerOptions): Promise<ContainerRunner> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    return new ContainerRunner(options);
  }

  async build(source: RailwaySource, onLine: LineListener, signal: AbortSignal): Promise<void> {
    const name = 'image' in source ? source.image : source.repo;
    onLine({ text: `looking for ${name}`, isError: false });
    const kind = this.#kindOf(source);
    if (kind === undefined) throw new Error(`${name} is not known to the simulator`);
    const capability = kind === 'typescript' ? undefined : await this.#capability(kind);
    signal.throwIfAborted();
    if (capability?.available === false) {
      throw new ProviderError('PROVIDER_UNAVAILABLE', `this computer cannot run ${kind} nodes`, {
        remedy: capability.remedy,
      });
    }
    onLine({ text: `found ${capability?.version ?? `Node.js ${process.versions.node}`}`, isError: false });
  }

  async start({ launch, env, onLine, place }: ContainerStart): Promise<SimulatedHandle> {
    const kind = this.#kindOf(launch.source) ?? 'typescript';
    const folder = join(this.#options.folder, launch.deploymentId);
    const path = await this.#pathFor(kind);
    const command = enter(place.enter, this.#commandOf(launch, { kind, folder, env, place, path }));
    await prepareFolder({ folder, kind }, { cookie: env['RELEASE_COOKIE'] ?? '' });
    const log = new NodeLog();
    log.follow(({ text, stream }) => onLine({ text, isError: stream === 'stderr' }));
    try {
      const child = await OwnedProcess.start(command, log);
      return this.#own(child, { folder, kind, onLine, place });
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      const message = `${command.file} cannot be run: ${(cause as Error).message}`;
      const remedy = 'Check that the program is installed and may be executed.';
      throw new ProviderError('PROVIDER_SPAWN_FAILED', message, { remedy, cause });
    }
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#running, (child) => child.stop(0)));
  }

  #commandOf(
    { startCommand }: SimulatedLaunch,
    how: {
      kind: ProviderNodeKind;
      folder: string;
      env: Readonly<Record<string, string>>;
      place: ContainerPlace;
      path: string;
    },
  ): LocalCommand {
    const { kind, folder, env, place, path } = how;
    const { convoyCommand } = this.#options;
    const { address } = place;
    return containerCommand({ kind, folder, address, startCommand, convoyCommand, path, env });
  }

  /** The PATH of a container, with the installed programs first: shims do not work without the HOME of the user. */
  async #pathFor(kind: ProviderNodeKind): Promise<string> {
    const runtime = kind === 'typescript' ? undefined : await this.#programs.runtime(kind);
    const { env = this.#options.env ?? process.env, folders = [] } = runtime ?? {};
    return [...folders, env['PATH'] ?? ''].join(delimiter);
  }

  #own(
    child: OwnedProcess,
    context: { folder: string; kind: ProviderNodeKind; onLine: LineListener; place: ContainerPlace },
  ): SimulatedHandle {
    const { folder, kind, onLine, place } = context;
    this.#running.add(child);
    const ended = child.exited.then(async (exit) => {
      this.#running.delete(child);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      onLine({ text: `container ended: ${formatExit(exit)}`, isError: exit.code !== 0 });
      return exit;
    });
    return {
      exited: ended,
      sockets: async () => (child.osPid === undefined ? [] : place.sockets({ osPid: child.osPid, kind })),
      connect: place.connect,
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

function enter([file, ...before]: readonly string[], command: LocalCommand): LocalCommand {
  if (file === undefined) return command;
  return { file, args: [...before, command.file, ...command.args], env: command.env };
}
