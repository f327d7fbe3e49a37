/**
 * Follows the logger of one node for all who want it: from the first of them until a while after the last, and again after the connection was lost.
 */

import { followLogger, type InspectProblem, type LoggerEvent } from '@convoy/cluster/logs';
import { backoff, pause } from '@convoy/node/async';
import { ConvoyError } from '@convoy/node';
import { ConsoleError, problemOf } from '../errors.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';
import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { NodeVisit, VisitNode } from '../own-nodes.ts';
import type { NodeView, Problem } from '../protocol/index.ts';
import type { NewLine } from './node-history.ts';

/** What the logger of a node is followed with. */
export interface LoggerLinkOptions {
  /** Id of the node. */
  readonly id: string;
  readonly visit: VisitNode;
  readonly registry: NodeRegistry;
  readonly faults: Faults;
  /** Takes the lines of events. */
  readonly add: (line: NewLine) => void;
}

/** Whether the logger is followed; `undefined` while that is being found out. */
export type LoggerState =
  | { readonly state: 'following' }
  | { readonly state: 'unavailable'; readonly problem: Problem }
  | undefined;

/** How long a logger is followed after the last who wanted it: a page that is loaded again comes back. */
const lingerMs = 10_000;
const waits = { firstMs: 1000, lastMs: 30_000 };
/** Why the logger is not followed, and whether it may be later though the node has not changed. */
interface Refusal {
  readonly problem: Problem;
  readonly mayPass: boolean;
}

/** The logger of one node. */
export class LoggerLink {
  readonly #options: LoggerLinkOptions;
  readonly #listeners = new Set<(state: NonNullable<LoggerState>) => void>();
  #state: LoggerState;
  #stop: AbortController | undefined;
  #linger: NodeJS.Timeout | undefined;
  #ending: Promise<void> = Promise.resolve();

  constructor(options: LoggerLinkOptions) {
    this.#options = options;
  }

  get isInUse(): boolean {
    return this.#stop !== undefined;
  }

  /** Follows the logger until the returned function is called. `listener` gets the state, once it is known, and each change. */
  want(listener: (state: NonNullable<LoggerState>) => void): () => void {
    clearTimeout(this.#linger);
    this.#linger = undefined;
    this.#listeners.add(listener);
    if (this.#stop === undefined) this.#begin();
    else if (this.#state !== undefined) listener(this.#state);
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#linger = setTimeout(() => void this.close(), lingerMs);
      this.#linger.unref();
    };
  }

  /** Stops following. Resolves when the node has no handler any more, or does not answer. */
  async close(): Promise<void> {
    clearTimeout(this.#linger);
    this.#stop?.abort(new Error('the logger is no longer followed'));
    this.#stop = undefined;
    this.#state = undefined;
    await this.#ending;
  }

  #begin(): void {
    const { id, faults } = this.#options;
    const stop = new AbortController();
    this.#stop = stop;
    const end = (error: unknown): void => {
      if (this.#stop !== stop) return;
      this.#set({ state: 'unavailable', problem: problemOf(error) });
      // The next one who wants it begins again.
      this.#stop = undefined;
    };
    const scope: FaultScope = { kind: 'follower', name: `logger of ${id}`, end };
    const before = this.#ending;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ending = promise;
    faults.run(scope, async () => {
      try {
        await before;
        await this.#keepFollowing(stop.signal);
      } finally {
        resolve();
      }
    });
  }

  async #keepFollowing(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const startedAt = Date.now();
      const { problem, mayPass } = await this.#follow(signal);
      if (signal.aborted) return;
      this.#set({ state: 'unavailable', problem });
      if (Date.now() - startedAt > waits.lastMs) failures = 0;
      await this.#nextChance(mayPass ? backoff(failures, waits) : Infinity, signal);
    }
  }

  /** Follows until the end, and resolves with its reason. */
  async #follow(signal: AbortSignal): Promise<Refusal> {
    const { id, registry, visit } = this.#options;
    const view = registry.find(id);
    const refusal = refusalOf(id, view);
    if (refusal !== undefined) return { problem: refusal, mayPass: false };
    let open: NodeVisit | undefined;
    try {
      open = await visit(id, signal);
      return await this.#followVisited(open, signal);
    } catch (error) {
      if (!signal.aborted && !(error instanceof ConvoyError)) throw error;
      return { problem: problemOf(error), mayPass: true };
    } finally {
      open?.close();
    }
  }

  async #followVisited({ node, name }: NodeVisit, signal: AbortSignal): Promise<Refusal> {
    const ended = Promise.withResolvers<InspectProblem>();
    const onAbort = (): void => ended.resolve({ kind: 'gone', message: 'no longer wanted' });
    const { faults } = this.#options;
    const onEvents = faults.bind((events: readonly LoggerEvent[], dropped: number) =>
      this.#take(events, dropped),
    );
    const answer = await followLogger(node, name, { onEvents, onEnd: ended.resolve, signal });
    if (answer.state === 'unavailable') return refused(answer.problem);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else this.#set({ state: 'following' });
    try {
      return refused(await ended.promise);
    } finally {
      signal.removeEventListener('abort', onAbort);
      await answer.logger.close();
    }
  }

  #take(events: readonly LoggerEvent[], dropped: number): void {
    const { add } = this.#options;
    for (const { at, text, level, meta } of events) {
      const hasMeta = Object.keys(meta).length > 0;
      add({ at, stream: 'logger', text, level, ...(hasMeta ? { meta } : {}) });
    }
    if (dropped === 0) return;
    const what = dropped === 1 ? '1 event was' : `${dropped} events were`;
    const text = `[${what} dropped: the node sends at most 200 events in a tenth of a second]`;
    add({ at: events.at(-1)?.at ?? Date.now(), stream: 'logger', text, dropped });
  }

  #set(state: NonNullable<LoggerState>): void {
    const isKnown = JSON.stringify(state) === JSON.stringify(this.#state);
    this.#state = state;
    if (isKnown) return;
    for (const listener of this.#listeners) listener(state);
  }

  /** Resolves after a time, or when the node has changed in a way that may help. */
  async #nextChance(waitMs: number, signal: AbortSignal): Promise<void> {
    const { id, registry } = this.#options;
    const before = registry.find(id);
    const { promise, resolve } = Promise.withResolvers<void>();
    const leave = registry.subscribe(({ changed }) => {
      const view = changed.find((one) => one.id === id);
      if (view === undefined) return;
      if (view.status !== before?.status || view.kind !== before.kind || view.startedAt !== before.startedAt)
        resolve();
    });
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    const waiting = new AbortController();
    if (Number.isFinite(waitMs)) {
      void pause(waitMs, waiting.signal, { ref: false }).then(resolve, () => undefined);
    }
    if (!signal.aborted) await promise;
    waiting.abort();
    signal.removeEventListener('abort', onAbort);
    leave();
  }
}

function refusalOf(id: string, view: NodeView | undefined): Problem | undefined {
  if (view === undefined)
    return noLogger(`${id} is not a node of this console`, 'Use a node that the list of nodes shows.');
  if (view.kind === 'typescript') {
    const remedy = 'If this console launched it, its output can be followed.';
    return noLogger(`${view.name} is a TypeScript node, which has no logger`, remedy);
  }
  if (view.status === 'up' || view.status === 'unreachable') return undefined;
  return noLogger(
    `${view.name} is not up: ${view.status}`,
    'Its logger is followed as soon as the node is up.',
  );
}

function refused({ kind, message, remedy: given }: InspectProblem): Refusal {
  const mayPass = kind !== 'unsupported';
  const keepsTrying = 'The console keeps trying.';
  const help = kind === 'unreachable' ? (given ?? keepsTrying) : keepsTrying;
  const remedy = mayPass ? help : 'Only Erlang and Elixir nodes have a logger.';
  return { problem: noLogger(message.replace(/\.$/, ''), remedy), mayPass };
}

function noLogger(message: string, remedy: string): Problem {
  return problemOf(new ConsoleError('CONSOLE_LOGGER_UNAVAILABLE', message, { remedy }));
}
