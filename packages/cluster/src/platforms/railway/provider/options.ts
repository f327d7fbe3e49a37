/** Options of the Railway provider, and what it offers besides launching nodes. */

import type { Node } from '@convoy/node';
import type { RailwaySource } from '../model/resources.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import type { LaunchedNode, Provider, ProviderNodeKind } from '../../../launch/provider.ts';
import type { RailwayNode } from '../services/marked-nodes.ts';
import type { RailwayReach, RailwayRoute } from './reach.ts';

/** The image or repository that one kind of node is deployed from. */
export interface RailwayImage {
  readonly source: RailwaySource;
  /** Command to run instead of the image's own, without a shell. */
  readonly startCommand?: string | undefined;
}

/** A node that is about to be launched. */
export interface RailwayNodePlan {
  /** The part of its name before the `@`. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  readonly cluster: string;
  readonly distPort: number;
  /** Full names of the nodes that the cluster already has, running or not. */
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
   * Whether nodes reach one another over IPv6: `-proto_dist inet6_tcp` for the BEAM, listening on `::` for TypeScript. Works
   * in every network of Railway, and older ones have nothing else; the local simulator has IPv4 only. Default true.
   */
  readonly ipv6?: boolean;
  /** Region to run the nodes in. Default: Railway chooses one. */
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

/**
 * `restart` restarts the container, `redeploy` starts a new deployment of the same image, and `stop` ends the container but
 * keeps the service.
 */
export type RailwayControl = 'restart' | 'redeploy' | 'stop';

/**
 * A provider of nodes on Railway. `destroy`, `adopt`, `examine` and `control` accept the full name of any node of the cluster,
 * and reject with PROVIDER_NO_NODE for any other name.
 */
export interface RailwayProvider extends Provider {
  /** Lists the nodes of the cluster in this environment, running or not. Takes at most three requests and one per node. */
  existing(options?: { readonly signal?: AbortSignal | undefined }): Promise<RailwayNode[]>;
  /**
   * Takes over an existing node: follows its log, connects to it and watches for its end. Resolves when the node answers or
   * has ended, which its `exited` then reports. A node that has ended since it was launched or adopted can be adopted again.
   */
  adopt(node: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<LaunchedNode>;
  /** Calls `probe` with the route on which this provider dials the node, whether or not the node answers. */
  examine<Result>(node: string, probe: (route: RailwayRoute) => Promise<Result>): Promise<Result>;
  /** Resolves when Railway has accepted the request. */
  control(node: string, action: RailwayControl): Promise<void>;
}
