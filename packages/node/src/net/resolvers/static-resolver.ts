/** Resolvers that ask nobody: a fixed table, for nodes at known ports, and none at all. Registers nothing anywhere. */
import type { ResolvedAddress, Resolver } from '../resolver.ts';
import { namesAt, unregistered } from './unregistered.ts';

/** Addresses by full node name. A `Map` may be changed while it is in use. */
export type StaticAddresses =
  | ReadonlyMap<string, ResolvedAddress>
  | Readonly<Record<string, ResolvedAddress>>;

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

/** Knows no peer and tells nobody of this node: for nodes that only dial given addresses or are only dialled. */
export function createNoResolver(): Resolver {
  return createStaticResolver({});
}
