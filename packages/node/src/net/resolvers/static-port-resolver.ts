/**
 * Nodes on one fixed port, without any EPMD: what `-erl_epmd_port` does for Erlang nodes (erl_epmd.erl). The host part
 * of a name is the address, so that only one such node listens at each. Asks and tells nobody.
 */
import { splitNodeName } from '../../names.ts';
import { NodeError } from '../../errors.ts';
import type { Resolver } from '../resolver.ts';
import type { Transport } from '../transport.ts';
import { namesAt, unregistered } from './unregistered.ts';

export interface StaticPortOptions {
  /** 1 to 65535. */
  readonly port: number;
  /** Full names of the nodes that listen there. Default: every node, this one too. */
  readonly nodes?: readonly string[];
  /**
   * Whether this node listens there as well, when it is one of `nodes`. Default true, as in OTP: peers of the same
   * setting dial it there. A port among the options of the node goes before.
   */
  readonly listens?: boolean;
  /** How to dial there, where it is not by the node's own transport. */
  readonly transport?: Transport | undefined;
}

/** Throws `NodeError` NODE_BAD_RESOLVER. */
export function createStaticPortResolver(options: StaticPortOptions): Resolver {
  const { listens = true, nodes, port, transport } = options;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new NodeError(
      'NODE_BAD_RESOLVER',
      `port ${port} of a static port resolver is not within 1 to 65535`,
    );
  }
  const isThere = (node: string): boolean => nodes?.includes(node) ?? true;
  return {
    resolve: (peer) =>
      Promise.resolve(isThere(peer) ? { host: splitNodeName(peer).host, port, transport } : undefined),
    register: () => Promise.resolve(unregistered),
    /** Without `nodes` nobody knows which there are. */
    names: (host) =>
      Promise.resolve(
        namesAt(
          host,
          (nodes ?? []).map((node) => [node, port]),
        ),
      ),
    listenPort: (name) => (listens && isThere(name) ? port : undefined),
  };
}
