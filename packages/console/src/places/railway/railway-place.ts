/**
 * One Railway environment. Nodes there outlive this console: opening the place adopts the running nodes of its cluster, and
 * closing it leaves them running. It is also the way to nodes that somebody else has deployed there.
 */

import { randomUUID } from 'node:crypto';
import type { LaunchedNode, ProviderCapability } from '@convoy/cluster';
import type { RailwayProvider, RailwayWays } from '@convoy/cluster/railway';
import { problemOf } from '../../errors.ts';
import type { FaultScope } from '../../fault-boundary.ts';
import type { OpenedPlace, OpenPlaces, PlaceContext } from '../open-places.ts';
import type { OpenRoute, Way } from '../place.ts';
import type { RailwayControlRequest, RailwayPlaceView } from '../../protocol/index.ts';
import type { OwnNode } from '../../own-nodes.ts';
import { viewOf } from './railway-views.ts';

/** Options of `RailwayPlace`. */
export interface RailwayPlaceOptions {
  readonly context: PlaceContext;
  readonly places: OpenPlaces<RailwayPlace>;
  readonly key: string;
  readonly project: string;
  readonly environment: string;
  readonly environmentId: string;
  readonly capabilities: ProviderCapability[];
  readonly provider: RailwayProvider;
  /** The ways to nodes that Convoy did not launch. */
  readonly ways: RailwayWays;
  /** The own node for the cluster of the place. */
  readonly own: OwnNode;
}

/** One environment. */
export class RailwayPlace implements OpenedPlace {
  readonly kind = 'railway';
  /** Each node looks the others up in the private network. */
  readonly nodesFindEachOther = true;
  readonly hasFailed = false;
  readonly opening: Promise<void> = Promise.resolve();
  readonly id: string = randomUUID();
  readonly key: string;
  readonly label: string;
  readonly identity: string;
  readonly own: OwnNode;
  readonly provider: RailwayProvider;
  readonly scope: FaultScope;
  readonly closing: AbortController = new AbortController();
  readonly #options: RailwayPlaceOptions;
  #view: RailwayPlaceView;

  constructor(options: RailwayPlaceOptions) {
    const { key, project, environment, environmentId, capabilities } = options;
    this.#options = options;
    this.key = key;
    this.label = `${project}/${environment}`;
    this.identity = environmentId;
    this.own = options.own;
    this.provider = options.provider;
    this.scope = { kind: 'railway', name: key };
    this.#view = { id: this.id, name: key, project, environment, capabilities, nodes: [] };
  }

  get view(): RailwayPlaceView {
    return this.#view;
  }

  lists(node: string): boolean {
    return this.#isOurs(node) || this.#options.ways.lists(node);
  }

  examine<Result>(node: string, probe: (way: Way) => Promise<Result>, cookie?: string): Promise<Result> {
    const isForeign = cookie !== undefined || !this.#isOurs(node);
    return isForeign ? this.#options.ways.examine(node, probe, cookie) : this.provider.examine(node, probe);
  }

  async routeTo(node: string, signal: AbortSignal): Promise<OpenRoute> {
    const { ways } = this.#options;
    return ways.open(node, { signal: AbortSignal.any([signal, this.closing.signal]) });
  }

  /** Lists the nodes again. Rejects with `RailwayError`. */
  async refresh(): Promise<RailwayPlaceView> {
    const nodes = await this.provider.existing({ signal: this.closing.signal });
    const { problem: _problem, ...rest } = this.#view;
    this.#view = { ...rest, nodes: nodes.map((node) => viewOf(node)) };
    return this.#view;
  }

  /** Performs an action on a node. Rejects with PROVIDER_NO_NODE or `RailwayError`. */
  async control({ node, action }: RailwayControlRequest): Promise<RailwayPlaceView> {
    const { launched } = this.#options.context;
    if (action === 'adopt') await this.#adopt(node);
    else if (action === 'delete') {
      await this.provider.destroy(node);
      launched.remove(node);
    } else await this.provider.control(node, action);
    return this.refresh();
  }

  /** Has Railway restart the container of a node. Rejects with PROVIDER_NO_NODE or `RailwayError`. */
  restart(node: string): Promise<void> {
    return this.provider.control(node, 'restart');
  }

  /** Adopts all running nodes. The view reports one that cannot be reached. */
  adoptAll(): Promise<void> {
    const running = this.#view.nodes.filter(({ status, isStopped }) => status === 'SUCCESS' && !isStopped);
    return this.#options.places.adopt(this, running, {
      adopt: ({ name }) => this.#find(name),
      onFailure: (_node, error) => (this.#view = { ...this.#view, problem: problemOf(error) }),
    });
  }

  stopNodes(): Promise<void> {
    return this.provider.close();
  }

  /** The client belongs to the account. */
  release(): Promise<void> {
    return this.#options.ways.close();
  }

  /** Whether the node belongs to the cluster that Convoy launches nodes in. */
  #isOurs(node: string): boolean {
    return this.#view.nodes.some(({ name }) => name === node);
  }

  async #adopt(name: string): Promise<void> {
    const node = await this.#find(name);
    if (!this.closing.signal.aborted) this.#options.context.launched.adopt(this, node);
  }

  #find(name: string): Promise<LaunchedNode> {
    return this.provider.adopt(name, { signal: this.closing.signal });
  }
}
