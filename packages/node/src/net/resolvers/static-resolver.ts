/** Resolvers without queries or registration: a fixed table for nodes at known addresses, and an empty one. */

import type { ResolvedAddress, Resolver } from '../resolver.ts';
import { namesAt, unregistered } from './unregistered.ts';

/** Addresses by full node name. A `Map` may be changed while it is in use. */
export type StaticAddresses =
  | ReadonlyMap<string, ResolvedAddress>
  | Readonly<Record<string, ResolvedAddress>>;

/** Creates a resolver from a table of addresses. */
export function createStaticResolver(addresses: StaticAddresses): Resolver {
  const entries = (): [string, ResolvedAddress][] =>
    addresses instanceof Map ? [...addresses] : Object.entries(addresses);
  return {
    resolve: (peer) => Promise.resolve(entries().find(([name]) => name === peer)?.[1]),
    register: () => Promise.resolve(unregistered),
    names: (host) =>
      Promise.resolve(
        namesAt(
          host,
          entries().map(([node, { port }]) => [node, port]),
        ),
      ),
  };
}

/** Creates a resolver that knows no peers and does not register, for nodes that only dial known addresses or are only dialled. */
export function createNoResolver(): Resolver {
  return createStaticResolver({});
}
