/**
 * The clusters of a console: its own, those of the open places, and those that were attached; with their labels, colours and marks.
 * Nothing passes between clusters: each has its own hidden node.
 */

import type { Diagnosis } from '@convoy/cluster/doctor';
import type { Asker } from '@convoy/cluster/inspect';
import { type DisconnectForecast, forecastDisconnect, missingLinks } from '@convoy/cluster/members';
import { parseNodeName } from '@convoy/node';
import { ConsoleError, problemOf } from '../errors.ts';
import type { Faults } from '../fault-boundary.ts';
import { splitNodeId } from '../nodes/node-id.ts';
import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { NoteSample } from '../nodes/node-sample.ts';
import type { NodeVisit, OwnNodes } from '../own-nodes.ts';
import type { PlaceRegistry } from '../places/place-registry.ts';
import type {
  AttachClusterRequest,
  ClusterChangeRequest,
  ClusterView,
  NodeView,
  ReconnectResultView,
} from '../protocol/index.ts';
import type { KnownClusters } from './known-clusters.ts';
import { AttachedCluster } from './attached-cluster.ts';
import { checkCarrier } from './cluster-carrier.ts';
import type { OpenPlace, SavedRequest } from './cluster-access.ts';
import { checkActing } from './may-act.ts';
import { changedMarks, type ClusterMarks, freeColor, freeName, marksOf } from './cluster-marks.ts';

/** Options of `Clusters`. */
export interface ClustersOptions {
  readonly own: OwnNodes;
  readonly registry: NodeRegistry;
  readonly places: PlaceRegistry;
  readonly faults: Faults;
  readonly known: KnownClusters;
  readonly openPlace: OpenPlace;
  readonly noteSample: NoteSample;
  /** Port of the console's EPMD. */
  readonly epmdPort: number;
  readonly logger: { warn(detail: object, message: string): void };
  /** Has a node of the console connect to a peer. */
  readonly join: (id: string, peer: string) => Promise<void>;
}

/** Is notified of changes. */
export interface ClusterListener {
  onChanged(view: ClusterView): void;
  onGone(id: string): void;
}

const maxAttached = 16;

/** All clusters. */
export class Clusters {
  readonly #options: ClustersOptions;
  readonly #attached = new Map<string, AttachedCluster>();
  readonly #requests = new Map<string, SavedRequest>();
  readonly #listeners = new Set<ClusterListener>();
  /** The places that were open at the last look. */
  #places: readonly string[] = [];

  constructor(options: ClustersOptions) {
    this.#options = options;
    options.places.onChange(() => this.#notePlaces());
    this.#notePlaces();
  }

  /** Notifies `listener` from now on. Returns a function that unsubscribes. */
  subscribe(listener: ClusterListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  views(): ClusterView[] {
    return [...this.#options.places.all.map(({ key }) => key), ...this.#attached.keys()].map((id) =>
      this.view(id),
    );
  }

  /** The cluster with this id. Throws CONSOLE_NOT_FOUND. */
  view(id: string): ClusterView {
    const cluster = this.#attached.get(id);
    const place = this.#options.places.find(id);
    const marks = this.#marksOf(id);
    if (cluster !== undefined) {
      const request = this.#requests.get(id);
      return { id, kind: 'attached', ...marks, ...cluster.state, request };
    }
    if (place === undefined) throw unknownCluster(id);
    const { label: given, ...others } = marks;
    const label = given === id ? place.label : given;
    const kind = place.kind === 'local' ? 'own' : 'place';
    return { id, kind, label, ...others, state: place.provider === undefined ? 'connecting' : 'up' };
  }

  /** Starts to attach a cluster. Throws CONSOLE_BAD_REQUEST, CONSOLE_CLUSTER_EXISTS, CONSOLE_TOO_MANY or DISCOVERY_BAD_OPTION. */
  async attach(request: AttachClusterRequest): Promise<ClusterView> {
    checkRequest(request);
    const id = request.name ?? freeName(request, (name) => this.#attached.has(name));
    const known = this.#attached.get(id);
    if (known !== undefined && known.state.state !== 'failed') throw clusterExists(id);
    if (known === undefined && this.#attached.size >= maxAttached) throw tooMany();
    await known?.close();
    const { cookie, color = this.#marksOf(id).color, production, ...shown } = request;
    const cluster = this.#open(id, {
      request: { ...shown, name: id, color, production },
      cookie,
      isKnown: false,
    });
    this.#options.known.mark(id, { label: id, color, production, acting: !production });
    this.#start(cluster);
    return this.view(id);
  }

  /** Attaches those that were attached when the console ended. */
  reopen(): void {
    for (const { id, request, cookie, owner } of this.#options.known.attached) {
      try {
        this.#start(this.#open(id, { request, cookie, owner, isKnown: true }));
      } catch (error) {
        this.#options.logger.warn(
          { cluster: id, error: problemOf(error) },
          'a cluster cannot be attached again',
        );
      }
    }
  }

  /** Changes label, colour or marks. Rejects with CONSOLE_NOT_FOUND or CONSOLE_STORAGE_FAILED. */
  async change(id: string, change: ClusterChangeRequest): Promise<ClusterView> {
    this.view(id);
    await this.#options.known.saveMarks(id, changedMarks(this.#marksOf(id), change));
    this.#notify(id);
    return this.view(id);
  }

  /**
   * Detaches a cluster and forgets its cookie. Its nodes keep running. Rejects with CONSOLE_NOT_FOUND, or with CONSOLE_STORAGE_FAILED, after
   * which it is attached as before.
   */
  async detach(id: string): Promise<void> {
    const { known } = this.#options;
    const cluster = this.#find(id);
    // Before anything else, so that the next console does not attach it again if this one ends meanwhile.
    await known.delete(id);
    await cluster.close();
    if (this.#attached.get(id) !== cluster) return;
    // It may have been saved in between, with its first answer.
    if (known.isSaved(id)) await known.delete(id);
    known.unmark(id);
    this.#attached.delete(id);
    this.#requests.delete(id);
    for (const listener of this.#listeners) listener.onGone(id);
  }

  /** Disconnects from all attached clusters, which are attached again at the next start. */
  async close(): Promise<void> {
    await Promise.all([...this.#attached.values()].map((cluster) => cluster.close()));
  }

  /** Connects to a node for a while. */
  visit(id: string, signal?: AbortSignal): Promise<NodeVisit> {
    const { cluster, name } = splitNodeId(id);
    if (cluster !== undefined) return this.#find(cluster).visit(name, signal);
    const { node } = this.#options.own.of(name);
    return Promise.resolve({ node, name, close: () => undefined });
  }

  /** Throws CONSOLE_ACTING_OFF unless users may act inside of the node with this id, and CONSOLE_NOT_FOUND. */
  checkMayAct(node: string): void {
    const view = this.#options.registry.find(node);
    if (view === undefined) {
      throw new ConsoleError('CONSOLE_NOT_FOUND', `this console has no node ${node}`, {
        remedy: 'GET /api/nodes lists the nodes.',
      });
    }
    checkActing(this.view(view.cluster));
  }

  /** Throws CONSOLE_ACTING_OFF unless users may act inside of the nodes of this cluster, and CONSOLE_NOT_FOUND. */
  checkActingIn(id: string): void {
    checkActing(this.view(id));
  }

  /** Who asks the members of an attached cluster. Throws CONSOLE_NOT_FOUND or CONSOLE_NODE_NOT_UP. */
  asker(id: string): Asker {
    return this.#find(id).asker();
  }

  /** Diagnoses the way to a member of an attached cluster. */
  async examine(id: string): Promise<Diagnosis | undefined> {
    const { cluster, name } = splitNodeId(id);
    return cluster === undefined ? undefined : this.#find(cluster).examine(name);
  }

  /** What OTP does when a node ends its connection with a peer, a name in its cluster. */
  async foresee(view: NodeView, peer: string): Promise<DisconnectForecast> {
    if (view.origin === 'member') return this.#find(view.cluster).foresee(view.name, peer);
    return forecastDisconnect(this.#mesh(view.cluster), view.name, peer);
  }

  /** Has all visible nodes of a cluster connect to each other. Rejects with CONSOLE_NOT_FOUND or CONSOLE_NODE_NOT_UP. */
  async reconnect(id: string): Promise<ReconnectResultView> {
    const cluster = this.#attached.get(id);
    if (cluster !== undefined) {
      const { connected, missing, absent } = await cluster.reconnect();
      return { connected: connected.map(pairOf), missing: missing.map(pairOf), absent: [...absent] };
    }
    this.view(id);
    const wanted = missingLinks(this.#mesh(id));
    const outcomes = await Promise.allSettled(wanted.map(([one, other]) => this.#options.join(one, other)));
    const isConnected = (index: number): boolean => outcomes[index]?.status === 'fulfilled';
    return {
      connected: wanted.filter((_, index) => isConnected(index)).map(pairOf),
      missing: wanted.filter((_, index) => !isConnected(index)).map(pairOf),
      absent: [],
    };
  }

  /** Asks the members of the cluster of a node soon how they are. */
  refresh(id: string): void {
    const { cluster } = splitNodeId(id);
    const attached = cluster === undefined ? undefined : this.#attached.get(cluster);
    if (attached !== undefined) this.#options.faults.run(attached.scope, () => attached.refresh());
  }

  /** The nodes of the console's own clusters as a mesh. They have not been asked how they are set up. */
  #mesh(id: string) {
    return this.#options.registry
      .views()
      .filter(({ cluster, status, origin }) => cluster === id && status === 'up' && origin !== 'member')
      .map(({ name, peers }) => ({ name, peers, isPreventing: true, isCertain: false }));
  }

  #open(
    id: string,
    how: Pick<ConstructorParameters<typeof AttachedCluster>[0], 'request' | 'cookie' | 'owner' | 'isKnown'>,
  ): AttachedCluster {
    const { own, registry, openPlace, noteSample, epmdPort, known } = this.#options;
    const { request } = how;
    const cluster = new AttachedCluster({
      ...how,
      ...{ id, own, registry, openPlace, noteSample, epmdPort },
      onChange: () => this.#notify(id),
      onAttached: async ({ cookie, owner }) => {
        if (request.keep) await known.save({ id, request, cookie, owner });
      },
    });
    this.#attached.set(id, cluster);
    this.#requests.set(id, request);
    return cluster;
  }

  #start(cluster: AttachedCluster): void {
    this.#notify(cluster.id);
    this.#options.faults.run(cluster.scope, () => cluster.run());
  }

  #find(id: string): AttachedCluster {
    const cluster = this.#attached.get(id);
    if (cluster !== undefined) return cluster;
    throw unknownCluster(id);
  }

  #marksOf(id: string): ClusterMarks {
    const known = this.#options.known.marksOf(id);
    return known ?? marksOf(id, freeColor(this.#options.known.colors));
  }

  #notify(id: string): void {
    if (!this.#attached.has(id) && this.#options.places.find(id) === undefined) return;
    const view = this.view(id);
    for (const listener of this.#listeners) listener.onChanged(view);
  }

  #notePlaces(): void {
    const now = this.#options.places.all.map(({ key }) => key);
    const gone = this.#places.filter((key) => !now.includes(key));
    this.#places = now;
    for (const id of gone) for (const listener of this.#listeners) listener.onGone(id);
    for (const id of now) this.#notify(id);
  }
}

function pairOf([one, other]: readonly [string, string]): [string, string] {
  return [one, other];
}

function checkRequest(request: AttachClusterRequest): void {
  checkCarrier(request);
  const { nodes, discover, cookie, cookieFile } = request;
  const wrong = nodes.find((name) => parseNodeName(name) === undefined);
  if (wrong !== undefined) {
    throw new ConsoleError('CONSOLE_BAD_REQUEST', `${JSON.stringify(wrong)} is not a full node name`, {
      remedy: 'Write name@host, for instance app@10.0.0.5.',
    });
  }
  if (nodes.length === 0 && discover.length === 0) {
    throw new ConsoleError('CONSOLE_BAD_REQUEST', 'no node was named, and no way to discover any', {
      remedy: 'Give the name of a node of the cluster, or a discovery strategy.',
    });
  }
  if (cookie === undefined || cookieFile === undefined) return;
  throw new ConsoleError('CONSOLE_BAD_REQUEST', 'both a cookie and a cookie file were given', {
    remedy: 'Give one of them.',
  });
}

function unknownCluster(id: string): ConsoleError {
  return new ConsoleError('CONSOLE_NOT_FOUND', `this console has no cluster ${id}`, {
    remedy: 'GET /api/clusters lists the clusters.',
  });
}

function clusterExists(id: string): ConsoleError {
  return new ConsoleError('CONSOLE_CLUSTER_EXISTS', `a cluster ${id} is attached already`, {
    remedy: 'Detach it first, or choose another name.',
  });
}

function tooMany(): ConsoleError {
  return new ConsoleError('CONSOLE_TOO_MANY', `${maxAttached} clusters are attached, which is the limit`, {
    remedy: 'Detach one of them first.',
  });
}
