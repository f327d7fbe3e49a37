/**
 * Nodes as processes of this computer.
 *
 * A launch reserves a name that neither this provider nor EPMD knows. The node gets its own folder with the cookie in it. Its
 * standard input is a pipe that only this process holds, so the node exits when we do. It registers with EPMD, uses the link
 * cookie that it shares with our node, and reports its port on its output. Our node dials that port with the link cookie and
 * pings the node; when it answers, it is up. EPMD is not used to find the port, because any user of the machine can register
 * a name there; but other nodes will use it, so it must have the same port. A failure at any step, or a cancellation, stops
 * the process and removes the folder.
 */

import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import type { Node } from '@convoy/node';
import { EpmdClient } from '@convoy/node/epmd';
import { anySignal, pause, waitFor } from '@convoy/node/async';
import { splitNodeName } from '@convoy/node/names';
import { ProviderError } from '../../errors.ts';
import type { TunnelResolver } from '../../tunnels/tunnel-resolver.ts';
import { createLink } from '../../on-node/link-cookie.ts';
import { OwnedProcess } from '../../launch/child-process.ts';
import {
  type LaunchEntry,
  LaunchRegistry,
  type LaunchRun,
  orReason,
  waitForAnswer,
} from '../../launch/launch-registry.ts';
import type { Runtime } from '../../runtimes/local-runtimes.ts';
import { localCommand, prepareFolder } from './local-command.ts';
import { LocalPrograms } from './local-programs.ts';
import { reportedPort } from './reported-port.ts';
import type { StepRecorder } from '../../launch/step-recorder.ts';
import type {
  LaunchedNode,
  LaunchOptions,
  LaunchPlan,
  Provider,
  ProviderCapability,
  ProviderLog,
  ProviderNodeKind,
  ProviderRequest,
} from '../../launch/provider.ts';

/** Options of `createLocalProvider`. */
export interface LocalProviderOptions {
  /** Folder for the nodes' own folders; created if missing. */
  readonly folder: string;
  /** The cookie of every node. */
  readonly cookie: string;
  /** Port of the EPMD with which the nodes register. It must be running already. */
  readonly epmdPort: number;
  /** Command line of `convoy`, program first: `[process.execPath, '/path/to/main.js']`. */
  readonly convoyCommand: readonly string[];
  /** Local node that connects to the launched nodes. */
  readonly node: Node;
  /** The resolver that `node` uses; ports of launched nodes are added to it. */
  readonly routes: TunnelResolver;
  /** Dials a node and checks that its worker answers. Rejects with the reason otherwise, and is then retried. */
  readonly ping: (node: string, options: { kind: ProviderNodeKind; signal: AbortSignal }) => Promise<void>;
  /** Maximum number of nodes. Default 12. */
  readonly nodeLimit?: number;
  /** How long to wait for a node to answer after starting it, in milliseconds. Default 60 s. */
  readonly launchTimeoutMs?: number;
  /** Grace period between SIGTERM and SIGKILL in milliseconds. Default 3 s. */
  readonly stopGraceMs?: number;
  /** Environment of the nodes, with the PATH to search for programs. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
}

const host = '127.0.0.1';
const registerPollMs = 50;
const ownNameMs = 200;

const steps = [
  { name: 'prepare', label: 'Prepare the folder' },
  { name: 'start', label: 'Start the process' },
  { name: 'register', label: 'Wait for the port' },
  { name: 'answer', label: 'Dial the node' },
] as const;

type Entry = LaunchEntry<OwnedProcess>;

/** A provider that runs nodes as processes on this computer. */
export function createLocalProvider(options: LocalProviderOptions): Provider {
  return new LocalProvider(options);
}

class LocalProvider implements Provider {
  readonly name = 'local';
  readonly #options: Required<LocalProviderOptions>;
  readonly #programs: LocalPrograms;
  readonly #epmd: EpmdClient;
  readonly #registry: LaunchRegistry<OwnedProcess>;
  /** The ports reported by the nodes. */
  readonly #ports = new Map<string, number>();
  /** Names of our nodes reserved in our EPMD, so that other registrations cannot crowd them out. */
  readonly #reserved: Map<string, () => void> = new Map();

  constructor(options: LocalProviderOptions) {
    this.#options = {
      nodeLimit: 12,
      launchTimeoutMs: 60_000,
      stopGraceMs: 3000,
      env: process.env,
      ...options,
    };
    const { nodeLimit, launchTimeoutMs, env } = this.#options;
    this.#registry = new LaunchRegistry({
      start: (entry, run) => this.#launch(entry, run),
      remove: (entry) => this.#remove(entry),
      host,
      steps,
      nodeLimit,
      launchTimeoutMs,
      limitRemedy: 'Delete a node, or create the provider with a larger nodeLimit.',
    });
    this.#programs = new LocalPrograms(env);
    this.#epmd = new EpmdClient({ host, port: options.epmdPort, timeoutMs: 2000 });
  }

  capabilities(): Promise<ProviderCapability[]> {
    return this.#programs.capabilities();
  }

  async plan(request: ProviderRequest): Promise<LaunchPlan> {
    const { kind } = request;
    const [capabilities, registered] = await Promise.all([this.capabilities(), this.#epmd.names()]);
    const capability = capabilities.find((one) => one.kind === kind);
    if (capability?.available !== true) {
      const message = `${titles[kind]} nodes cannot be launched here`;
      throw new ProviderError('PROVIDER_UNAVAILABLE', message, { remedy: capability?.remedy });
    }
    // No await from here to the reservation, so that two requests cannot get the same name.
    return this.#registry.reserve(
      request,
      registered.nodes.map(({ name }) => name),
    );
  }

  launch(plan: LaunchPlan, options?: LaunchOptions): Promise<LaunchedNode> {
    return this.#registry.launch(plan, options);
  }

  async checkName(node: string): Promise<void> {
    const port = this.#ports.get(node);
    const registered = port === undefined ? undefined : await this.#registeredPort(node);
    // When EPMD was restarted and does not know the name, other nodes cannot find it either.
    if (registered !== undefined && registered !== port) throw nameHeld(node, registered);
  }

  logs(node: string): ProviderLog | undefined {
    return this.#registry.logs(node);
  }

  destroy(node: string): Promise<void> {
    return this.#registry.destroy(node);
  }

  close(): Promise<void> {
    return this.#registry.close();
  }

  async #launch(entry: Entry, run: LaunchRun): Promise<LaunchedNode> {
    const child = await this.#start(entry, run.recorder);
    const died = new AbortController();
    void child.exited.then((exit) => died.abort(exit));
    await this.#waitForNode(entry, { ...run, signal: anySignal(run.signal, died.signal) });
    const { node: name, kind } = entry;
    const { osPid, exited } = child;
    return { name, kind, exited, osPid };
  }

  async #start(entry: Entry, recorder: StepRecorder): Promise<OwnedProcess> {
    const { node, kind, variables } = entry;
    const folder = this.#folderOf(entry);
    await recorder.run('prepare', async () => {
      const link = createLink(this.#options.node.name);
      await prepareFolder({ folder, kind }, { cookie: this.#options.cookie, link });
      this.#options.node.setCookie(node, link.cookie);
      this.#reserved.set(node, this.#options.node.reserveName(splitNodeName(node).name));
      return { result: undefined };
    });
    return recorder.run('start', async () => {
      const { epmdPort, convoyCommand } = this.#options;
      const runtime = kind === 'typescript' ? undefined : await this.#programs.runtime(kind);
      const env = runtime?.env ?? this.#options.env;
      const command = localCommand({ node, kind, folder, epmdPort, convoyCommand, env, variables, runtime });
      try {
        entry.held = await OwnedProcess.start(command, entry.log);
      } catch (cause) {
        const remedy = kind === 'typescript' ? undefined : 'Check that it is installed and on PATH.';
        const message = `${command.file} cannot be run: ${(cause as Error).message}`;
        throw new ProviderError('PROVIDER_SPAWN_FAILED', message, { node, remedy, cause });
      }
      const found =
        runtime === undefined || runtime.foundBy === 'on PATH' ? '' : `, ${describeRuntime(runtime)}`;
      return { result: entry.held, detail: `process ${entry.held.osPid ?? '?'}${found}` };
    });
  }

  async #waitForNode(entry: Entry, { recorder, signal }: LaunchRun): Promise<void> {
    await recorder.run('register', async () => {
      const port = await this.#waitForPort(entry, signal);
      this.#options.routes.add(entry.node, { port });
      this.#ports.set(entry.node, port);
      return { result: undefined, detail: `port ${port}` };
    });
    await recorder.run('answer', async () => {
      const { node, kind } = entry;
      const ask = (): Promise<void> => this.#options.ping(node, { kind, signal });
      await orReason(entry, signal, () => waitForAnswer(ask, signal));
      return { result: undefined, detail: 'it answered' };
    });
  }

  /** Resolves with the port that the node reported, once EPMD has the same port. */
  async #waitForPort(entry: Entry, signal: AbortSignal): Promise<number> {
    try {
      return await orReason(entry, signal, async () => {
        const port = await reportedPort(entry.log, entry.node, signal);
        await this.#waitForRegistration(entry.node, port, signal);
        return port;
      });
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'PROVIDER_NODE_EXITED') throw error;
      // A node that finds its name taken exits. Its own registration, if it had one, takes a moment to disappear.
      await pause(ownNameMs);
      const holder = await this.#registeredPort(entry.node).catch(() => undefined);
      throw holder === undefined ? error : nameHeld(entry.node, holder, error);
    }
  }

  async #waitForRegistration(node: string, port: number, signal: AbortSignal): Promise<void> {
    const check = async (): Promise<boolean> => {
      const registered = await this.#registeredPort(node);
      if (registered !== undefined && registered !== port) throw nameHeld(node, registered);
      return registered === port;
    };
    await waitFor(signal, check, { everyMs: registerPollMs });
  }

  async #registeredPort(node: string): Promise<number | undefined> {
    return (await this.#epmd.lookup(splitNodeName(node).name))?.port;
  }

  #folderOf({ node }: Entry): string {
    return join(this.#options.folder, node);
  }

  /** Stops the process, removes its route, cookie and folder; the log stays until the entry is dropped. */
  async #remove(entry: Entry): Promise<void> {
    const { node, routes, stopGraceMs } = this.#options;
    await entry.held?.stop(stopGraceMs);
    node.disconnect(entry.node);
    routes.delete(entry.node);
    this.#ports.delete(entry.node);
    node.setCookie(entry.node, undefined);
    this.#reserved.get(entry.node)?.();
    this.#reserved.delete(entry.node);
    await rm(this.#folderOf(entry), { recursive: true, force: true, maxRetries: 3 });
  }
}

function describeRuntime({ file, foundBy }: Runtime): string {
  return `${file}, found ${foundBy}`;
}

function nameHeld(node: string, port: number, cause?: ProviderError): ProviderError {
  const name = splitNodeName(node).name;
  const message = `another process holds the name ${name} in EPMD and listens on port ${port}`;
  return new ProviderError('PROVIDER_NAME_TAKEN', message, {
    node,
    remedy: `Choose another name, or find the process that listens there (ss -ltnp sport = :${port}) and end it.`,
    lastOutput: cause?.lastOutput ?? [],
    cause,
  });
}

const titles: Readonly<Record<ProviderNodeKind, string>> = {
  typescript: 'TypeScript',
  elixir: 'Elixir',
  erlang: 'Erlang',
};
