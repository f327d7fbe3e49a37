/**
 * Has nodes connect and disconnect: a launched node joins the others of its place, and users connect any two. Nodes of
 * different places do not join by themselves, because they usually cannot reach one another.
 */

import type { LaunchedNode } from '@convoy/cluster';
import { parseNodeName } from '@convoy/node';
import { ConsoleError } from '../../errors.ts';
import type { Faults } from '../../fault-boundary.ts';
import type { Place } from '../../places/place.ts';
import type { PlaceRegistry } from '../../places/place-registry.ts';
import type { NodeView, Step } from '../../protocol/index.ts';
import { connectAll, waitForPeers } from './joining.ts';
import { LateJoins } from './late-joins.ts';
import type { NodeRegistry } from '../node-registry.ts';
import { askToConnect, askToDisconnect, observeNode } from '../node-rpc.ts';
import type { OwnNodes, VisitNode } from '../../own-nodes.ts';
import { splitNodeId } from '../node-id.ts';

/** Options of `NodeJoins`. */
export interface NodeJoinsOptions {
  readonly own: OwnNodes;
  readonly visit: VisitNode;
  readonly places: PlaceRegistry;
  readonly registry: NodeRegistry;
  readonly faults: Faults;
  /** Called when the console has changed the mesh at a node, so that nodes are probed soon. */
  readonly onMeshChange: (node: string) => void;
}

/** How long a member may take to answer the console before a new node joins the others without it. */
const silenceMs = 1500;

/** Which nodes join one another, and having them do so. */
export class NodeJoins {
  readonly #options: NodeJoinsOptions;
  /** Names of the launched nodes that answered and join one another, in order, with the keys of their places. */
  readonly #members = new Map<string, string>();
  readonly #lateJoins: LateJoins;

  constructor(options: NodeJoinsOptions) {
    this.#options = options;
    const { registry, faults } = options;
    this.#lateJoins = new LateJoins({ registry, faults, connect: (node, peer) => this.connect(node, peer) });
  }

  /** Ends what goes on in the background. */
  close(): void {
    this.#lateJoins.close();
  }

  /** Adds a node that later ones of its place join. */
  add(node: string, { key }: Place): void {
    this.#members.set(node, key);
  }

  /** Removes a node that has ended, so that later ones do not wait for it. */
  delete(node: string): void {
    this.#members.delete(node);
  }

  /** Has the node with this id connect to `peer`, a name or an id in its cluster. Rejects with CONSOLE_PEER_REFUSED if that fails. */
  async connect(id: string, peer: string): Promise<void> {
    const { asked, name } = this.pair(id, peer);
    await this.#checkName(name);
    const visit = await this.#options.visit(id);
    try {
      await askToConnect(visit.node, asked, name);
    } finally {
      visit.close();
    }
    this.#options.onMeshChange(id);
  }

  /** Has the node with this id end its connection with `peer`, a name or an id in its cluster. */
  async disconnect(id: string, peer: string): Promise<void> {
    const { asked, name } = this.pair(id, peer);
    const visit = await this.#options.visit(id);
    try {
      await askToDisconnect(visit.node, asked, name);
    } finally {
      visit.close();
    }
    this.#options.onMeshChange(id);
  }

  /**
   * Connects a node to the members of its place that came up before it. Later ones will connect to it. Resolves with the
   * reasons why it is not connected to all of those that answer.
   */
  async joinOthers(
    { name, kind }: LaunchedNode,
    { place, onStep }: { place: Place; onStep: (step: Step) => void },
  ): Promise<readonly string[]> {
    const others = [...this.#members].flatMap(([other, at]) => (at === place.key ? [other] : []));
    this.add(name, place);
    const running = { name: 'join', label: 'Join the other nodes', startedAt: Date.now() };
    onStep({ ...running, state: 'running' });
    const { node } = this.#options.own.of(name);
    const asked = {
      name,
      kind,
      checkName: (other: string) => this.#checkName(other),
      isSilent: (other: string) => this.#isSilent(other),
    };
    const { failures, silent, detail } = place.nodesFindEachOther
      ? await waitForPeers(node, asked, others)
      : await connectAll(node, asked, others);
    onStep({ ...running, state: failures.length > 0 ? 'failed' : 'done', endedAt: Date.now(), detail });
    if (!place.nodesFindEachOther) for (const peer of silent) this.#lateJoins.add(name, peer);
    return failures;
  }

  /** Whether a member does not answer the console, as one that hangs. */
  async #isSilent(name: string): Promise<boolean> {
    const view = this.#options.registry.find(name);
    if (view === undefined || view.status === 'unreachable') return true;
    try {
      await observeNode(this.#options.own.of(name).node, view, silenceMs);
      return false;
    } catch {
      return true;
    }
  }

  /** Rejects with PROVIDER_NAME_TAKEN if the name of a launched node would lead its peers to another process. */
  async #checkName(node: string): Promise<void> {
    const { places, registry } = this.#options;
    const place = places.find(registry.find(node)?.place.key ?? '');
    await place?.provider?.checkName?.(node);
  }

  /**
   * The node to ask, after checking that it is up, and the name of its peer, after checking that it is another node of its cluster.
   * Throws CONSOLE_NOT_FOUND, CONSOLE_NODE_NOT_UP or CONSOLE_BAD_REQUEST.
   */
  pair(id: string, peer: string): { readonly asked: NodeView; readonly name: string } {
    const view = this.#options.registry.find(id);
    if (view === undefined) {
      throw new ConsoleError('CONSOLE_NOT_FOUND', `this console has no node named ${id}`, {
        remedy: 'GET /api/nodes lists the nodes of this console.',
      });
    }
    if (view.status !== 'up') {
      throw new ConsoleError('CONSOLE_NODE_NOT_UP', `${view.name} is ${view.status}`, {
        remedy: 'Wait until it is up, or look at its log.',
      });
    }
    const { cluster = view.origin === 'member' ? view.cluster : undefined, name } = splitNodeId(peer);
    const isSameCluster = cluster === splitNodeId(id).cluster;
    if (isSameCluster && parseNodeName(name) !== undefined && name !== view.name)
      return { asked: view, name };
    throw new ConsoleError(
      'CONSOLE_BAD_REQUEST',
      `${peer} is not another node of the cluster of ${view.name}`,
      {
        remedy: 'Give the full name of another node of its cluster, e.g. ts-1@127.0.0.1.',
      },
    );
  }
}
