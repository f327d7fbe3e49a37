/**
 * Contract of the console's own nodes, which server/own-node-pool.ts implements. There is one per cluster, so that a pid or
 * name that one cluster has learned cannot be addressed through the connections of another.
 */

import type { TunnelResolver } from '@convoy/cluster';
import type { Node, NodeOptions } from '@convoy/node';

/** A node of the console itself. */
export interface OwnNode {
  /** The node, which is hidden and isolated. */
  readonly node: Node;
  /** Its routes to the nodes of its cluster. */
  readonly routes: TunnelResolver;
}

/** How the nodes of an attached cluster speak. */
export type Carrier = Pick<NodeOptions, 'proto' | 'transport' | 'resolver' | 'epmdPort'>;

/** A connection to a node, for as long as something is asked of it. */
export interface NodeVisit {
  /** The own node of its cluster, which is connected to it if the cluster was attached. */
  readonly node: Node;
  /** Full name of the node that is visited. */
  readonly name: string;
  /** Ends the visit. Idempotent. */
  close(): void;
}

/** Connects to the node with this id for a while. Rejects with CONSOLE_NOT_FOUND, or with the reason why it cannot be reached. */
export type VisitNode = (id: string, signal?: AbortSignal) => Promise<NodeVisit>;

/** The console's own nodes. */
export interface OwnNodes {
  /** The own node with a route to `target`, or that of the local cluster if there is no such route. Not for attached clusters. */
  of(target: string): OwnNode;
  /** The own node for nodes launched in a place (a host or an environment). Its name is the same after every restart. */
  forPlace(place: string): Promise<OwnNode>;
  /** The own node for nodes with this cookie that the console did not start. */
  forCookie(cookie: string): Promise<OwnNode>;
  /** Starts an own node for a cluster that the console did not start. Rejects with CONSOLE_TOO_MANY. The caller closes it by `close`. */
  forCluster(cluster: string, carrier: Carrier): Promise<OwnNode>;
  /** Closes the own node of an attached cluster. */
  close(own: OwnNode): Promise<void>;
  /** Closes an own node that has no routes left, unless it belongs to the local cluster. */
  release(own: OwnNode): Promise<void>;
  /** Calls `listener` whenever an own node has lost a connection. Returns a function that unsubscribes. */
  onNodeDown(listener: () => void): () => void;
}
