/**
 * The nodes of one provider, whatever it runs them on: reserves names, keeps to the limit, carries a launch out once, and
 * lets a deletion cancel it. How a node is started and removed is the provider's own.
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

/** A node from its reservation to its removal. `Held` is what the provider holds of it while it runs. */
export interface BookEntry<Held> {
  readonly node: string;
  readonly kind: ProviderRequest['kind'];
  /** What the user named for this launch. */
  readonly variables: LaunchVariables;
  readonly log: NodeLog;
  /** Aborts a launch under way. */
  readonly cancel: AbortController;
  launch?: Promise<LaunchedNode>;
  isUp?: boolean;
  held?: Held;
}

export interface LaunchBookOptions<Held> {
  /** Starts the node of an entry and resolves when it answers. What it throws is followed by `remove`. */
  readonly start: (entry: BookEntry<Held>, run: LaunchRun) => Promise<LaunchedNode>;
  /** Ends what runs of an entry, and removes all of it but the log. Idempotent. */
  readonly remove: (entry: BookEntry<Held>) => Promise<void>;
  /** Lets go of a node that goes on without us, and of all we have of it but the log. Idempotent. */
  readonly leave?: (entry: BookEntry<Held>) => Promise<void>;
  /** Host part of the names, for all or for each. */
  readonly host: string | ((name: string) => string);
  readonly nodeLimit: number;
  readonly steps: LaunchPlan['steps'];
  /** For people, when the limit is reached: how to raise it. */
  readonly limitRemedy: string;
  /** For a node to answer, from its start. */
  readonly launchTimeoutMs: number;
}

/** What a launch can look at while it is carried out. */
export interface LaunchRun {
  readonly recorder: StepRecorder;
  /** Aborted by a cancel, or when the time is over: `abortError` tells which. */
  readonly signal: AbortSignal;
  /** Aborted by a cancel only. */
  readonly cancelled: AbortSignal;
}

export class LaunchBook<Held> {
  readonly #options: LaunchBookOptions<Held>;
  /** By full node name: reserved, launching, up, and ended by themselves. */
  readonly #entries = new Map<string, BookEntry<Held>>();
  /** Names that nodes have got elsewhere, and those they were planned with. */
  readonly #aliases = new Map<string, string>();
  #isClosed = false;

  constructor(options: LaunchBookOptions<Held>) {
    this.#options = options;
  }

  /**
   * Reserves a name. `taken` are names without host that others have there, `others` how many nodes of theirs count
   * towards the limit. Waits for nothing.
   */
  reserve(request: ProviderRequest, taken: readonly string[], others = 0): LaunchPlan {
    const { kind, variables = {} } = request;
    checkLaunchVariables(variables);
    this.#checkRoom(others);
    const { host, steps } = this.#options;
    const own = [...this.#entries.keys()].map((node) => splitNodeName(node).name);
    const name = chooseName(request, new Set([...own, ...taken]));
    const node = `${name}@${typeof host === 'string' ? host : host(name)}`;
    const entry: BookEntry<Held> = newEntry({ node, kind, variables });
    this.#entries.set(node, entry);
    const release = (): void => {
      if (entry.launch === undefined && this.#entries.get(node) === entry) this.#entries.delete(node);
    };
    return { node, kind, steps, release };
  }

  /** Carries a plan out, once. */
  async launch(plan: LaunchPlan, options: LaunchOptions = {}): Promise<LaunchedNode> {
    const { signal = new AbortController().signal, onStep } = options;
    const entry = this.#entryOf(plan.node);
    if (entry.launch !== undefined) {
      throw new ProviderError('PROVIDER_NAME_TAKEN', `${plan.node} is launched already`, { node: plan.node });
    }
    const cancelled = anySignal(signal, entry.cancel.signal);
    const deadline = AbortSignal.timeout(this.#options.launchTimeoutMs);
    const recorder = new StepRecorder(this.#options.steps, onStep);
    const either = anySignal(cancelled, deadline);
    entry.launch = this.#carryOut(entry, { recorder, cancelled, signal: either });
    return entry.launch;
  }

  /**
   * Takes over a node that runs already. When `start` fails it is let go of, as it is. Rejects with `ProviderError`
   * PROVIDER_NAME_TAKEN when it is in the book.
   */
  async adopt(
    { node, kind }: Pick<BookEntry<Held>, 'node' | 'kind'>,
    start: (entry: BookEntry<Held>) => Promise<LaunchedNode>,
  ): Promise<LaunchedNode> {
    this.#checkOpen();
    if (this.find(node) !== undefined) {
      throw new ProviderError('PROVIDER_NAME_TAKEN', `${node} is looked after already`, { node });
    }
    const entry: BookEntry<Held> = newEntry({ node, kind, variables: {} });
    this.#entries.set(node, entry);
    entry.launch = this.#takeOver(entry, start);
    return entry.launch;
  }

  /** Lets go of a node without ending it. */
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

  /** By its name, or by an alias. */
  find(node: string): BookEntry<Held> | undefined {
    return this.#entries.get(node) ?? this.#entries.get(this.#aliases.get(node) ?? '');
  }

  /** One more name that the node is found by. */
  alias(entry: BookEntry<Held>, name: string): void {
    if (name !== entry.node) this.#aliases.set(name, entry.node);
  }

  get entries(): readonly BookEntry<Held>[] {
    return [...this.#entries.values()];
  }

  /** Throws `ProviderError` PROVIDER_NO_NODE. */
  #entryOf(node: string): BookEntry<Held> {
    const entry = this.find(node);
    if (entry !== undefined) return entry;
    throw new ProviderError('PROVIDER_NO_NODE', `${node} was not launched here`, {
      node,
      remedy: 'Only nodes that Convoy launched can be stopped by it.',
    });
  }

  /** Cancels or ends it, and forgets it. */
  async destroy(node: string): Promise<void> {
    const entry = this.#entryOf(node);
    entry.cancel.abort();
    // A launch that was cancelled cleans up after itself; its error belongs to whoever launched.
    await entry.launch?.catch(() => undefined);
    await this.#options.remove(entry);
    this.#drop(entry);
  }

  /** Ends everything, in parallel, or lets go of the nodes that are up. */
  async close(upOnes: 'destroy' | 'leave' = 'destroy'): Promise<void> {
    this.#isClosed = true;
    const end = ({ node, isUp }: BookEntry<Held>): Promise<void> =>
      isUp === true && upOnes === 'leave' ? this.forget(node) : this.destroy(node);
    await Promise.all(this.entries.map(end));
  }

  #drop(entry: BookEntry<Held>): void {
    if (this.#entries.get(entry.node) === entry) this.#entries.delete(entry.node);
    for (const [alias, node] of this.#aliases) if (node === entry.node) this.#aliases.delete(alias);
  }

  async #takeOver(
    entry: BookEntry<Held>,
    start: (entry: BookEntry<Held>) => Promise<LaunchedNode>,
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

  async #carryOut(entry: BookEntry<Held>, run: LaunchRun): Promise<LaunchedNode> {
    try {
      if (run.cancelled.aborted) throw abortError(entry, undefined);
      const launched = await this.#options.start(entry, run);
      // An answer that came while the cancel was on its way does not count.
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
    if (this.#isClosed) throw new ProviderError('PROVIDER_CLOSED', 'the provider is closed');
  }

  #checkRoom(others: number): void {
    this.#checkOpen();
    const { nodeLimit, limitRemedy: remedy } = this.#options;
    if (this.#entries.size + others < nodeLimit) return;
    const message = `there are ${nodeLimit} launched nodes already, failed ones included, and that is the limit`;
    throw new ProviderError('PROVIDER_LIMIT', message, { remedy });
  }
}

function newEntry<Held>(what: Pick<BookEntry<Held>, 'node' | 'kind' | 'variables'>): BookEntry<Held> {
  return { ...what, log: new NodeLog(), cancel: new AbortController() };
}

/** Runs `work` for a node; when `signal` ended it, says why in a `ProviderError`. */
export async function orReason<Result>(
  entry: Pick<BookEntry<unknown>, 'node' | 'log'>,
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

/** Dials until it answers: a node listens a moment before it accepts. Ends with the signal or a lasting refusal. */
export async function waitForAnswer(ask: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const waits = { firstMs: answerPollMs, lastMs: answerPollMs * answerAttempts, attempts: answerAttempts };
  return retry(signal, ask, { ...waits, jitter: 0 });
}

/** Why a launch was given up: the node ended, the time was over, or somebody cancelled it. */
export function abortError(
  { node, log }: Pick<BookEntry<unknown>, 'node' | 'log'>,
  reason: unknown,
): ProviderError {
  if (isExit(reason)) {
    const message = `${node} ended while it was starting (${formatExit(reason)})`;
    const remedy = 'Its last lines of output say why.';
    const { lastOutput } = reason;
    return new ProviderError('PROVIDER_NODE_EXITED', message, { node, remedy, lastOutput });
  }
  if (reason instanceof DOMException && reason.name === 'TimeoutError') {
    const remedy = 'Its log may say why; a machine under load may need a second try.';
    const lastOutput = log.tail(20);
    return new ProviderError('PROVIDER_TIMEOUT', `${node} did not answer in time`, {
      node,
      remedy,
      lastOutput,
    });
  }
  return new ProviderError('PROVIDER_CANCELLED', `the launch of ${node} was cancelled`, { node });
}

/** Two failures in one, so that neither is hidden by the other. */
function notRemoved({ node }: Pick<BookEntry<unknown>, 'node'>, why: unknown, left: unknown): ProviderError {
  const [first, second] = [why, left].map((error) =>
    error instanceof Error ? error.message : String(error),
  );
  const message = `${first}; and what was half made could not be removed: ${second}`;
  const code = why instanceof ProviderError ? why.code : 'PROVIDER_SPAWN_FAILED';
  const lastOutput = why instanceof ProviderError ? why.lastOutput : [];
  const remedy = 'Delete the node once more.';
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
