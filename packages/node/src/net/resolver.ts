/**
 * The contract by which a node finds others and is found itself: what Erlang calls the EPMD module.
 * Every implementation runs test/conformance/resolver.ts.
 */

import type { Transport } from './transport.ts';

/** Where and how to dial a peer. */
export interface ResolvedAddress {
  readonly host: string;
  readonly port: number;
  /** Other addresses of the same host, to be dialled when the node does not answer at `host`. Default: none. */
  readonly alternatives?: readonly string[] | undefined;
  /** How to dial that address, if not by the node's own transport: through a tunnel, or by TLS. */
  readonly transport?: Transport | undefined;
  /** Highest distribution version that the peer supports, if the resolver knows it. */
  readonly version?: number | undefined;
}

/** A node that wants to be found. */
export interface RegistrationRequest {
  /** The part of the node name before the `@`. */
  readonly name: string;
  /** The part of the node name after the `@`. */
  readonly host: string;
  /** The port the node listens on. */
  readonly port: number;
  /** Whether it is a hidden node. */
  readonly hidden: boolean;
}

/** A registered node. */
export interface Registration {
  /** The creation assigned to this incarnation, fixed for its lifetime; `undefined` if the node must choose its own. */
  readonly creation: number | undefined;
  /** Unregisters the node. Idempotent. */
  close(): Promise<void>;
}

/** A name that is registered at a host. */
export interface RegisteredName {
  /** The part of the node name before the `@`. */
  readonly name: string;
  /** The port the node listens on. */
  readonly port: number;
}

/** Options of every query to a resolver. */
export interface ResolveOptions {
  /** Aborts the query. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long a daemon may take to answer, in milliseconds. A dial passes most of the time that it has left, so that the
   * resolver can report what failed. Default: chosen by the resolver; for EPMD 5000.
   */
  readonly timeoutMs?: number | undefined;
}

/** Resolves node names to addresses. A failed lookup throws; it never counts as an empty answer. */
export interface Resolver {
  /** Where `peer` (a full node name) listens; `undefined` only if this resolver is sure that it does not know the name. */
  resolve(peer: string, options: ResolveOptions): Promise<ResolvedAddress | undefined>;
  /** Registers the node. Throws when another node holds the name: for EPMD an `EpmdError` EPMD_NAME_TAKEN. */
  register(request: RegistrationRequest, options: ResolveOptions): Promise<Registration>;
  /** The names registered at a host. */
  names(host: string, options: ResolveOptions): Promise<readonly RegisteredName[]>;
  /** The port that a node of this full name must listen on, if the resolver prescribes one. */
  listenPort?(name: string): number | undefined;
}
