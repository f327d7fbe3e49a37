/**
 * The provider of every platform: reserves names, enforces the limit, runs each launch once, and lets a deletion cancel it.
 * A platform supplies what differs: which names are in use there, and how a node is started, stopped, left and adopted.
 */

import { anySignal, retry } from '@convoy/node/async';
import { splitNodeName } from '@convoy/node/names';
import { ProviderError } from '../errors.ts';
import { abortError, exceededLimit, notRemoved } from './launch-failures.ts';
import type { LaunchEntry, LaunchesOptions, LaunchRun, NamesInUse, RunningNode } from './launch-platform.ts';
import { parseProgram } from './launch-program.ts';
import { checkLaunchVariables } from './launch-variables.ts';
import { chooseName } from './local-names.ts';
import { NodeLog } from './node-log.ts';
import type {
  LaunchedNode,
  LaunchOptions,
  LaunchPlan,
  Provider,
  ProviderCapability,
  ProviderRequest,
} from './provider.ts';
import { StepRecorder } from './step-recorder.ts';

const answerPollMs = 50;
const answerAttempts = 20;

/** Creates the provider of a platform. */
export function launches<Held, Found extends RunningNode = RunningNode>(
  options: LaunchesOptions<Held, Found>,
): Launches<Held, Found> {
  return new Launches(options);
}

/** A provider, with what a platform needs to build further operations on its nodes. */
export class Launches<Held, Found extends RunningNode = RunningNode> implements Provider {
  readonly name: string;
  readonly checkName?: (node: string) => Promise<void>;
  readonly #options: LaunchesOptions<Held, Found>;
  /** By full node name: reserved, launching, up, and exited by themselves. */
  readonly #entries = new Map<string, LaunchEntry<Held>>();
  /** Names that nodes got from the platform, and the planned names they replace. */
  readonly #aliases = new Map<string, string>();
  #isClosed = false;

  constructor(options: LaunchesOptions<Held, Found>) {
    this.name = options.name;
    this.#options = options;
    if (options.checkName !== undefined) this.checkName = options.checkName;
  }

  capabilities(): Promise<ProviderCapability[]> {
    return this.#options.capabilities();
  }

  async plan(request: ProviderRequest): Promise<LaunchPlan> {
    const { capabilities, unavailable, plan, check } = this.#options;
    await check?.(request);
    // A release brings the programs that it needs.
    if (!isRelease(request)) {
      const capability = (await capabilities()).find(({ kind }) => kind === request.kind);
      if (capability?.available !== true) throw unavailable(request.kind, capability?.remedy);
    }
    const inUse = await plan([...this.#entries.values()]);
    // Nothing is awaited from here on, so that two requests cannot get the same name.
    return this.#reserve(request, inUse);
  }

  /** Runs the launch of a plan. A plan can be launched only once. */
  async launch(plan: LaunchPlan, options: LaunchOptions = {}): Promise<LaunchedNode> {
    const { signal = new AbortController().signal, onStep } = options;
    const entry = this.#entryOf(plan.node);
    if (entry.launch !== undefined) {
      throw new ProviderError('PROVIDER_NAME_TAKEN', `${plan.node} has already been launched`, {
        node: plan.node,
        remedy: 'Make a new plan for each launch.',
      });
    }
    const cancelled = anySignal(signal, entry.cancel.signal);
    const deadline = AbortSignal.timeout(this.#options.launchTimeoutMs);
    const recorder = new StepRecorder(this.#options.steps, onStep);
    const alias = (name: string): void => {
      if (name !== entry.node) this.#aliases.set(name, entry.node);
    };
    const either = anySignal(cancelled, deadline);
    entry.launch = this.#carryOut(entry, { recorder, cancelled, signal: either, alias });
    return entry.launch;
  }

  /**
   * Takes over a node that is already running. When that fails, the node is released and keeps running. Rejects with
   * `ProviderError` PROVIDER_NAME_TAKEN when it is already registered.
   */
  async takeOver(
    found: Found,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<LaunchedNode> {
    this.#checkOpen();
    const { node, kind, keep = false, join = true, memoryMb } = found;
    if (this.find(node) !== undefined) {
      throw new ProviderError('PROVIDER_NAME_TAKEN', `${node} is already managed here`, {
        node,
        remedy: 'Use it as it is.',
      });
    }
    const entry: LaunchEntry<Held> = newEntry({ node, kind, variables: {}, keep, join, memoryMb });
    this.#entries.set(node, entry);
    const deadline = AbortSignal.timeout(this.#options.launchTimeoutMs);
    const given = options.signal === undefined ? [] : [options.signal];
    const signal = anySignal(deadline, entry.cancel.signal, ...given);
    entry.launch = this.#takeOver(entry, found, signal);
    return entry.launch;
  }

  /** Releases a node without stopping it. */
  async forget(node: string): Promise<void> {
    const entry = this.#entryOf(node);
    entry.cancel.abort();
    await entry.launch?.catch(() => undefined);
    await this.#options.leave?.(entry);
    this.#drop(entry);
  }

  logs(node: string): NodeLog | undefined {
    return this.find(node)?.log;
  }

  /** The entry with this name, planned or actual. */
  find(node: string): LaunchEntry<Held> | undefined {
    return this.#entries.get(node) ?? this.#entries.get(this.#aliases.get(node) ?? '');
  }

  /** Cancels the launch or stops the node, and forgets it. */
  async destroy(node: string): Promise<void> {
    const { stop, stopOther } = this.#options;
    if (stopOther !== undefined && this.find(node) === undefined) return stopOther(node);
    const entry = this.#entryOf(node);
    entry.cancel.abort();
    // A cancelled launch cleans up after itself; its error goes to the caller of `launch`.
    await entry.launch?.catch(() => undefined);
    await stop(entry);
    this.#drop(entry);
  }

  /** Stops or leaves everything in parallel; kept nodes are left. A launch in progress is always cancelled. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const isLeft = ({ isUp, keep }: LaunchEntry<Held>): boolean =>
      isUp === true && (keep || this.#options.onClose === 'leave');
    const end = (entry: LaunchEntry<Held>): Promise<void> =>
      isLeft(entry) ? this.forget(entry.node) : this.destroy(entry.node);
    await Promise.all([...this.#entries.values()].map(end));
  }

  #reserve(request: ProviderRequest, { taken, others = 0 }: NamesInUse): LaunchPlan {
    const { kind, variables = {}, keep = false, join = true, memoryMb } = request;
    checkLaunchVariables(variables);
    const program = request.program === undefined ? undefined : parseProgram(kind, request.program);
    this.#checkRoom(others);
    const { host, steps } = this.#options;
    const own = [...this.#entries.keys()].map((node) => splitNodeName(node).name);
    const name = chooseName(request, new Set([...own, ...taken]));
    const node = `${name}@${typeof host === 'string' ? host : host(name)}`;
    const entry: LaunchEntry<Held> = newEntry({ node, kind, variables, keep, join, memoryMb, program });
    this.#entries.set(node, entry);
    const release = (): void => {
      if (entry.launch === undefined && this.#entries.get(node) === entry) this.#entries.delete(node);
    };
    return { node, kind, steps, release };
  }

  /** Throws `ProviderError` PROVIDER_NO_NODE. */
  #entryOf(node: string): LaunchEntry<Held> {
    const entry = this.find(node);
    if (entry !== undefined) return entry;
    throw new ProviderError('PROVIDER_NO_NODE', `${node} was not launched here`, {
      node,
      remedy: 'Convoy can stop only the nodes that it launched itself.',
    });
  }

  #drop(entry: LaunchEntry<Held>): void {
    if (this.#entries.get(entry.node) === entry) this.#entries.delete(entry.node);
    for (const [alias, node] of this.#aliases) if (node === entry.node) this.#aliases.delete(alias);
  }

  async #takeOver(entry: LaunchEntry<Held>, found: Found, signal: AbortSignal): Promise<LaunchedNode> {
    const { adopt, leave } = this.#options;
    try {
      if (adopt === undefined) throw new TypeError(`${this.name} adopts no nodes`);
      const node = await adopt(entry, found, signal);
      entry.isUp = true;
      return withLimit(node, entry);
    } catch (error) {
      await leave?.(entry);
      this.#drop(entry);
      throw error;
    }
  }

  async #carryOut(entry: LaunchEntry<Held>, run: LaunchRun): Promise<LaunchedNode> {
    try {
      if (run.cancelled.aborted) throw abortError(entry, undefined);
      const launched = await this.#options.start(entry, run);
      // Ignore an answer that arrived after the cancellation.
      if (run.cancelled.aborted) throw abortError(entry, undefined);
      entry.isUp = true;
      return withLimit(launched, entry);
    } catch (error) {
      await this.#options.stop(entry).catch((cause: unknown) => {
        throw notRemoved(entry, error, cause);
      });
      throw error;
    }
  }

  #checkOpen(): void {
    if (!this.#isClosed) return;
    throw new ProviderError('PROVIDER_CLOSED', 'the provider is closed', {
      remedy: 'Create a new provider.',
    });
  }

  #checkRoom(others: number): void {
    this.#checkOpen();
    const { nodeLimit, limitRemedy: remedy } = this.#options;
    if (this.#entries.size + others < nodeLimit) return;
    const message = `the limit of ${nodeLimit} launched nodes, including failed ones, is reached`;
    throw new ProviderError('PROVIDER_LIMIT', message, { remedy });
  }
}

function isRelease({ kind, program }: ProviderRequest): boolean {
  return program !== undefined && parseProgram(kind, program).kind === 'release';
}

function newEntry<Held>(what: Omit<LaunchEntry<Held>, 'log' | 'cancel'>): LaunchEntry<Held> {
  return { ...what, log: new NodeLog(), cancel: new AbortController() };
}

/** The node, whose exit tells whether it ran into its memory limit. */
function withLimit<Held>(node: LaunchedNode, entry: LaunchEntry<Held>): LaunchedNode {
  if (entry.memoryMb === undefined) return node;
  const exited = node.exited.then((exit) => {
    const memoryLimitMb = exit.expected ? undefined : exceededLimit(entry);
    return memoryLimitMb === undefined ? exit : { ...exit, memoryLimitMb, isDeliberate: false };
  });
  return { ...node, exited };
}

/** Dials until the node answers: it listens a moment before it accepts. Throws on abort or after repeated refusals. */
export async function waitForAnswer(ask: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const waits = { firstMs: answerPollMs, lastMs: answerPollMs * answerAttempts, attempts: answerAttempts };
  return retry(signal, ask, { ...waits, jitter: 0 });
}
