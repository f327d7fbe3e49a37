/**
 * The contract of a place: an opened platform, where nodes run and can be launched. Nodes, shells, doctor and routes ask the
 * place of a node, never a platform by its name.
 */

import type { LaunchedNode, NodeRoute, PlatformForm, Provider } from '@convoy/cluster';
import type { DiagnoseOptions } from '@convoy/cluster/doctor';
import type { PlaceRef } from '../protocol/index.ts';

/** How the console reaches a node of a place. */
export type Way = Pick<
  DiagnoseOptions,
  'cookie' | 'epmdPort' | 'family' | 'owners' | 'port' | 'transport' | 'via'
>;

/** A route that a place has opened for a while. */
export interface OpenRoute {
  readonly route: NodeRoute;
  /** Gives back what the route needs. Idempotent. */
  close(): Promise<void>;
}

/** A place. */
export interface Place {
  /** Unique among the open places, and the name of its provider: `local`, `ssh://ops@db1`, `railway:convoy/production`. */
  readonly key: string;
  /** The kind of its platform: `local`, `ssh`, `railway`. */
  readonly kind: string;
  /** Its name in a sentence: `this computer`, `ssh://ops@db1`. */
  readonly label: string;
  /** Launches nodes there; `undefined` until the place is up. */
  readonly provider: Provider | undefined;
  /** Whether its nodes find each other, so that the console does not have to connect them. */
  readonly nodesFindEachOther: boolean;
  /** Whether this node runs there as far as the place knows, whether or not the console started it. */
  lists(node: string): boolean;
  /**
   * Calls `probe` with the way on which the console reaches a node, whether or not the node answers. Resolves with
   * `undefined` when the place cannot reach any of its nodes. `cookie` is that of a node which the console did not launch, if it is
   * known; otherwise the place looks for it.
   */
  examine<Result>(
    node: string,
    probe: (way: Way) => Promise<Result>,
    cookie?: string,
  ): Promise<Result | undefined>;
  /**
   * Opens the route by which a node of the console dials a node that runs there. The caller closes it. Rejects if the place is not up or
   * has no way to the node. A place whose nodes are dialled directly has no such method.
   */
  routeTo?(node: string, signal: AbortSignal): Promise<OpenRoute>;
  /**
   * Has the platform restart a running node. Resolves once the platform has accepted that. A place without this method has its nodes
   * stopped and launched again.
   */
  restart?(node: string): Promise<void>;
}

/** A platform, as the console has it. */
export interface Platform {
  /** The kind of its places. */
  readonly kind: string;
  /** What it asks. */
  readonly form: PlatformForm;
  /** Opens the places that the previous console left with running nodes. Resolves once those of places that are always open are adopted. */
  reopen?(): Promise<void>;
  /** Closes its places when the console closes. */
  closeAll(): Promise<void>;
}

/** What is remembered of the launch of a node. */
export interface LaunchedAs {
  /** Whether it joins those that are launched later. Default true. */
  readonly join?: boolean | undefined;
  /** Whether it lives on when the console stops. Default false. */
  readonly keep?: boolean | undefined;
}

/** The nodes that were launched, as a place sees them. */
export interface LaunchedNodes {
  /** Adds a running node that was found again. */
  adopt(place: Place, node: LaunchedNode, as?: LaunchedAs): void;
  /** Removes a node that the place has deleted. */
  remove(node: string): void;
  /** Removes all nodes of a place that has closed. */
  forgetPlace(place: PlaceRef): void;
}

/** A running node that the console did not start, and how it is reached. */
export interface AttachRoute {
  readonly node: string;
  readonly place: PlaceRef;
  /** The cookie, or how to read it. */
  readonly cookie: string | (() => Promise<string>);
  readonly route: NodeRoute;
  /** The way in one line. */
  readonly detail: string;
  readonly signal: AbortSignal;
}

/** The attached nodes, as a place sees them. */
export interface AttachedNodes {
  /** Connects to a node and shows it. Rejects with the error of the step that failed, after undoing the others. */
  attach(node: AttachRoute): Promise<void>;
  /** Disconnects from all attached nodes of a place; they keep running. */
  detachAll(place: PlaceRef): Promise<void>;
}
