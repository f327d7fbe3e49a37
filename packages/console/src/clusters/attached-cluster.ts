/**
 * One cluster that the console did not start: finds a member to enter by, watches all members through it with a hidden node of its own,
 * and shows them among the nodes of the console. Nothing is changed in the cluster unless a user asks for it.
 */

import { diagnose, type Diagnosis } from '@convoy/cluster/doctor';
import type { Asker } from '@convoy/cluster/inspect';
import {
  type DisconnectForecast,
  foreseeDisconnect,
  type ReconnectResult,
  reconnectAll,
  watchCluster,
  type WatchedCluster,
} from '@convoy/cluster/members';
import { backoff, pause } from '@convoy/node/async';
import { ConvoyError } from '@convoy/node';
import { ConsoleError, problemOf } from '../errors.ts';
import type { FaultScope } from '../fault-boundary.ts';
import { nodeIdOf } from '../nodes/node-id.ts';
import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { NoteSample } from '../nodes/node-sample.ts';
import type { NodeVisit, OwnNodes } from '../own-nodes.ts';
import type { Way } from '../places/place.ts';
import type { ClusterView, DiagnosisView, NodeView } from '../protocol/index.ts';
import { type ClusterAccess, type OpenPlace, openAccess, type SavedRequest } from './cluster-access.ts';
import { EntryFinder } from './entry-finder.ts';
import { diagnosisView } from './diagnosis-view.ts';
import { memberViews } from './member-views.ts';

/** What a cluster is attached with. */
export interface AttachedClusterOptions {
  readonly id: string;
  readonly request: SavedRequest;
  /** The cookie, if it is known already. */
  readonly cookie?: string | undefined;
  /** The owner of the cookie file, by uid, if it was read from one. */
  readonly owner?: number | undefined;
  /** Whether it was attached before: it is then tried again until it can be reached. */
  readonly isKnown: boolean;
  readonly own: OwnNodes;
  readonly registry: NodeRegistry;
  readonly openPlace: OpenPlace;
  /** Called with each answer of a member. */
  readonly noteSample: NoteSample;
  /** Port of the console's EPMD. */
  readonly epmdPort: number;
  /** Called when `state` has changed. */
  readonly onChange: () => void;
  /** Called once, when the first member has answered. */
  readonly onAttached: (access: Pick<ClusterAccess, 'cookie' | 'owner'>) => Promise<void>;
}

/** How a cluster is, of its view. */
export type ClusterState = Pick<ClusterView, 'state' | 'problem' | 'diagnosis' | 'entry' | 'ownNode'>;

/** Changes that come together are shown together. */
const settleMs = 100;
const maxMembers = 1000;
/** How long a member stays connected after the last shell or question. */
const idleMs = 5000;
const findTimeoutMs = 15_000;
const stepTimeoutMs = 5000;
const waits = { firstMs: 1000, lastMs: 30_000 };

/** One attached cluster. */
export class AttachedCluster {
  readonly id: string;
  readonly scope: FaultScope;
  readonly #options: AttachedClusterOptions;
  readonly #finder: EntryFinder;
  readonly #stop = new AbortController();
  #state: ClusterState = { state: 'connecting' };
  #isAttached: boolean;
  #access: ClusterAccess | undefined;
  #watch: WatchedCluster | undefined;
  #views: ReadonlyMap<string, NodeView> = new Map();
  readonly #measured = new Set<string>();
  #publishing: NodeJS.Timeout | undefined;

  /** Throws DISCOVERY_BAD_OPTION. */
  constructor(options: AttachedClusterOptions) {
    this.#options = options;
    this.id = options.id;
    this.#isAttached = options.isKnown;
    this.#finder = new EntryFinder(options.request.discover);
    this.scope = { kind: 'cluster', name: options.id, end: (fault) => this.#fail(fault) };
  }

  get state(): ClusterState {
    return this.#state;
  }

  /** Stays connected until `close`. Settles when the first attempt has failed, or at the end. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.#enter();
        failures = 0;
        await this.#stay();
      } catch (error) {
        if (signal.aborted) break;
        await this.#noteFailure(error);
        if (!this.#isAttached) break;
        await pause(backoff(failures, waits), signal).catch(() => undefined);
        failures += 1;
      } finally {
        await this.#leave();
      }
    }
  }

  /** Disconnects and removes the members from the nodes. Their nodes keep running. Idempotent. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the cluster was detached'));
    this.#finder.close();
    await this.#leave();
    this.#show(new Map());
  }

  /** Connects to a member, or to a node that was one, for a while. */
  async visit(name: string, signal?: AbortSignal): Promise<NodeVisit> {
    const { watch, access } = this.#connected();
    const { node } = access.own;
    const stop = signal ?? this.#stop.signal;
    if (watch.member(name) !== undefined) {
      const visit = await watch.visit(name, { signal: stop });
      return { node, name, close: () => visit.close() };
    }
    this.#checkNamed(name, watch);
    await access.reach(name);
    await node.connect(name, { signal: stop });
    return { node, name, close: () => void node.disconnect(name) };
  }

  /** Who asks members through the entry. Throws CONSOLE_NODE_NOT_UP while none is connected. */
  asker(): Asker {
    return this.#connected().watch;
  }

  /** What OTP does when two members are disconnected. */
  async foresee(name: string, peer: string): Promise<DisconnectForecast> {
    return foreseeDisconnect(this.#connected().watch, name, peer);
  }

  /** Has all visible members connect to each other. */
  async reconnect(): Promise<ReconnectResult> {
    return reconnectAll(this.#connected().watch, { signal: this.#stop.signal });
  }

  /** Asks all members now how they are, as after something was changed. */
  async refresh(): Promise<void> {
    await this.#watch?.refresh();
  }

  /** Diagnoses the way to a member. Resolves with `undefined` if the place of the way is not up. */
  async examine(name: string): Promise<Diagnosis | undefined> {
    const access = this.#access;
    if (access === undefined) return undefined;
    const probe = (way: Way): Promise<Diagnosis> => diagnose(name, { timeoutMs: stepTimeoutMs, ...way });
    return access.examine(name, probe);
  }

  async #enter(): Promise<void> {
    const { request } = this.#options;
    const access = await openAccess(this.#options);
    this.#access = access;
    const { node } = access.own;
    const watch = await watchCluster(node, {
      entries: await this.#entries(node.name),
      reach: (member) => access.reach(member),
      signal: this.#stop.signal,
      maxMembers,
      idleMs,
      // Through a place only its own nodes are reached.
      isAnyMemberEntry: request.via === undefined,
    });
    this.#watch = watch;
    if (!this.#isAttached) await this.#options.onAttached(access);
    this.#isAttached = true;
    watch.onChange((change) => {
      if (change.kind === 'changed' && change.member.vitals !== change.before.vitals) {
        this.#measured.add(change.member.name);
      }
      this.#publishSoon();
    });
    for (const { name } of watch.members()) this.#measured.add(name);
    this.#publish();
  }

  /** The names to enter by: those that were given, then those that the strategies find. */
  async #entries(self: string): Promise<readonly string[]> {
    const { nodes, discover } = this.#options.request;
    if (this.#finder.isEmpty) return nodes;
    this.#finder.start(self);
    const deadline = AbortSignal.any([AbortSignal.timeout(findTimeoutMs), this.#stop.signal]);
    while (nodes.length === 0 && this.#finder.names.length === 0 && !deadline.aborted) {
      await Promise.race([this.#finder.changed(), aborted(deadline)]);
    }
    const all = [...new Set([...nodes, ...this.#finder.names])];
    if (all.length > 0) return all;
    throw (
      this.#finder.failure ??
      new ConsoleError('CONSOLE_NODE_NOT_UP', `no node was found by ${discover.join(' or ')}`, {
        remedy: 'Check that the nodes run and that the strategy looks in the right place.',
      })
    );
  }

  /** Resolves when the cluster has to be entered afresh, because other names were found while no member is connected. */
  async #stay(): Promise<void> {
    const { signal } = this.#stop;
    if (this.#finder.isEmpty) return aborted(signal);
    const known = new Set([...this.#options.request.nodes, ...this.#finder.names]);
    while (!signal.aborted) {
      await Promise.race([this.#finder.changed(), aborted(signal)]);
      const isNew = this.#finder.names.some((name) => !known.has(name));
      if (isNew && this.#watch?.entry === undefined) return;
    }
  }

  async #noteFailure(error: unknown): Promise<void> {
    const state = this.#isAttached ? 'down' : 'failed';
    const { nodes } = this.#options.request;
    const [first] = [...nodes, ...this.#finder.names];
    const diagnosis = first === undefined ? undefined : await this.#diagnose(first);
    if (this.#stop.signal.aborted) return;
    this.#setState({ state, problem: problemOf(error), diagnosis });
    // The fault of the console is reported by its scope.
    if (!(error instanceof ConvoyError)) throw error;
  }

  async #diagnose(name: string): Promise<DiagnosisView | undefined> {
    try {
      const diagnosis = await this.examine(name);
      return diagnosis && diagnosisView(diagnosis);
    } catch {
      // The place of the way has ended, which the error says.
      return undefined;
    }
  }

  async #leave(): Promise<void> {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    const [watch, access] = [this.#watch, this.#access];
    this.#watch = undefined;
    this.#access = undefined;
    await watch?.close();
    await access?.close();
    if (access !== undefined) await this.#options.own.close(access.own);
  }

  #publishSoon(): void {
    this.#publishing ??= setTimeout(() => {
      this.#publishing = undefined;
      this.#publish();
    }, settleMs);
  }

  #publish(): void {
    const [watch, access] = [this.#watch, this.#access];
    if (watch === undefined || access === undefined) return;
    const { entry } = watch;
    const isConnected = entry !== undefined;
    this.#show(
      memberViews(this.#views, {
        cluster: this.id,
        members: watch.members(),
        former: watch.formerMembers(),
        measured: this.#measured,
        isConnected,
        placeOf: (name) => access.placeOf(name),
        now: Date.now(),
      }),
    );
    this.#noteMeasured(watch);
    const ownNode = access.own.node.name;
    this.#setState(isConnected ? { state: 'up', entry, ownNode } : { state: 'down', ownNode, problem: lost });
  }

  /** Takes a sample of each member that has answered since the last time. The registry knows them by now. */
  #noteMeasured(watch: WatchedCluster): void {
    for (const name of this.#measured) {
      const vitals = watch.member(name)?.vitals;
      if (vitals !== undefined) this.#options.noteSample(nodeIdOf(name, this.id), vitals);
    }
    this.#measured.clear();
  }

  #show(views: ReadonlyMap<string, NodeView>): void {
    this.#views = views;
    this.#options.registry.dispatch({ kind: 'members', cluster: this.id, members: views });
  }

  #setState(state: ClusterState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#options.onChange();
  }

  #fail(fault: unknown): void {
    this.#setState({ state: 'failed', problem: problemOf(fault) });
    void this.#leave();
  }

  #connected(): { readonly watch: WatchedCluster; readonly access: ClusterAccess } {
    const [watch, access] = [this.#watch, this.#access];
    if (watch?.entry !== undefined && access !== undefined) return { watch, access };
    const { state, problem } = this.#state;
    throw new ConsoleError('CONSOLE_NODE_NOT_UP', `the cluster ${this.id} is ${state}`, {
      remedy: problem?.remedy ?? 'Wait until it is up.',
    });
  }

  #checkNamed(name: string, watch: WatchedCluster): void {
    if (watch.formerMembers().includes(name)) return;
    throw new ConsoleError('CONSOLE_NOT_FOUND', `${name} is not a node of the cluster ${this.id}`, {
      remedy: 'Use a node that the list of nodes shows.',
    });
  }
}

const lost = problemOf(
  new ConsoleError('CONSOLE_NODE_NOT_UP', 'no member of the cluster is connected', {
    remedy: 'The console keeps trying. The doctor finds out why a member cannot be reached.',
  }),
);

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
