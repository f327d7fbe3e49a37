/**
 * Watches a cluster that somebody else runs: sees all of it through one member, the entry, and changes nothing there. This file
 * carries out the effects of state/cluster-step.ts.
 */

import type { Node, Timer } from '@convoy/node';
import { anySignal, backoff } from '@convoy/node/async';
import { atom, type Pid, type Term } from '@convoy/node/etf';
import { valueOf } from './ask-outcome.ts';
import { Changes } from './changes.ts';
import { Connections } from './connections.ts';
import { dialEntry } from './dial-entry.ts';
import type { Entry, EntryList } from './entry/entry.ts';
import { keepListening } from './entry/keep-listening.ts';
import { MembersError } from '../errors.ts';
import type { MemberCall } from './facts/question.ts';
import { examine, identify, identifyDirectly } from './member-questions.ts';
import type {
  ClusterChange,
  ClusterEffect,
  ClusterEvent,
  ClusterState,
  Member,
  MemberAnswer,
} from './state/cluster-model.ts';
import { askableNames, initialState, stepCluster } from './state/cluster-step.ts';
import type { AskOptions, Visit, WatchedCluster } from './state/watched-cluster.ts';
import { resolveWatchOptions, type WatchOptions, type WatchSettings } from './watch-options.ts';

const maxAnswerBytes = 1024 * 1024;

/**
 * Connects to a cluster through one of its members, and resolves once all members that it knows have been asked what they are.
 * `node` should be hidden, isolated and used for this cluster only. Rejects with MEMBERS_BAD_OPTION, or with MEMBERS_NO_ENTRY if
 * no entry can be reached; `cause` is the reason of the last one.
 *
 * @example
 * const node = await startNode({ name: 'visitor@127.0.0.1', cookie, hidden: true, isolated: true, listen: false });
 * await using cluster = await watchCluster(node, { entries: ['app@10.0.0.5'] });
 * for (const { name, kind } of cluster.members()) console.log(name, kind);
 */
export async function watchCluster(node: Node, options: WatchOptions): Promise<WatchedCluster> {
  const { signal } = options;
  signal?.throwIfAborted();
  const cluster = new RunningWatch(node, resolveWatchOptions(node.name, options));
  const onAbort = (): void => cluster.fail(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

class RunningWatch implements WatchedCluster {
  readonly #node: Node;
  readonly #settings: WatchSettings;
  readonly #connections: Connections;
  readonly #changes: Changes;
  readonly #stop = new AbortController();
  readonly #first: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #unsubscribe: () => void;
  /** Monitored by what runs on the entry for us, which ends with it. */
  readonly #owner: Pid;
  #state: ClusterState;
  /** The event that is being carried out, and those that wait. */
  readonly #events: ClusterEvent[] = [];
  #entry: Entry | undefined;
  #asked = 0;
  #isReady = false;
  #retry: Timer | undefined;
  #round: Timer | undefined;
  #asking: Promise<void> | undefined;
  #lastFailure: unknown;

  constructor(node: Node, settings: WatchSettings) {
    this.#node = node;
    this.#settings = settings;
    this.#connections = new Connections({ node, clock: settings.clock, reach: settings.reach });
    this.#changes = new Changes(settings.cluster.maxMembers);
    this.#state = initialState(settings.cluster);
    this.#owner = node.spawn(async (self) => {
      for (;;) await self.receive();
    });
    this.#unsubscribe = node.onNodeDown((name, reason) =>
      this.#dispatch({ kind: 'entryLost', entry: name, reason }),
    );
    void node.closed.then(() => this.close());
  }

  get entry(): string | undefined {
    const { link } = this.#state;
    return link.kind === 'up' ? link.entry : undefined;
  }

  get questions(): number {
    return this.#asked + (this.#entry?.questions ?? 0);
  }

  async start(): Promise<void> {
    this.#dispatch({ kind: 'start' });
    await this.#first.promise;
    this.#isReady = true;
    this.#scheduleRound();
  }

  /** Ends `start` with an error. */
  fail(error: unknown): void {
    this.#first.reject(error);
  }

  members(): Member[] {
    return [...this.#state.members.values()];
  }

  member(name: string): Member | undefined {
    return this.#state.members.get(name);
  }

  onChange(listener: (change: ClusterChange) => void): () => void {
    return this.#changes.listen(listener);
  }

  async refresh(): Promise<void> {
    this.#checkOpen();
    await this.#asking;
    await this.#askAll();
  }

  async ask(name: string, call: MemberCall, options: AskOptions = {}): Promise<Term> {
    const answer = (await this.askEach([name], call, options)).get(name);
    if (answer instanceof MembersError) throw answer;
    return answer;
  }

  async askEach(
    names: readonly string[],
    call: MemberCall,
    options: AskOptions = {},
  ): Promise<Map<string, Term | MembersError>> {
    this.#checkOpen();
    for (const name of names) this.#checkMember(name);
    const entry = this.#entry;
    if (entry === undefined || this.entry === undefined) throw noEntry(this.#settings, this.#lastFailure);
    const { timeoutMs = this.#settings.answerMs, maxBytes = maxAnswerBytes, signal } = options;
    if (names.length === 0) return new Map();
    const outcomes = await entry.ask({ names, call, timeoutMs, maxBytes, signal });
    return new Map(
      names.map((name) => [name, valueOf(outcomes.get(name), { name, call, entry: entry.name })]),
    );
  }

  formerMembers(): string[] {
    return this.#changes.formerMembers();
  }

  async visit(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Visit> {
    this.#checkOpen();
    const { state } = this.#checkMember(name);
    const stop = anySignal(this.#stop.signal, signal);
    await this.#connections.hold(name, stop);
    if (state === 'unasked') {
      const options = { timeoutMs: this.#settings.answerMs, signal: stop };
      this.#answer([await identifyDirectly(this.#node, name, options)]);
    }
    let isOpen = true;
    const close = (): void => {
      if (isOpen) this.#connections.release(name, this.#settings.idleMs);
      isOpen = false;
    };
    return { name, close, [Symbol.dispose]: close };
  }

  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const closed = new MembersError('MEMBERS_CLOSED', 'the cluster is no longer watched', {
      remedy: 'Watch it again.',
    });
    this.#stop.abort(closed);
    this.fail(closed);
    this.#unsubscribe();
    this.#retry?.cancel();
    this.#round?.cancel();
    this.#dispatch({ kind: 'close' });
    this.#node.processes.exit(this.#owner, atom('shutdown'));
    this.#connections.close();
    this.#changes.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkOpen(): void {
    this.#stop.signal.throwIfAborted();
  }

  #checkMember(name: string): Member {
    const member = this.member(name);
    if (member !== undefined) return member;
    throw new MembersError(
      'MEMBERS_UNKNOWN_NODE',
      `${JSON.stringify(name.slice(0, 100))} is not a member that the cluster has named`,
      { value: name, node: name, remedy: 'Use a name that `members` lists.' },
    );
  }

  /** One event after the other, also if carrying out an effect leads to the next one: a listener may close the cluster. */
  #dispatch(event: ClusterEvent): void {
    this.#events.push(event);
    if (this.#events.length > 1) return;
    for (let next: ClusterEvent | undefined = event; next !== undefined; next = this.#events[0]) {
      const { state, effects } = stepCluster(this.#state, next);
      this.#state = state;
      try {
        for (const effect of effects) this.#carryOut(effect);
      } finally {
        this.#events.shift();
      }
    }
  }

  #answer(answers: readonly MemberAnswer[]): void {
    if (!this.#stop.signal.aborted && answers.length > 0) this.#dispatch({ kind: 'answered', answers });
  }

  #carryOut(effect: ClusterEffect): void {
    switch (effect.kind) {
      case 'dial':
        return void this.#dial(effect.entry, effect.isLone);
      case 'leave':
        return this.#leave(effect.entry);
      case 'retryLater':
        return this.#retryLater(effect.failures);
      case 'listen':
        return void this.#listen(effect.entry);
      case 'identify':
        return void this.#identify(effect.names);
      case 'change':
        return this.#changes.tell(effect.change);
    }
  }

  async #dial(name: string, isLone: boolean): Promise<void> {
    const { answerMs, cluster, clock } = this.#settings;
    const outcome = await dialEntry(name, {
      node: this.#node,
      connections: this.#connections,
      owner: this.#owner,
      clock,
      isLone,
      signal: this.#stop.signal,
      answerMs,
      maxPeers: cluster.maxReported,
    });
    if (outcome.kind === 'entry') {
      this.#asked = this.questions;
      this.#entry = outcome.entry;
      return this.#dispatch({ kind: 'connected', entry: name, isLone });
    }
    this.#lastFailure = outcome.error;
    if (outcome.kind === 'failed') return this.#dispatch({ kind: 'dialFailed', entry: name });
    this.#dispatch({ kind: 'unsuitable', entry: name, peers: outcome.peers });
  }

  #leave(name: string): void {
    if (this.#entry?.name === name) {
      this.#asked = this.questions;
      this.#entry = undefined;
    }
    this.#connections.release(name);
  }

  #retryLater(failures: number): void {
    if (!this.#isReady) this.fail(noEntry(this.#settings, this.#lastFailure));
    const { retryMs, clock } = this.#settings;
    const waitMs = backoff(failures - 1, { firstMs: retryMs.first, lastMs: retryMs.last });
    this.#retry = clock.after(waitMs, () => this.#dispatch({ kind: 'retry' }));
  }

  async #listen(name: string): Promise<void> {
    const entry = this.#entry;
    if (entry === undefined) return;
    const { clock, listenMs, cluster } = this.#settings;
    await keepListening(entry, {
      clock,
      waitMs: listenMs,
      maxNames: cluster.maxMembers,
      signal: this.#stop.signal,
      isWanted: () => this.#entry === entry && !this.#stop.signal.aborted,
      onList: (list) => this.#listed(name, list),
      onSettled: () => this.#dispatch({ kind: 'settled', entry: name }),
      onGiveUp: (error) => this.#giveUp(name, error),
    });
  }

  #listed(entry: string, { visible, hidden, changed }: EntryList): void {
    this.#dispatch({ kind: 'listed', entry, visible, hidden, changed });
    // After another entry was lost during the first questions, all may have been answered already.
    if (askableNames(this.#state).every((name) => this.#state.facts.has(name))) this.#first.resolve();
  }

  #giveUp(name: string, error: unknown): void {
    this.#lastFailure = error;
    const reason = error instanceof Error ? error.message : String(error);
    this.#dispatch({ kind: 'entryLost', entry: name, reason });
  }

  async #identify(names: readonly string[]): Promise<void> {
    const entry = this.#entry;
    if (entry === undefined) return;
    const answers = await identify(entry, names, this.#questionOptions()).catch(() => []);
    if (this.#entry === entry) this.#answer(answers);
    if (!this.#isReady) await this.#askAll();
    this.#first.resolve();
  }

  #scheduleRound(): void {
    if (this.#stop.signal.aborted) return;
    this.#round = this.#settings.clock.after(this.#settings.vitalsMs, () => {
      void this.#askAll().finally(() => this.#scheduleRound());
    });
  }

  /** One round at a time, so that no old answer comes after a newer one. */
  #askAll(): Promise<void> {
    this.#asking ??= this.#askAllNow().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #askAllNow(): Promise<void> {
    const entry = this.#entry;
    if (entry === undefined) return;
    const options = this.#questionOptions();
    const isUnidentified = (name: string): boolean => this.#state.facts.get(name)?.identity === undefined;
    try {
      const unidentified = askableNames(this.#state).filter(isUnidentified);
      if (unidentified.length > 0 && this.#isReady)
        this.#answer(await identify(entry, unidentified, options));
      if (this.#entry !== entry) return;
      const names = askableNames(this.#state);
      const answers = await examine(entry, this.#state, { names, options });
      if (this.#entry === entry) this.#answer(answers);
    } catch {
      // `listen` notices when the entry does not answer any more.
    }
  }

  #questionOptions(): { readonly timeoutMs: number; readonly signal: AbortSignal } {
    return { timeoutMs: this.#settings.answerMs, signal: this.#stop.signal };
  }
}

function noEntry({ cluster }: WatchSettings, cause: unknown): MembersError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  const message = `no entry of the cluster can be reached (${cluster.entries.join(', ')})${why}`;
  const remedy = 'Run the doctor (`diagnose`) for one of them, or add another member to `entries`.';
  return new MembersError('MEMBERS_NO_ENTRY', message, { remedy, cause });
}
