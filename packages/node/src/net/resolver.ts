/**
 * The contract by which a node finds others and lets itself be found: what Erlang calls the EPMD module.
 * Every implementation runs test/conformance/resolver.ts.
 */
import type { Transport } from './transport.ts';

export interface ResolvedAddress {
  readonly host: string;
  readonly port: number;
  /** How to dial that address, where it is not by the node's own transport: through a tunnel, by TLS. */
  readonly transport?: Transport | undefined;
  /** Highest distribution version the peer speaks, where the resolver knows it. */
  readonly version?: number | undefined;
}

export interface RegistrationRequest {
  /** The part of the node name before `@`. */
  readonly name: string;
  /** The part after it. */
  readonly host: string;
  /** Where the node listens. */
  readonly port: number;
  readonly hidden: boolean;
}

export interface Registration {
  /** The creation assigned to this incarnation; `undefined` when the node must choose its own. Kept for its lifetime. */
  readonly creation: number | undefined;
  /** Gives the name back. Idempotent. */
  close(): Promise<void>;
}

export interface RegisteredName {
  readonly name: string;
  readonly port: number;
}

export interface ResolveOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How names become addresses. A failed look-up throws; it is never an empty answer. */
export interface Resolver {
  /** Where `peer` (a full node name) listens; `undefined` when this resolver is sure that it does not know it. */
  resolve(peer: string, options: ResolveOptions): Promise<ResolvedAddress | undefined>;
  /** Makes the node known. Throws when another holds the name: for EPMD an `EpmdError` EPMD_NAME_TAKEN. */
  register(request: RegistrationRequest, options: ResolveOptions): Promise<Registration>;
  /** The names known at a host. */
  names(host: string, options: ResolveOptions): Promise<readonly RegisteredName[]>;
  /** The port a node of this full name has to listen on, where the resolver prescribes one. */
  listenPort?(name: string): number | undefined;
}
