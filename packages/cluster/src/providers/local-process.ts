/**
 * Nodes as processes of this computer.
 *
 * The story of one launch: a name is reserved that neither this provider nor EPMD knows. The node gets a folder of its
 * own with the cookie in it. Its process starts with a pipe as standard input that only we hold, so it ends when we do.
 * It registers with EPMD; our node dials it and asks whether it is there, and with that answer it is up. Whatever goes
 * wrong on the way, or a cancel, ends the process and removes the folder.
 */

import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EpmdClient } from '@convoy/node/epmd';
import { ProviderError } from '../errors.ts';
import { OwnedProcess, formatExit } from './child-process.ts';
import { localCommand, prepareFolder } from './local-command.ts';
import { chooseName } from './local-names.ts';
import { LocalPrograms } from './local-programs.ts';
import { NodeLog } from './node-log.ts';
import { StepRecorder } from './step-recorder.ts';
import type {
  LaunchedNode,
  LaunchOptions,
  LaunchPlan,
  NodeExit,
  Provider,
  ProviderCapability,
  ProviderLog,
  ProviderNodeKind,
  ProviderRequest,
} from './provider.ts';

export interface LocalProviderOptions {
  /** Folder for the nodes' own folders; made when it is not there. */
  readonly folder: string;
  /** The cookie every node gets. */
  readonly cookie: string;
  /** EPMD that the nodes register with. Somebody else keeps it running. */
  readonly epmdPort: number;
  /** How to run the `convoy` command, program first: `[process.execPath, '/path/to/main.js']`. */
  readonly convoyCommand: readonly string[];
  /** Dials a node and asks it whether it is there and has its worker; rejects with the reason, and is tried again. */
  readonly ping: (node: string, options: { kind: ProviderNodeKind; signal: AbortSignal }) => Promise<void>;
  /** Most nodes at a time. Default 12. */
  readonly nodeLimit?: number;
  /** For a node to answer, from its start. Default 60 s. */
  readonly launchTimeoutMs?: number;
  /** Between asking a process to end and forcing it. Default 3 s. */
  readonly stopGraceMs?: number;
  /** Environment of the nodes, and where programs are looked for. Default: our own. */
  readonly env?: NodeJS.ProcessEnv;
}

const host = '127.0.0.1';
const registerPollMs = 50;

const steps = [
  { name: 'prepare', label: 'Prepare its folder' },
  { name: 'start', label: 'Start the process' },
  { name: 'register', label: 'Wait until EPMD knows it' },
  { name: 'answer', label: 'Dial it and wait for its answer' },
] as const;

interface Entry {
  readonly node: string;
  readonly kind: ProviderNodeKind;
  readonly log: NodeLog;
  readonly folder: string;
  /** Aborts a launch under way. */
  readonly cancel: AbortController;
  launch?: Promise<LaunchedNode>;
  process?: OwnedProcess;
}

/** Runs nodes on this computer. See `LocalProviderOptions`. */
export function createLocalProvider(options: LocalProviderOptions): Provider {
  return new LocalProvider(options);
}

class LocalProvider implements Provider {
  readonly name = 'local';
  readonly #options: Required<LocalProviderOptions>;
  readonly #programs: LocalPrograms;
  readonly #epmd: EpmdClient;
  /** By full node name: reserved, launching, up, and ended by themselves. */
  readonly #entries = new Map<string, Entry>();
  #isClosed = false;

  constructor(options: LocalProviderOptions) {
    this.#options = {
      nodeLimit: 12,
      launchTimeoutMs: 60_000,
      stopGraceMs: 3000,
      env: process.env,
      ...options,
    };
    this.#programs = new LocalPrograms(this.#options.env);
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
    // From here to the reservation nothing waits, so that two requests cannot get one name.
    this.#checkRoom();
    const own = [...this.#entries.keys()].map((node) => node.slice(0, node.indexOf('@')));
    const taken = new Set([...own, ...registered.nodes.map(({ name }) => name)]);
    const node = `${chooseName(request, taken)}@${host}`;
    const entry: Entry = {
      node,
      kind,
      log: new NodeLog(),
      folder: join(this.#options.folder, node),
      cancel: new AbortController(),
    };
    this.#entries.set(node, entry);
    const release = (): void => {
      if (entry.launch === undefined && this.#entries.get(node) === entry) this.#entries.delete(node);
    };
    return { node, kind, steps, release };
  }

  async launch(plan: LaunchPlan, options: LaunchOptions = {}): Promise<LaunchedNode> {
    const entry = this.#entryOf(plan.node);
    if (entry.launch !== undefined) {
      throw new ProviderError('PROVIDER_NAME_TAKEN', `${plan.node} is launched already`, { node: plan.node });
    }
    const { signal = new AbortController().signal, onStep } = options;
    const cancelled = AbortSignal.any([signal, entry.cancel.signal]);
    entry.launch = this.#launch(entry, { cancelled, recorder: new StepRecorder(steps, onStep) });
    return entry.launch;
  }

  logs(node: string): ProviderLog | undefined {
    return this.#entries.get(node)?.log;
  }

  async destroy(node: string): Promise<void> {
    const entry = this.#entryOf(node);
    entry.cancel.abort();
    // A launch that was cancelled cleans up after itself; its error belongs to whoever launched.
    await entry.launch?.catch(() => undefined);
    await this.#remove(entry);
    if (this.#entries.get(node) === entry) this.#entries.delete(node);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#entries.keys()].map((node) => this.destroy(node)));
  }

  #entryOf(node: string): Entry {
    const entry = this.#entries.get(node);
    if (entry !== undefined) return entry;
    throw new ProviderError('PROVIDER_NO_NODE', `${node} was not launched here`, {
      node,
      remedy: 'Only nodes that Convoy launched can be stopped by it.',
    });
  }

  #checkRoom(): void {
    if (this.#isClosed) throw new ProviderError('PROVIDER_CLOSED', 'the console is shutting down');
    const { nodeLimit } = this.#options;
    if (this.#entries.size < nodeLimit) return;
    const message = `there are ${nodeLimit} launched nodes already, failed ones included, and that is the limit`;
    const remedy = 'Delete one, or start the console with a larger --node-limit.';
    throw new ProviderError('PROVIDER_LIMIT', message, { remedy });
  }

  async #launch(
    entry: Entry,
    { cancelled, recorder }: { cancelled: AbortSignal; recorder: StepRecorder },
  ): Promise<LaunchedNode> {
    const deadline = AbortSignal.timeout(this.#options.launchTimeoutMs);
    try {
      cancelled.throwIfAborted();
      const child = await this.#start(entry, recorder);
      const died = new AbortController();
      void child.exited.then((exit) => died.abort(exit));
      const signal = AbortSignal.any([cancelled, deadline, died.signal]);
      await this.#untilUp(entry, { recorder, signal });
      // An answer that came while the cancel was on its way does not count.
      cancelled.throwIfAborted();
      const { node: name, kind } = entry;
      const { osPid, exited } = child;
      return { name, kind, exited, ...(osPid === undefined ? {} : { osPid }) };
    } catch (error) {
      await this.#remove(entry);
      throw error;
    }
  }

  async #start(entry: Entry, recorder: StepRecorder): Promise<OwnedProcess> {
    const { node, kind, folder } = entry;
    await recorder.run('prepare', async () => {
      await prepareFolder({ folder, kind }, this.#options.cookie);
      return { result: undefined };
    });
    return recorder.run('start', async () => {
      const { epmdPort, convoyCommand, env } = this.#options;
      const command = localCommand({ node, kind, folder, epmdPort, convoyCommand, env });
      try {
        entry.process = await OwnedProcess.start(command, entry.log);
      } catch (cause) {
        const remedy = kind === 'typescript' ? undefined : 'Check that it is installed and on PATH.';
        const message = `${command.file} cannot be run: ${(cause as Error).message}`;
        throw new ProviderError('PROVIDER_SPAWN_FAILED', message, { node, remedy, cause });
      }
      return { result: entry.process, detail: `process ${entry.process.osPid ?? '?'}` };
    });
  }

  async #untilUp(
    entry: Entry,
    { recorder, signal }: { recorder: StepRecorder; signal: AbortSignal },
  ): Promise<void> {
    await recorder.run('register', async () => {
      const port = await this.#orReason(entry, signal, () => this.#untilRegistered(entry.node, signal));
      return { result: undefined, detail: `port ${port}` };
    });
    await recorder.run('answer', async () => {
      await this.#orReason(entry, signal, () => this.#untilAnswer(entry, signal));
      return { result: undefined, detail: 'it answered' };
    });
  }

  async #untilRegistered(node: string, signal: AbortSignal): Promise<number> {
    const name = node.slice(0, node.indexOf('@'));
    for (;;) {
      const found = await this.#epmd.lookup(name);
      if (found !== undefined) return found.port;
      await delay(registerPollMs, undefined, { signal });
    }
  }

  /** Dials until it answers: a node is in EPMD a moment before it accepts. Ends with the signal or a lasting refusal. */
  async #untilAnswer({ node, kind }: Entry, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#options.ping(node, { kind, signal });
      } catch (error) {
        if (signal.aborted || attempt >= 20) throw error;
      }
      await delay(registerPollMs * attempt, undefined, { signal });
    }
  }

  /** Runs `work`; when `signal` ended it, says why in a `ProviderError`. */
  async #orReason<Result>(
    { node, log }: Entry,
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      throw signal.aborted ? abortError(node, signal.reason, log.tail(20)) : error;
    }
  }

  /** Ends the process and removes the folder; the log stays until the entry goes. */
  async #remove(entry: Entry): Promise<void> {
    await entry.process?.stop(this.#options.stopGraceMs);
    await rm(entry.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const titles: Readonly<Record<ProviderNodeKind, string>> = {
  typescript: 'TypeScript',
  elixir: 'Elixir',
  erlang: 'Erlang',
};

function isExit(reason: unknown): reason is NodeExit {
  return typeof reason === 'object' && reason !== null && 'lastOutput' in reason;
}

function abortError(node: string, reason: unknown, lastOutput: readonly string[]): ProviderError {
  if (isExit(reason)) {
    const message = `${node} ended while it was starting (${formatExit(reason)})`;
    const remedy = 'Its last lines of output say why.';
    return new ProviderError('PROVIDER_NODE_EXITED', message, {
      node,
      remedy,
      lastOutput: reason.lastOutput,
    });
  }
  if (reason instanceof DOMException && reason.name === 'TimeoutError') {
    const remedy = 'Its log may say why; a machine under load may need a second try.';
    return new ProviderError('PROVIDER_TIMEOUT', `${node} did not answer in time`, {
      node,
      remedy,
      lastOutput,
    });
  }
  return new ProviderError('PROVIDER_CANCELLED', `the launch of ${node} was cancelled`, { node });
}
