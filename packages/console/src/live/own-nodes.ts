/**
 * The console's own nodes, as its other parts use them: one for each cluster, so that what one cluster learns of ours, a
 * pid or a name, cannot be addressed through another's connections. Contract only; server/own-node-pool.ts keeps them.
 */

import type { TunnelResolver } from '@convoy/cluster';
import type { Node } from '@convoy/node';

export interface OwnNode {
  /** Hidden and isolated. */
  readonly node: Node;
  /** Its ways to the nodes of its cluster. */
  readonly routes: TunnelResolver;
}

export interface OwnNodes {
  /** The one with a way to the node `target`; the one of the local cluster when there is none. */
  of(target: string): OwnNode;
  /** The one for the nodes that are launched in a place: a host, an environment. Its name is the same for every start. */
  forPlace(place: string): Promise<OwnNode>;
  /** The one for nodes with this cookie that we did not start. */
  forCookie(cookie: string): Promise<OwnNode>;
  /** Closes one that has no way to any node left, if it is not that of the local cluster. */
  release(own: OwnNode): Promise<void>;
  /** Calls back whenever one of ours lost a connection. Returns what ends that. */
  onNodeDown(listener: () => void): () => void;
}
