/**
 * Nodes on one fixed port, without EPMD: what `-erl_epmd_port` does for Erlang nodes (erl_epmd.erl). The host part of a
 * name is the address, so only one such node can listen on each host. There is no lookup and no registration.
 */

import { splitNodeName } from '../../names.ts';
import { NodeError } from '../../errors.ts';
import type { Resolver } from '../resolver.ts';
import type { Transport } from '../transport.ts';
import { namesAt, unregistered } from './unregistered.ts';

/** Options of `createStaticPortResolver`. */
export interface StaticPortOptions {
  /** The port, 1 to 65535. */
  readonly port: number;
  /** Full names of the nodes that listen on that port. Default: every node, including this one. */
  readonly nodes?: readonly string[];
  /**
   * Whether this node listens on that port as well, if it is one of `nodes`. Default true, as in OTP: peers with the same
   * setting dial it there. The `listen.port` option of the node takes precedence.
   */
  readonly listens?: boolean;
  /** How to dial these nodes, if not by the node's own transport. */
  readonly transport?: Transport | undefined;
}

/** Creates a resolver for nodes on one port. Throws `NodeError` NODE_BAD_RESOLVER for an invalid port. */
export function createStaticPortResolver(options: StaticPortOptions): Resolver {
  const { listens = true, nodes, port, transport } = options;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new NodeError('NODE_BAD_RESOLVER', `port is ${port}, which is not a port`, {
      value: port,
      remedy: 'Set `port` to an integer from 1 to 65535.',
    });
  }
  const isThere = (node: string): boolean => nodes?.includes(node) ?? true;
  return {
    resolve: (peer) =>
      Promise.resolve(isThere(peer) ? { host: splitNodeName(peer).host, port, transport } : undefined),
    register: () => Promise.resolve(unregistered),
    /** Without `nodes` the names are not known. */
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
