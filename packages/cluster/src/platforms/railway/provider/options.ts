/** What a provider of nodes on Railway is made with, and what it can do beside launching. */

import type { Node } from '@convoy/node';
import type { RailwaySource } from '../model/resources.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import type { LaunchedNode, Provider, ProviderNodeKind } from '../../../launch/provider.ts';
import type { RailwayNode } from '../services/marked-nodes.ts';
import type { RailwayReach, RailwayWay } from './reach.ts';

/** What one kind of node is made from. */
export interface RailwayImage {
  readonly source: RailwaySource;
  /** Run instead of what the image runs by itself, without a shell. */
  readonly startCommand?: string | undefined;
}

/** A node that is about to be made. */
export interface RailwayNodePlan {
  /** The part of its name before the `@`. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  readonly cluster: string;
  readonly distPort: number;
  /** Full names of the nodes of the cluster that are there already, up or not. */
  readonly others: readonly string[];
}

/** Options of `createRailwayProvider`. */
export interface RailwayProviderOptions {
  /** The environment, from `client.environment(...)`. The caller closes the client, after the provider. */
  readonly environment: RailwayEnvironment;
  /** The local node that connects to the launched nodes. */
  readonly node: Node;
  /** Name of the provider. Default `railway`. */
  readonly name?: string | undefined;
  /** Id of the cluster, which marks its services: at most 32 of `[a-z0-9_]`. Default `convoy`. */
  readonly cluster?: string;
  /** Image or repository for each kind of node. Default: `convoy-node` for TypeScript, which only the simulator has. */
  readonly images?: Readonly<Partial<Record<ProviderNodeKind, RailwayImage>>>;
  /** How the local node reaches the launched ones. */
  readonly reach: RailwayReach;
  /** Cookie of every node. Default: the one of the existing services of the cluster, else a random one. */
  readonly cookie?: string | undefined;
  /** Distribution port of every node. Default 9100. */
  readonly distPort?: number;
  /**
   * Whether nodes reach one another by IPv6: `-proto_dist inet6_tcp` for the BEAM, listening on `::` for TypeScript. Right
   * for every network of Railway, the older ones have nothing else; the local simulator has IPv4 only. Default true.
   */
  readonly ipv6?: boolean;
  readonly region?: string | undefined;
  /** What Railway does when a container ends. Default `ON_FAILURE`: it restarts the container up to ten times, then marks it as crashed. */
  readonly restartPolicy?: 'ALWAYS' | 'NEVER' | 'ON_FAILURE';
  /** Variables of every node, besides those that Convoy sets. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * Further variables by which a node finds the others; they take precedence over `variables`. Default: the names of
   * `others`, which it looks up in the private network, as `CONVOY_DISCOVER`, or as `CONVOY_CONNECT` for the BEAM.
   */
  readonly discovery?: (plan: RailwayNodePlan) => Readonly<Record<string, string>>;
  /** Maximum number of nodes in the cluster, including those of other consoles. Default 12. */
  readonly nodeLimit?: number;
  /** How long to wait for a node to answer after its launch started, in milliseconds. Default 600000. */
  readonly launchTimeoutMs?: number;
  /** How much of that may pass after its container has started, in milliseconds. Default 120000. */
  readonly answerTimeoutMs?: number;
  /**
   * What `close` does with running nodes. Default `leave`: they keep running, `existing` finds them again, and their
   * `exited` stays pending.
   */
  readonly onClose?: 'leave' | 'destroy';
}

/** `restart` is the same container anew, `redeploy` a new deployment of the same image. `stop` leaves the service. */
export type RailwayControl = 'restart' | 'redeploy' | 'stop';

/** `destroy` takes every node of the cluster, by its full name; the others reject with PROVIDER_NO_NODE for one that is none. */
export interface RailwayProvider extends Provider {
  /** All nodes of the cluster in this environment, up or not, by their mark. Three requests and one per node, at most. */
  existing(options?: { readonly signal?: AbortSignal | undefined }): Promise<RailwayNode[]>;
  /**
   * Looks after a node that exists: its log, its connection, its end. Resolves when it answers; also for one that has
   * ended, whose `exited` says so. One that was looked after already and has ended is taken over anew.
   */
  adopt(node: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<LaunchedNode>;
  /** Has `look` examine a node by the way that dials take, whether it answers or not. */
  examine<Result>(node: string, look: (way: RailwayWay) => Promise<Result>): Promise<Result>;
  /** Resolves when Railway has taken the order. */
  control(node: string, action: RailwayControl): Promise<void>;
}
