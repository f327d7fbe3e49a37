/**
 * Nodes as processes of this computer.
 *
 * A launch reserves a name that neither this provider nor EPMD knows. The node gets its own folder with the cookie in it. Its
 * standard input is a pipe that only this process holds, so the node exits when we do. It registers with EPMD, uses the link
 * cookie that it shares with our node, and reports its port on its output. Our node dials that port with the link cookie and
 * pings the node; when it answers, it is up. EPMD is not used to find the port, because any user of the machine can register
 * a name there; but other nodes will use it, so it must have the same port. A failure at any step, or a cancellation, stops
 * the process and removes the folder.
 *
 * A kept node has no pipe: until it is up it exits by itself when its launcher has gone, and from then on it lives on. With a
 * memory, a later process with the same node name adopts it, by the link cookie.
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
import { orReason } from '../../launch/launch-failures.ts';
import { type AdoptingProvider, type FoundNode, withAdoption } from '../../launch/adoption.ts';
import type { LaunchEntry, LaunchRun } from '../../launch/launch-platform.ts';
import type { NodeMemory, RememberedNode } from '../../launch/remembered-node.ts';
import { launches, waitForAnswer } from '../../launch/launches.ts';
import type { Runtime } from '../../runtimes/local-runtimes.ts';
import { localCommand, prepareFolder } from './local-command.ts';
import { KeptNodes } from './kept-nodes.ts';
import { clearNodesFolder } from './kept-folder.ts';
import { KeptProcess } from './kept-process.ts';
import { checkLocalRequest, kindTitles } from './local-request.ts';
import { LocalPrograms } from './local-programs.ts';
import { reportedPort } from './reported-port.ts';
import type { StepRecorder } from '../../launch/step-recorder.ts';
import type { LaunchedNode, ProviderNodeKind } from '../../launch/provider.ts';

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
  /** Where kept nodes are recorded so that they can be found again. Default: nowhere. */
  readonly memory?: NodeMemory;
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

/** A running node: one that ends with us, or one that lives on. */
type LocalNodeProcess = OwnedProcess | KeptProcess;

type Entry = LaunchEntry<LocalNodeProcess>;

/** A provider that runs nodes as processes on this computer. */
export type LocalProvider = AdoptingProvider;

/** A provider that runs nodes as processes on this computer. */
export function createLocalProvider(options: LocalProviderOptions): LocalProvider {
  const settled = { nodeLimit: 12, launchTimeoutMs: 60_000, stopGraceMs: 3000, env: process.env, ...options };
  const { nodeLimit, launchTimeoutMs, env } = settled;
  const programs = new LocalPrograms(env);
  const nodes = new LocalNodes(settled, programs);
  const provider = launches<LocalNodeProcess, FoundNode>({
    name: 'local',
    capabilities: () => programs.capabilities(),
    unavailable: (kind, remedy) =>
      new ProviderError('PROVIDER_UNAVAILABLE', `${kindTitles[kind]} nodes cannot be launched here`, {
        remedy,
      }),
    check: (request) => checkLocalRequest(request),
    plan: async () => ({ taken: await nodes.namesInUse() }),
    start: (entry, run) => nodes.start(entry, run),
    stop: (entry) => nodes.stop(entry),
    leave: (entry) => Promise.resolve(nodes.leave(entry)),
    adopt: (entry, { known }, signal) => nodes.adopt(entry, known, signal),
    checkName: (node) => nodes.checkName(node),
    host,
    steps,
    nodeLimit,
    launchTimeoutMs,
    limitRemedy: 'Delete a node, or create the provider with a larger nodeLimit.',
  });
  return withAdoption(provider, (known) => nodes.kept.isRunning(known));
}

/**
 * Creates the folder of a local provider, or removes what ended nodes of an earlier one left in it. Call it before the provider
 * is created. The folders of kept nodes that run or are `remembered` stay.
 */
export async function prepareNodesFolder(
  folder: string,
  remembered: readonly Pick<RememberedNode, 'id'>[] = [],
): Promise<void> {
  const ids = new Set(remembered.map(({ id }) => id));
  await clearNodesFolder(folder, (id) => ids.has(id));
}

type SettledOptions = Required<Omit<LocalProviderOptions, 'memory'>> & Pick<LocalProviderOptions, 'memory'>;

/** Starts and stops the processes. */
class LocalNodes {
  readonly kept: KeptNodes;
  readonly #options: SettledOptions;
  readonly #programs: LocalPrograms;
  readonly #epmd: EpmdClient;
  /** The ports reported by the nodes. */
  readonly #ports = new Map<string, number>();
  readonly #links = new Map<string, string>();
  /** Names of our nodes reserved in our EPMD, so that other registrations cannot crowd them out. */
  readonly #reserved: Map<string, () => void> = new Map();

  constructor(options: SettledOptions, programs: LocalPrograms) {
    this.#options = options;
    this.kept = new KeptNodes(options);
    this.#programs = programs;
    this.#epmd = new EpmdClient({ host, port: options.epmdPort, timeoutMs: 2000 });
  }

  /** The names that EPMD knows and those of kept nodes, which EPMD forgets when it restarts. Without host. */
  async namesInUse(): Promise<string[]> {
    const registered = (await this.#epmd.names()).nodes.map(({ name }) => name);
    const kept = (await this.kept.runningNames()).map((node) => splitNodeName(node).name);
    return [...registered, ...kept];
  }

  async checkName(node: string): Promise<void> {
    const port = this.#ports.get(node);
    const registered = port === undefined ? undefined : await this.#registeredPort(node);
    // When EPMD was restarted and does not know the name, other nodes cannot find it either.
    if (registered !== undefined && registered !== port) throw nameHeld(node, registered);
  }

  async start(entry: Entry, run: LaunchRun): Promise<LaunchedNode> {
    const child = await this.#start(entry, run.recorder);
    const died = new AbortController();
    void child.exited.then((exit) => died.abort(exit));
    await this.#waitForNode(entry, { ...run, signal: anySignal(run.signal, died.signal) });
    const { node: name, kind } = entry;
    const { osPid, exited } = child;
    if (child instanceof KeptProcess) await this.#settle(entry, child, run.signal);
    return { name, kind, exited, osPid };
  }

  /** Has a kept node live on, now that it is up. */
  async #settle(
    { node: name, kind, join, memoryMb }: Entry,
    { osPid }: KeptProcess,
    signal: AbortSignal,
  ): Promise<void> {
    const [port, linkCookie] = [this.#ports.get(name), this.#links.get(name)];
    if (port === undefined || linkCookie === undefined) return;
    await this.kept.settle({ name, kind, port, osPid, linkCookie, join, memoryMb }, signal);
  }

  /** Connects to a node that an earlier process launched. It is dialled with the link cookie, which it has to know, too. */
  async adopt(entry: Entry, known: RememberedNode, signal: AbortSignal): Promise<LaunchedNode> {
    const { name, kind, port, linkCookie } = known;
    this.#know(name, linkCookie);
    this.#setPort(name, port);
    await waitForAnswer(() => this.#options.ping(name, { kind, signal }), signal);
    const held = await this.kept.adopt(known, { log: entry.log, signal });
    entry.held = held;
    return { name, kind, exited: held.exited, osPid: held.osPid };
  }

  async #start(entry: Entry, recorder: StepRecorder): Promise<LocalNodeProcess> {
    const { node, kind, variables, keep, memoryMb, program, log } = entry;
    const folder = this.#folderOf(entry);
    const deadMan = keep ? this.kept.deadMan : undefined;
    await recorder.run('prepare', async () => {
      const link = createLink(this.#options.node.name);
      await prepareFolder({ folder, kind, deadMan, program }, { cookie: this.#options.cookie, link });
      this.#know(node, link.cookie);
      return { result: undefined };
    });
    return recorder.run('start', async () => {
      const { epmdPort, convoyCommand } = this.#options;
      const runtime = kind === 'typescript' ? undefined : await this.#programs.runtime(kind);
      const env = runtime?.env ?? this.#options.env;
      const command = localCommand({
        ...{ node, kind, folder, epmdPort, convoyCommand, env, variables, runtime, deadMan },
        ...{ memoryMb, program },
      });
      try {
        entry.held = keep
          ? await this.kept.start(command, { name: node, folder, log })
          : await OwnedProcess.start(command, log);
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
      this.#setPort(entry.node, port);
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

  /** Each launch of a kept node has a folder of its own. */
  #folderOf({ node, keep }: Entry): string {
    return keep ? this.kept.folderOf(node) : join(this.#options.folder, node);
  }

  #know(name: string, linkCookie: string): void {
    const { node } = this.#options;
    node.setCookie(name, linkCookie);
    this.#links.set(name, linkCookie);
    this.#reserved.set(name, node.reserveName(splitNodeName(name).name));
  }

  #setPort(name: string, port: number): void {
    this.#options.routes.add(name, { port });
    this.#ports.set(name, port);
  }

  /** Stops the process, removes its route, cookie and folder; the log stays until the entry is dropped. */
  async stop(entry: Entry): Promise<void> {
    const { node: name, held, keep } = entry;
    await held?.stop(this.#options.stopGraceMs);
    this.#forget(name);
    await rm(this.#folderOf(entry), { recursive: true, force: true, maxRetries: 3 });
    if (keep) await this.kept.forget(name);
  }

  /** Disconnects from a kept node, which lives on. Idempotent. */
  leave({ node: name, held }: Entry): void {
    if (held instanceof KeptProcess) held.leave();
    this.#forget(name);
  }

  #forget(name: string): void {
    const { node, routes } = this.#options;
    node.disconnect(name);
    routes.delete(name);
    this.#ports.delete(name);
    node.setCookie(name, undefined);
    this.#links.delete(name);
    this.#reserved.get(name)?.();
    this.#reserved.delete(name);
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
