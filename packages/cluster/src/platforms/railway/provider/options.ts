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

export interface RailwayProviderOptions {
  /** `client.environment(...)`. Its owner closes the client, after the provider. */
  readonly environment: RailwayEnvironment;
  /** Ours, that connects to the nodes. */
  readonly node: Node;
  /** Of the provider. Default `railway`. */
  readonly name?: string | undefined;
  /** Id of the cluster; marks the services that are its nodes. `[a-z0-9_]`, at most 32. Default `convoy`. */
  readonly cluster?: string;
  /** What can be launched. Default: TypeScript nodes from an image `convoy-node`, which the simulator knows. */
  readonly images?: Readonly<Partial<Record<ProviderNodeKind, RailwayImage>>>;
  readonly reach: RailwayReach;
  /** Of every node. Default: that of the marked services which are there already, else a fresh one. */
  readonly cookie?: string | undefined;
  /** Where every node of the cluster listens. Default 9100. */
  readonly distPort?: number;
  /**
   * Whether nodes reach one another by IPv6: `-proto_dist inet6_tcp` for the BEAM, listening on `::` for TypeScript. Right
   * for every network of Railway, the older ones have nothing else; the local simulator has IPv4 only. Default true.
   */
  readonly ipv6?: boolean;
  readonly region?: string | undefined;
  /** What Railway does when a container ends. Default `ON_FAILURE`: up to ten times anew, and then it is crashed. */
  readonly restartPolicy?: 'ALWAYS' | 'NEVER' | 'ON_FAILURE';
  /** For every node, beside ours. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * More variables for a node: by them it finds the others itself. They go before `variables`. Default: the names of
   * `others`, to be looked up in the private network, as `CONVOY_DISCOVER`, or for the BEAM as `CONVOY_CONNECT`.
   */
  readonly discovery?: (plan: RailwayNodePlan) => Readonly<Record<string, string>>;
  /** Most nodes of the cluster at a time, those of other consoles included. Default 12. */
  readonly nodeLimit?: number;
  /** For a node to answer, from its start. Default 10 minutes. */
  readonly launchTimeoutMs?: number;
  /** Of that, from when its container runs. Default 2 minutes. */
  readonly answerTimeoutMs?: number;
  /**
   * What `close` does with nodes that are up. Default `leave`: they go on, and `existing` finds them again; `exited` of
   * theirs stays open.
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
