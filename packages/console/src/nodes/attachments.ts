/** The nodes that the console is connected to without having started them. */

import type { AttachedNodes, AttachRoute } from '../places/place.ts';
import type { PlaceRef } from '../protocol/index.ts';
import { attachNode, forgetNode } from './attach-node.ts';
import { ConsoleError } from '../errors.ts';
import type { NodeRegistry } from './node-registry.ts';
import type { OwnNodes } from '../own-nodes.ts';

/** Options of `Attachments`. */
export interface AttachmentsOptions {
  readonly own: OwnNodes;
  readonly registry: NodeRegistry;
  /** Called when the console has changed the mesh, so that nodes are probed soon. */
  readonly onMeshChange: () => void;
}

/** Connects to running nodes, and disconnects from them. */
export class Attachments implements AttachedNodes {
  readonly #options: AttachmentsOptions;
  /** Names of the nodes that are being attached. */
  readonly #attaching = new Set<string>();

  constructor(options: AttachmentsOptions) {
    this.#options = options;
  }

  /** Whether the console is connected to this node without having started it. */
  has(node: string): boolean {
    return this.#options.registry.find(node)?.origin === 'attached';
  }

  async attach(route: AttachRoute): Promise<void> {
    const { registry, onMeshChange } = this.#options;
    const { node, place } = route;
    const known = registry.find(node);
    const isAgain = known?.origin === 'attached' && known.place.key === place.key;
    const isShown = known !== undefined && known.origin !== 'discovered' && !isAgain;
    if (isShown) throw sameName(route, known.provider);
    if (this.#attaching.has(node)) throw sameName(route, 'a place that is connecting to it');
    this.#attaching.add(node);
    try {
      await attachNode(this.#options, route);
    } finally {
      this.#attaching.delete(node);
    }
    onMeshChange();
  }

  /** Disconnects from an attached node, which keeps running. Resolves with `false` if it is not attached. */
  async detach(node: string): Promise<boolean> {
    if (!this.has(node)) return false;
    const { own, registry, onMeshChange } = this.#options;
    await forgetNode(own, own.of(node), node);
    registry.dispatch({ kind: 'removed', node });
    onMeshChange();
    return true;
  }

  async detachAll({ key }: PlaceRef): Promise<void> {
    for (const { id, place } of this.#options.registry.views()) {
      if (place.key === key) await this.detach(id);
    }
  }
}

/**
 * The error for a node whose name another one has. Nodes that are attached one by one are known by their names; those of an
 * attached cluster have ids.
 */
function sameName({ node, place }: AttachRoute, provider: string): ConsoleError {
  return new ConsoleError('CONSOLE_SAME_NAME', `a node named ${node} is already shown, that of ${provider}`, {
    remedy: `Attach it as a cluster instead, with ${place.key} as the way: its id then starts with the name of the cluster.`,
  });
}
