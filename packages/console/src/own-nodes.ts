/**
 * Contract of the console's own nodes, which server/own-node-pool.ts implements. There is one per cluster, so that a pid or
 * name that one cluster has learned cannot be addressed through the connections of another.
 */

import type { TunnelResolver } from '@convoy/cluster';
import type { Node } from '@convoy/node';

/** A node of the console itself. */
export interface OwnNode {
  /** The node, which is hidden and isolated. */
  readonly node: Node;
  /** Its routes to the nodes of its cluster. */
  readonly routes: TunnelResolver;
}

/** The console's own nodes. */
export interface OwnNodes {
  /** The own node with a route to `target`, or that of the local cluster if there is no such route. */
  of(target: string): OwnNode;
  /** The own node for nodes launched in a place (a host or an environment). Its name is the same after every restart. */
  forPlace(place: string): Promise<OwnNode>;
  /** The own node for nodes with this cookie that the console did not start. */
  forCookie(cookie: string): Promise<OwnNode>;
  /** Closes an own node that has no routes left, unless it belongs to the local cluster. */
  release(own: OwnNode): Promise<void>;
  /** Calls `listener` whenever an own node has lost a connection. Returns a function that unsubscribes. */
  onNodeDown(listener: () => void): () => void;
}
