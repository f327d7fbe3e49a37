/**
 * The nodes of one provider, on any platform: reserves names, enforces the limit, runs each launch once, and lets a deletion
 * cancel it. The provider supplies how a node is started and removed.
 */

import { anySignal, retry } from '@convoy/node/async';
import { splitNodeName } from '@convoy/node/names';
import { ProviderError } from '../errors.ts';
import { formatExit } from './child-process.ts';
import { checkLaunchVariables } from './launch-variables.ts';
import { chooseName } from './local-names.ts';
import { NodeLog } from './node-log.ts';
import type {
  LaunchedNode,
  LaunchOptions,
  LaunchPlan,
  LaunchVariables,
  NodeExit,
  ProviderRequest,
} from './provider.ts';
import { StepRecorder } from './step-recorder.ts';

const answerPollMs = 50;
const answerAttempts = 20;

/** A node from its reservation to its removal. `Held` is the provider's handle to the running node. */
export interface LaunchEntry<Held> {
  readonly node: string;
  readonly kind: ProviderRequest['kind'];
  /** Variables that the user set for this launch. */
  readonly variables: LaunchVariables;
  readonly log: NodeLog;
  /** Aborts a launch in progress. */
  readonly cancel: AbortController;
  launch?: Promise<LaunchedNode>;
  isUp?: boolean;
  held?: Held;
}

export interface LaunchRegistryOptions<Held> {
  /** Starts the node of an entry and resolves when it answers. When it throws, `remove` is called. */
  readonly start: (entry: LaunchEntry<Held>, run: LaunchRun) => Promise<LaunchedNode>;
  /** Stops the node of an entry and removes everything but the log. Idempotent. */
  readonly remove: (entry: LaunchEntry<Held>) => Promise<void>;
  /** Releases a node that keeps running without us, and everything we hold for it but the log. Idempotent. */
  readonly leave?: (entry: LaunchEntry<Held>) => Promise<void>;
  /** Host part of the node names, for all or by name. */
  readonly host: string | ((name: string) => string);
  readonly nodeLimit: number;
  readonly steps: LaunchPlan['steps'];
  /** Remedy of the error when the limit is reached: how to raise it. */
  readonly limitRemedy: string;
  /** How long to wait for a node to answer after starting it. */
  readonly launchTimeoutMs: number;
}

/** Passed to `start` while a launch runs. */
export interface LaunchRun {
  readonly recorder: StepRecorder;
  /** Aborted by a cancellation or the timeout; `abortError` tells which. */
  readonly signal: AbortSignal;
  /** Aborted by a cancellation only. */
  readonly cancelled: AbortSignal;
}

export class LaunchRegistry<Held> {
  readonly #options: LaunchRegistryOptions<Held>;
  /** By full node name: reserved, launching, up, and exited by themselves. */
  readonly #entries = new Map<string, LaunchEntry<Held>>();
  /** Names that nodes got from the platform, and the planned names they replace. */
  readonly #aliases = new Map<string, string>();
  #isClosed = false;

  constructor(options: LaunchRegistryOptions<Held>) {
    this.#options = options;
  }

  /**
   * Reserves a name. `taken` are the names (without host) that others use there, `others` is the number of their nodes that
   * count towards the limit. Synchronous.
   */
  reserve(request: ProviderRequest, taken: readonly string[], others = 0): LaunchPlan {
    const { kind, variables = {} } = request;
    checkLaunchVariables(variables);
    this.#checkRoom(others);
    const { host, steps } = this.#options;
    const own = [...this.#entries.keys()].map((node) => splitNodeName(node).name);
    const name = chooseName(request, new Set([...own, ...taken]));
    const node = `${name}@${typeof host === 'string' ? host : host(name)}`;
    const entry: LaunchEntry<Held> = newEntry({ node, kind, variables });
    this.#entries.set(node, entry);
    const release = (): void => {
      if (entry.launch === undefined && this.#entries.get(node) === entry) this.#entries.delete(node);
    };
    return { node, kind, steps, release };
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
    const either = anySignal(cancelled, deadline);
    entry.launch = this.#carryOut(entry, { recorder, cancelled, signal: either });
    return entry.launch;
  }

  /**
   * Takes over a node that is already running. When `start` fails, the node is released and keeps running. Rejects with
   * `ProviderError` PROVIDER_NAME_TAKEN when it is already registered.
   */
  async adopt(
    { node, kind }: Pick<LaunchEntry<Held>, 'node' | 'kind'>,
    start: (entry: LaunchEntry<Held>) => Promise<LaunchedNode>,
  ): Promise<LaunchedNode> {
    this.#checkOpen();
    if (this.find(node) !== undefined) {
      throw new ProviderError('PROVIDER_NAME_TAKEN', `${node} is already managed here`, {
        node,
        remedy: 'Use it as it is.',
      });
    }
    const entry: LaunchEntry<Held> = newEntry({ node, kind, variables: {} });
    this.#entries.set(node, entry);
    entry.launch = this.#takeOver(entry, start);
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

  /** The entry with this name or alias. */
  find(node: string): LaunchEntry<Held> | undefined {
    return this.#entries.get(node) ?? this.#entries.get(this.#aliases.get(node) ?? '');
  }

  /** Adds another name for the node. */
  alias(entry: LaunchEntry<Held>, name: string): void {
    if (name !== entry.node) this.#aliases.set(name, entry.node);
  }

  get entries(): readonly LaunchEntry<Held>[] {
    return [...this.#entries.values()];
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

  /** Cancels the launch or stops the node, and forgets it. */
  async destroy(node: string): Promise<void> {
    const entry = this.#entryOf(node);
    entry.cancel.abort();
    // A cancelled launch cleans up after itself; its error goes to the caller of `launch`.
    await entry.launch?.catch(() => undefined);
    await this.#options.remove(entry);
    this.#drop(entry);
  }

  /** Stops everything in parallel. With `leave`, the nodes that are up are released and keep running. */
  async close(onUp: 'destroy' | 'leave' = 'destroy'): Promise<void> {
    this.#isClosed = true;
    const end = ({ node, isUp }: LaunchEntry<Held>): Promise<void> =>
      isUp === true && onUp === 'leave' ? this.forget(node) : this.destroy(node);
    await Promise.all(this.entries.map(end));
  }

  #drop(entry: LaunchEntry<Held>): void {
    if (this.#entries.get(entry.node) === entry) this.#entries.delete(entry.node);
    for (const [alias, node] of this.#aliases) if (node === entry.node) this.#aliases.delete(alias);
  }

  async #takeOver(
    entry: LaunchEntry<Held>,
    start: (entry: LaunchEntry<Held>) => Promise<LaunchedNode>,
  ): Promise<LaunchedNode> {
    try {
      const node = await start(entry);
      entry.isUp = true;
      return node;
    } catch (error) {
      await this.#options.leave?.(entry);
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
      return launched;
    } catch (error) {
      await this.#options.remove(entry).catch((cause: unknown) => {
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

function newEntry<Held>(what: Pick<LaunchEntry<Held>, 'node' | 'kind' | 'variables'>): LaunchEntry<Held> {
  return { ...what, log: new NodeLog(), cancel: new AbortController() };
}

/** Runs `work` for a node. When `signal` aborted it, throws the reason as a `ProviderError`. */
export async function orReason<Result>(
  entry: Pick<LaunchEntry<unknown>, 'node' | 'log'>,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    throw signal.aborted ? abortError(entry, signal.reason) : error;
  }
}

/** Dials until the node answers: it listens a moment before it accepts. Throws on abort or after repeated refusals. */
export async function waitForAnswer(ask: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const waits = { firstMs: answerPollMs, lastMs: answerPollMs * answerAttempts, attempts: answerAttempts };
  return retry(signal, ask, { ...waits, jitter: 0 });
}

/** Why a launch was aborted: the node exited, the launch timed out, or it was cancelled. */
export function abortError(
  { node, log }: Pick<LaunchEntry<unknown>, 'node' | 'log'>,
  reason: unknown,
): ProviderError {
  if (isExit(reason)) {
    const message = `${node} exited while it was starting (${formatExit(reason)})`;
    const remedy = 'Check the last lines of its output.';
    const { lastOutput } = reason;
    return new ProviderError('PROVIDER_NODE_EXITED', message, { node, remedy, lastOutput });
  }
  if (reason instanceof DOMException && reason.name === 'TimeoutError') {
    const remedy = 'Check its log, and try again if the machine is under heavy load.';
    const lastOutput = log.tail(20);
    return new ProviderError('PROVIDER_TIMEOUT', `${node} did not answer before the launch timed out`, {
      node,
      remedy,
      lastOutput,
    });
  }
  return new ProviderError('PROVIDER_CANCELLED', `the launch of ${node} was cancelled`, { node });
}

/** Combines two failures, so that neither hides the other. */
function notRemoved(
  { node }: Pick<LaunchEntry<unknown>, 'node'>,
  why: unknown,
  left: unknown,
): ProviderError {
  const [first, second] = [why, left].map((error) =>
    error instanceof Error ? error.message : String(error),
  );
  const message = `${first}; and cleaning up after the failed launch failed too: ${second}`;
  const code = why instanceof ProviderError ? why.code : 'PROVIDER_SPAWN_FAILED';
  const lastOutput = why instanceof ProviderError ? why.lastOutput : [];
  const remedy = 'Delete the node again.';
  return new ProviderError(code, message, {
    node,
    remedy,
    lastOutput,
    cause: new AggregateError([why, left]),
  });
}

function isExit(reason: unknown): reason is NodeExit {
  return typeof reason === 'object' && reason !== null && 'lastOutput' in reason;
}
